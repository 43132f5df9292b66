"""Writes results: rows and graphs in the requested format, within the limits.

What a parser of the format could not read, or would read as something else, is refused. Blank nodes of a
graph are numbered in order, so that the same triples give the same bytes.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox
from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat

from ..rdf.terms import IRI, RDF_LANG_STRING, Literal, Term, Triple
from ..rdf.writers import Statement, Unwritable, rdfxml, turtle_of
from .errors import NotWritable, ResultTooLarge
from .formats import GRAPHS, SOLUTIONS

_Node = ox.NamedNode | ox.BlankNode | ox.Literal
_JSON, _XML, _CSV, _TSV = (SOLUTIONS[name] for name in ("json", "xml", "csv", "tsv"))
_STRINGS = {
    # Without its strings, "{" after "," or "[" opens a row; a term's "{" stands after ":".
    _JSON: re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[,\[]\{', re.DOTALL),
    _CSV: re.compile(rb'"[^"]*+"|\n'),
}
# Byte sequences of which every row has at least one, and how many of them belong to no row.
_ROW_MARKS = {_JSON: ((b",{", b"[{"), 0), _XML: ((b"<result>",), 0), _CSV: ((b"\n",), 1), _TSV: ((b"\n",), 1)}
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_EMPTY_LINE = re.compile(rb'"[^"]*+"|(?<=\n)\r\n')
_RDF_1_2 = {
    _JSON: re.compile(rb'"type":"triple"|"its:dir":"'),
    _XML: re.compile(rb'<triple>|<literal[^>]* its:dir="'),
    _TSV: re.compile(rb'[\t\n]<<\(|"@[A-Za-z0-9-]+--(?:ltr|rtl)[\t\n]'),
}


class BoundedBuffer(io.BytesIO):
    """A buffer that raises ResultTooLarge rather than grow over ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def write(self, data: Any) -> int:
        """Keep ``data``."""
        if self.tell() + len(data) > self.limit:
            raise ResultTooLarge(self.limit, "bytes")
        return super().write(data)


def write_solutions(result: QuerySolutions | QueryBoolean, name: str, *, rows: int, size: int) -> bytes:
    """The rows, or true or false, in a format of :data:`~vilnius_lod.sparql.formats.SOLUTIONS`.

    Raises ResultTooLarge for more than that many rows or bytes, NotWritable.
    """
    form = SOLUTIONS[name]
    try:
        buffer = BoundedBuffer(size)
        result.serialize(buffer, format=form)
        is_row_of_one = isinstance(result, QuerySolutions) and len(result.variables) == 1
        is_boolean = isinstance(result, QueryBoolean)
    finally:
        # Else an error's traceback keeps it, and pyoxigraph's results must end in their own thread.
        del result
    body = buffer.getvalue()
    if is_boolean:
        return body
    if has_more_rows(body, form, rows):
        raise ResultTooLarge(rows, "rows")
    if form in _RDF_1_2 and _RDF_1_2[form].search(body):
        raise NotWritable(name, "term", "", ["csv"])
    if form == _XML:
        return _xml(body, name)
    # An empty line is a row of one empty cell, which most readers would skip.
    if form == _CSV and is_row_of_one and b"\n\r\n" in body:
        return _EMPTY_LINE.sub(lambda match: match[0] if match[0] != b"\r\n" else b'""\r\n', body)
    return body


def _xml(body: bytes, name: str) -> bytes:
    if (found := _NOT_IN_XML.search(body)) or any(character in body for character in _NONCHARACTERS):
        code = f"U+{found[0][0]:04X}" if found else "U+FFFE or U+FFFF"
        raise NotWritable(name, "character", code, ["json", "csv", "tsv"])
    # A bare carriage return would be read back as a line feed.
    return body.replace(b"\r", b"&#13;")


