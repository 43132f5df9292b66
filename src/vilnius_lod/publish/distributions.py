"""The RDF files that people download: the same statements in five formats, each the same bytes every time.

Own writers, because a library's order follows hash seeds; they are short where there are no blank nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from rdflib import Graph, URIRef
from rdflib import Literal as RdfLiteral

from .. import jsonld, vocabulary
from ..terms import IRI, RDF_LANG_STRING, XSD_STRING, Literal, Term, Triple

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MEDIA_TYPES = {
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
# Local names that Turtle and XML both take without escapes.
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_QNAME = re.compile(r"(.*[^A-Za-z0-9_-])([A-Za-z_][A-Za-z0-9_-]*)")
_NUMBER = re.compile(r"0|-?[1-9][0-9]*")


def plain(graph: Graph) -> list[Triple]:
    """The graph's statements as plain terms, sorted. Raises ValueError for a blank node."""
    return sorted(Triple(_iri(s), _iri(p), _plain(o)) for s, p, o in graph)


def union(graphs: Iterable[Sequence[Triple]]) -> list[Triple]:
    """The statements of all the graphs, each once, sorted."""
    return sorted({triple for graph in graphs for triple in graph})


def ntriples(triples: Iterable[Triple]) -> bytes:
    """N-Triples in canonical form, sorted by line."""
    return _sorted_lines(f"{_nt(s)} {_nt(p)} {_nt(o)} .\n" for s, p, o in triples)


def nquads(graphs: Mapping[str, Iterable[Triple]]) -> bytes:
    """The named graphs as canonical N-Quads, sorted by line: the canonical artefact."""
    return _sorted_lines(
        f"{_nt(s)} {_nt(p)} {_nt(o)} <{name}> .\n" for name, triples in graphs.items() for s, p, o in triples
    )


def turtle(triples: Sequence[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Turtle for reading: prefixes that are used, one block for each subject, its classes first."""
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
        if value.datatype == vocabulary.expand("xsd:integer") and _NUMBER.fullmatch(value.value):
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


def dumps(graphs: Mapping[str, Sequence[Triple]]) -> dict[str, bytes]:
    """The whole dataset by file extension; all but N-Quads are the union of the named graphs."""
    everything = union(graphs.values())
    prefixes = vocabulary.prefixes()
    return {
        "nt": ntriples(everything),
        "nq": nquads(graphs),
        "ttl": turtle(everything, prefixes),
        "jsonld": jsonld.dumps(jsonld.compact(everything, vocabulary.context())),
        "rdf": rdfxml(everything, prefixes),
    }


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


def _iri(node: object) -> IRI:
    if not isinstance(node, URIRef):
        raise ValueError(f"not an IRI: {node!r}")
    return IRI(str(node))


def _plain(node: object) -> Term:
    if not isinstance(node, RdfLiteral):
        return _iri(node)
    if node.language:
        return Literal(str(node), RDF_LANG_STRING, node.language)
    return Literal(str(node), str(node.datatype or XSD_STRING))
