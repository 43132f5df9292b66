"""What a thing is called in other datasets: identifiers with the names of those whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...rdf.terms import IRI, Term
from ..http.context import reader
from .labels import rows
from .page_config import page_config

_EVIDENCE = """PREFIX sssom: <https://w3id.org/sssom/>
SELECT ?thing ?mapping ?object WHERE { ?mapping sssom:subject_id ?thing ; sssom:object_id ?object }"""


class Identifier(NamedTuple):
    """``whose`` it is, how its meaning relates to ours, in words, and where the evidence for that is."""

    whose: str
    id: str
    href: str
    meaning: str
    evidence: str | None


def identifiers(iri: str, own: Mapping[str, Sequence[Term]]) -> list[Identifier]:
    """The links of a thing, given its objects by property, in the order of the layout."""
    language = reader().language
    evidence = {
        row["object"].value: reader().urls.iri(row["mapping"].value)
        for row in rows(_EVIDENCE, thing=IRI(iri))
    }
    found = []
    for property_, meaning in page_config().same.items():
        for term in own.get(property_, ()):
            if isinstance(term, IRI):
                whose, id_ = _named(term.value)
                meant = language(meaning)
                found.append(Identifier(whose, id_, term.value, meant, evidence.get(term.value)))
    return found


def _named(iri: str) -> tuple[str, str]:
    """Whose identifier an IRI is, and the identifier itself; of an unknown one the host and the IRI."""
    for space, whose in page_config().elsewhere.items():
        if iri.startswith(space):
            return reader().language(whose), iri.removeprefix(space).strip("/")
    return iri.split("/")[2], iri