def has_more_rows(body: bytes, form: QueryResultsFormat, limit: int) -> bool:
    """Whether a written answer has more than ``limit`` rows; the engine does not tell how many it wrote.

    Marks are counted first, those within strings too; strings are parsed only if there are too many.
    """
    marks, extra = _ROW_MARKS[form]
    if sum(map(body.count, marks)) <= limit + extra:
        return False
    if form not in _STRINGS:
        return True
    outside_strings = (match for match in _STRINGS[form].finditer(body) if match[0][:1] != b'"')
    return next(itertools.islice(outside_strings, limit + extra, None), None) is not None


def first_rows(body: bytes, most: int, size: int) -> tuple[bytes, int]:
    """JSON results cut to the first ``most`` rows and about ``size`` bytes; and the number of all rows."""
    end = total = 0
    for match in _STRINGS[_JSON].finditer(body):
        if match[0][:1] == b'"':
            continue
        if total and not end and (total == most or match.start() > size):
            end = match.start()
        total += 1
    return (body[:end] + b"]}}" if end else body), total


def write_graph(
    triples: Iterable[ox.Triple], name: str, prefixes: Mapping[str, str], *, rows: int, size: int
) -> tuple[bytes, bool]:
    """The triples, sorted, in a format of :data:`~vilnius_lod.sparql.formats.GRAPHS`, and whether there are
    blank nodes. Raises ResultTooLarge for more than that many triples or bytes, NotWritable.
    """
    form = GRAPHS[name]
    nodes: dict[str, _Node] = {}
    wanted_nodes = nodes if form in (RdfFormat.RDF_XML, RdfFormat.JSON_LD) else None
    statements = sorted(set(_statements(triples, wanted_nodes, name, rows, size)))
    if form in (RdfFormat.TURTLE, RdfFormat.TRIG):  # without named graphs they are the same
        body = turtle_of(statements, prefixes)
    elif form == RdfFormat.RDF_XML:
        terms = (Triple(*[_term(text, nodes[text]) for text in statement]) for statement in statements)  # type: ignore[arg-type]
        try:
            body = rdfxml(terms, prefixes)
        except Unwritable as error:
            raise NotWritable(name, error.reason, error.found, ["turtle", "ntriples", "jsonld"]) from None
    else:
        buffer = BoundedBuffer(size)
        if form == RdfFormat.JSON_LD:
            renamed = (ox.Triple(nodes[s], nodes[p], nodes[o]) for s, p, o in statements)  # type: ignore[arg-type]
            ox.serialize(renamed, buffer, form)
        else:
            for s, p, o in statements:
                buffer.write(f"{s} {p} {o} .\n".encode())
        body = buffer.getvalue()
    if len(body) > size:
        raise ResultTooLarge(size, "bytes")
    return body, any(s[0] == "_" or o[0] == "_" for s, _, o in statements)


def _statements(
    triples: Iterable[ox.Triple], nodes: dict[str, _Node] | None, name: str, rows: int, size: int
) -> Iterator[Statement]:
    """The triples as N-Triples writes their terms, each of which is in memory once. ``nodes``, if given, gets
    the terms by that text.
    """
    names: dict[str, str] = {}
    blank = itertools.count()

    def text(node: Any) -> str:
        written = str(node)
        known = names.get(written)
        if known is None:
            if written.startswith("<<") or (written[0] == '"' and written.endswith(("--ltr", "--rtl"))):
                raise NotWritable(name, "term", written, [])
            known = f"_:b{next(blank)}" if written.startswith("_:") else written
            names[written] = known
            if nodes is not None:
                nodes[known] = node
        return known

    length = 0
    for number, triple in enumerate(triples):
        value = text(triple.object)
        length += len(value) if value[0] == '"' else 0
        if number >= rows:
            raise ResultTooLarge(rows, "rows")
        if length > size:
            raise ResultTooLarge(size, "bytes")
        yield text(triple.subject), text(triple.predicate), value


def _term(text: str, node: _Node) -> Term:
    if not isinstance(node, ox.Literal):
        return IRI(text.strip("<>"))
    if node.language:
        return Literal(node.value, RDF_LANG_STRING, node.language)
    return Literal(node.value, node.datatype.value)
