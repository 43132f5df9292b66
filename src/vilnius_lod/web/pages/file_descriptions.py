"""What the catalogue says of the files: what each is called and is for."""

from __future__ import annotations

from typing import NamedTuple

from ...i18n.language import Text
from ...rdf.terms import Term
from ..http.context import reader, site
from .labels import rows

_FILES = """PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
SELECT ?address ?title ?purpose WHERE {
    { ?file dcat:downloadURL ?address }
    UNION { ?dataset a dcat:Dataset ; foaf:page ?address BIND (?address AS ?file) }
    ?file dct:title ?title ; dct:description ?purpose
    FILTER (lang(?title) = lang(?purpose))
}"""


class Purpose(NamedTuple):
    """A file's title and what it is for."""

    title: Text
    text: Text


def purposes() -> dict[str, Purpose]:
    """The purposes of files by their paths on this site (``/data/partners.csv``)."""
    found: dict[str, tuple[list[Term], list[Term]]] = {}
    for row in rows(_FILES):
        path = row["address"].value.removeprefix(site().location)
        titles, texts = found.setdefault(path, ([], []))
        titles.append(row["title"])
        texts.append(row["purpose"])
    pick = reader().language.pick
    return {
        path: Purpose(pick(titles) or Text(""), pick(texts) or Text(""))
        for path, (titles, texts) in found.items()
    }
