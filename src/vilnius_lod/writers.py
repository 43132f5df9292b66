"""Triples as bytes: N-Triples, N-Quads, Turtle and RDF/XML, each the same bytes every time.

Own writers, because a library's order follows hash seeds; they are short where there are no blank nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from .terms import IRI, RDF_LANG_STRING, XSD_STRING, Term, Triple

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
# Local names that Turtle takes without escapes.
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_QNAME = re.compile(r"(.*[^A-Za-z0-9_-])([A-Za-z_][A-Za-z0-9_-]*)")
_THING = re.compile(r"(?P<space>.*/id/(?P<kind>[a-z]+(-[a-z]+)*)/)[a-z0-9-]+")
_NUMBER = re.compile(r"0|-?[1-9][0-9]*")


def ntriples(triples: Iterable[Triple]) -> bytes:
    """N-Triples in canonical form, sorted by line."""
    return _sorted_lines(f"{_nt(s)} {_nt(p)} {_nt(o)} .\n" for s, p, o in triples)


def nquads(graphs: Mapping[str, Iterable[Triple]]) -> bytes:
    """The named graphs as canonical N-Quads, sorted by line: the canonical artefact."""
    return _sorted_lines(
        f"{_nt(s)} {_nt(p)} {_nt(o)} <{name}> .\n" for name, triples in graphs.items() for s, p, o in triples
    )


def turtle(triples: Sequence[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Turtle for reading: used prefixes, a block for each subject in the order given, its classes first."""
    prefixes = {**_thing_prefixes(triples), **prefixes}
    used: set[str] = set()

    def iri(value: str) -> str:
        for prefix, space in prefixes.items():
            if value.startswith(space) and _LOCAL.fullmatch(value[len(space) :]):
                used.add(prefix)
                return f"{prefix}:{value[len(space) :]}"
        return f"<{value}>"

    def term(value: Term) -> str:
        if isinstance(value, IRI):
            return iri(value.value)
        if value.datatype == _INTEGER and _NUMBER.fullmatch(value.value):
            return value.value
        text = f'"{value.value.translate(_ESCAPES)}"'
        if value.datatype == RDF_LANG_STRING:
            return f"{text}@{value.language}"
        return text if value.datatype == XSD_STRING else f"{text}^^{iri(value.datatype)}"

    blocks = []
    for subject, statements in groupby(triples, key=lambda triple: triple.subject):
        by_predicate = {
            predicate.value: ", ".join(term(triple.object) for triple in group)
            for predicate, group in groupby(statements, key=lambda triple: triple.predicate)
        }
        classes = by_predicate.pop(RDF + "type", None)
        lines = [f"a {classes}"] if classes else []
        lines += [f"{iri(predicate)} {objects}" for predicate, objects in by_predicate.items()]
        blocks.append(f"{iri(subject.value)}\n  " + " ;\n  ".join(lines) + " .\n")
    head = [f"@prefix {prefix}: <{prefixes[prefix]}> .\n" for prefix in sorted(used)]
    return "\n".join(["".join(head), *blocks]).encode()


def rdfxml(triples: Sequence[Triple], prefixes: Mapping[str, str]) -> bytes:
    """RDF/XML, one description for each subject; ValueError for a property that XML cannot name."""
    names = {space: prefix for prefix, space in prefixes.items()} | {RDF: "rdf"}
    spaces: dict[str, str] = {"rdf": RDF}

    def element(predicate: IRI) -> str:
        if not (match := _QNAME.fullmatch(predicate.value)):
            raise ValueError(f"RDF/XML has no name for the property {predicate.value}")
        space, local = match.groups()
        prefix = names.setdefault(space, f"ns{len(spaces)}")
        spaces[prefix] = space
        return f"{prefix}:{local}"

    blocks = []
    for subject, statements in groupby(triples, key=lambda triple: triple.subject):
        lines = [_property(element(triple.predicate), triple.object) for triple in statements]
        about = quoteattr(subject.value)
        blocks.append(f" <rdf:Description rdf:about={about}>\n{''.join(lines)} </rdf:Description>\n")
    declared = "".join(f"\n  xmlns:{prefix}={quoteattr(space)}" for prefix, space in sorted(spaces.items()))
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{declared}>\n'
    return (head + "".join(blocks) + "</rdf:RDF>\n").encode()


def _property(name: str, value: Term) -> str:
    if isinstance(value, IRI):
        return f"  <{name} rdf:resource={quoteattr(value.value)}/>\n"
    attribute = ""
    if value.datatype == RDF_LANG_STRING:
        attribute = f" xml:lang={quoteattr(value.language)}"
    elif value.datatype != XSD_STRING:
        attribute = f" rdf:datatype={quoteattr(value.datatype)}"
    # A bare carriage return would be read back as a line feed.
    return f"  <{name}{attribute}>{escape(value.value, {chr(13): '&#13;'})}</{name}>\n"


def _sorted_lines(lines: Iterable[str]) -> bytes:
    return b"".join(sorted(line.encode() for line in lines))


def _nt(term: Term) -> str:
    if isinstance(term, IRI):
        return f"<{term.value}>"
    text = f'"{term.value.translate(_ESCAPES)}"'
    if term.datatype == RDF_LANG_STRING:
        return f"{text}@{term.language}"
    return text if term.datatype == XSD_STRING else f"{text}^^<{term.datatype}>"


def _thing_prefixes(triples: Iterable[Triple]) -> dict[str, str]:
    """A prefix for each kind of thing, ``agreement:`` for ``…/id/agreement/``, where that is unambiguous."""
    spaces: dict[str, set[str]] = {}
    for triple in triples:
        for term in (triple.subject, triple.object):
            if isinstance(term, IRI) and (match := _THING.fullmatch(term.value)):
                spaces.setdefault(match["kind"], set()).add(match["space"])
    return {kind: found.pop() for kind, found in sorted(spaces.items()) if len(found) == 1}
