"""Triples as bytes: N-Triples, N-Quads, Turtle and RDF/XML, each the same bytes every time.

All Turtle comes from here, that of files and descriptions and that of CONSTRUCT: few prefixes, a class first,
every literal on one line between single quotation marks, which every parser reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from xml.sax.saxutils import escape, quoteattr

from .terms import IRI, RDF_LANG_STRING, XSD_STRING, Term, Triple

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE = f"<{RDF}type>"
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_XMLNS = "http://www.w3.org/2000/xmlns/"
# As canonical N-Triples has it (RDF 1.2 N-Triples, section 4).
_ESCAPES = str.maketrans(
    {code: f"\\u{code:04X}" for code in (*range(32), 127, 0xFFFE, 0xFFFF)}
    | {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
# A namespace, and a local name that Turtle takes without escapes.
_SPLIT = re.compile(r"<(.*[^A-Za-z0-9_-])([A-Za-z0-9_][A-Za-z0-9_-]*)>")
# Letters that XML names may have in every edition and every parser (XML 1.0, appendix B).
_LETTERS = "A-Za-z_À-ÖØ-öø-ıĴ-ľŁ-ňŊ-ž"
_QNAME = re.compile(rf".*[^{_LETTERS}0-9-][0-9-]*([{_LETTERS}][{_LETTERS}0-9-]*)")
# Names that RDF/XML keeps for itself (RDF 1.1 XML Syntax, section 7.2.2); it counts rdf:li.
_RESERVED = {
    RDF + name
    for name in (
        "RDF", "ID", "about", "bagID", "parseType", "resource", "nodeID", "datatype", "Description",
        "aboutEach", "aboutEachPrefix", "li",
    )
}  # fmt: skip
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_THING = re.compile(r"<(?P<space>.*/id/(?P<kind>[a-z]+(-[a-z]+)*)/)[a-z0-9-]+>")
_NUMBER = re.compile(r'"(0|-?[1-9][0-9]*)"')

Statement = tuple[str, str, str]
"""A triple's terms as N-Triples writes them."""


class Unwritable(ValueError):  # noqa: N818 - it is told as what happened, as those of queries are
    """A format cannot say this; ``reason`` is ``property`` or ``character``, which lies in what was found."""

    def __init__(self, reason: str, found: str) -> None:
        super().__init__(f"XML cannot write the {reason} {found}")
        self.reason = reason
        self.found = found


def ntriples(triples: Iterable[Triple]) -> bytes:
    """N-Triples in canonical form, sorted by line."""
    return _sorted_lines(f"{_nt(s)} {_nt(p)} {_nt(o)} .\n" for s, p, o in triples)


def nquads(graphs: Mapping[str, Iterable[Triple]]) -> bytes:
    """The named graphs as canonical N-Quads, sorted by line: the canonical artefact."""
    return _sorted_lines(
        f"{_nt(s)} {_nt(p)} {_nt(o)} <{name}> .\n" for name, triples in graphs.items() for s, p, o in triples
    )


def turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Turtle for reading: used prefixes, a block for each subject in the order given, its classes first."""
    return turtle_of([(_nt(s), _nt(p), _nt(o)) for s, p, o in triples], prefixes)


def turtle_of(statements: Sequence[Statement], prefixes: Mapping[str, str]) -> bytes:
    """:func:`turtle` of terms as N-Triples writes them, blank nodes among them."""
    prefixes = {**_thing_prefixes(statements), **prefixes}
    by_space: dict[str, str] = {}
    for prefix, space in prefixes.items():
        by_space.setdefault(space, prefix)
    used: set[str] = set()
    written: dict[str, str] = {}

    def iri(text: str) -> str:
        match = _SPLIT.fullmatch(text)
        prefix = by_space.get(match[1]) if match else None
        if match is None or prefix is None:
            return text
        used.add(prefix)
        return f"{prefix}:{match[2]}"

    def term(text: str) -> str:
        found = written.get(text)
        if found is None:
            found = written[text] = _literal(text, iri) if text[0] == '"' else iri(text)
        return found

    blocks = []
    for subject, about in groupby(statements, key=itemgetter(0)):
        objects: dict[str, str] = {}
        for _, predicate, value in about:
            text = written.get(value) or term(value)
            objects[predicate] = f"{objects[predicate]}, {text}" if predicate in objects else text
        classes = objects.pop(_TYPE, None)
        lines = [f"a {classes}"] if classes else []
        lines += [
            f"{written.get(predicate) or term(predicate)} {text}" for predicate, text in objects.items()
        ]
        blocks.append((f"{term(subject)}\n  " + " ;\n  ".join(lines) + " .\n").encode())
    head = [f"@prefix {prefix}: <{prefixes[prefix]}> .\n" for prefix in sorted(used)]
    return b"\n".join(["".join(head).encode(), *blocks])


def _literal(text: str, iri: Callable[[str], str]) -> str:
    if text[-1] != ">":  # a plain one, or with its language
        return text
    value, _, datatype = text.rpartition("^^")
    if datatype == f"<{_INTEGER}>" and (number := _NUMBER.fullmatch(value)):
        return number[1]
    return f"{value}^^{iri(datatype)}"


def rdfxml(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """RDF/XML, one description for each subject, a blank node being an IRI that begins with ``_:``.

    Raises Unwritable for what XML cannot name or hold.
    """
    names = {space: prefix for prefix, space in prefixes.items()} | {RDF: "rdf"}
    spaces: dict[str, str] = {"rdf": RDF}

    elements: dict[str, str] = {}

    def element(predicate: str) -> str:
        if predicate not in elements:
            space, local = _element_name(predicate)
            prefix = names.setdefault(space, f"ns{len(spaces)}")
            spaces[prefix] = space
            elements[predicate] = f"{prefix}:{local}"
        return elements[predicate]

    blocks = []
    for subject, statements in groupby(triples, key=lambda triple: triple.subject):
        lines = [_property(element(triple.predicate.value), triple.object) for triple in statements]
        about = _node("about", subject.value)
        blocks.append(f" <rdf:Description {about}>\n{''.join(lines)} </rdf:Description>\n".encode())
    declared = "".join(f"\n  xmlns:{prefix}={quoteattr(space)}" for prefix, space in sorted(spaces.items()))
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{declared}>\n'
    return b"".join([head.encode(), *blocks, b"</rdf:RDF>\n"])


def _element_name(predicate: str) -> tuple[str, str]:
    """The namespace and the local name by which XML can name a property. Raises Unwritable."""
    match = _QNAME.fullmatch(predicate)
    space = predicate[: match.start(1)] if match else _XMLNS
    if match is None or predicate in _RESERVED or space == _XMLNS:
        raise Unwritable("property", predicate)
    return space, match[1]


def _node(attribute: str, iri: str) -> str:
    if iri.startswith("_:"):
        return f'rdf:nodeID="{iri[2:]}"'
    return f"rdf:{attribute}={quoteattr(iri)}"


def _property(name: str, value: Term) -> str:
    if isinstance(value, IRI):
        return f"  <{name} {_node('resource', value.value)}/>\n"
    if found := _NO_XML.search(value.value):
        raise Unwritable("character", f"U+{ord(found[0]):04X}")
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


def _thing_prefixes(statements: Iterable[Statement]) -> dict[str, str]:
    """A prefix for each kind of thing, ``agreement:`` for ``…/id/agreement/``, where that is unambiguous."""
    spaces: dict[str, set[str]] = {}
    for text in {text for subject, _, value in statements for text in (subject, value)}:
        if text[0] == "<" and "/id/" in text and (match := _THING.fullmatch(text)):
            spaces.setdefault(match["kind"], set()).add(match["space"])
    return {kind: found.pop() for kind, found in sorted(spaces.items()) if len(found) == 1}
