"""RDF terms and triples in their plainest form: what the rooms hand to one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


class IRI(NamedTuple):
    """An absolute IRI."""

    value: str


class Literal(NamedTuple):
    """A literal: ``language`` is empty unless ``datatype`` is rdf:langString."""

    value: str
    datatype: str = XSD_STRING
    language: str = ""


Term = IRI | Literal


class Triple(NamedTuple):
    """A statement. The project's data have no blank nodes."""

    subject: IRI
    predicate: IRI
    object: Term


Graphs = Mapping[str, Sequence[Triple]]
"""Named graphs: the statements of each, sorted, each once."""
