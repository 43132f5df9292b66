"""Links to other datasets: SSSOM tables (``links/*.sssom.tsv``), read as strictly as the other tables.

Of the metadata block the simple lines are understood: ``#key: value`` and, under ``#curie_map:``,
``#  prefix: namespace``. https://mapping-commons.github.io/sssom/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..inputs import cells, csv_reader, text_checks
from ..inputs.issues import InputError, Issue
from .model import Link, Origin

COLUMNS = ("subject_id", "predicate_id", "object_id", "object_label", "mapping_justification", "comment")
PREDICATES = ("owl:sameAs", "skos:exactMatch", "skos:closeMatch")
JUSTIFICATIONS = (
    "semapv:ManualMappingCuration", "semapv:MappingReview", "semapv:BackgroundKnowledgeBasedMatching",
    "semapv:CompositeMatching", "semapv:InstanceBasedMatching", "semapv:LexicalMatching",
    "semapv:LexicalSimilarityThresholdMatching", "semapv:LogicalReasoning", "semapv:MappingChaining",
    "semapv:MappingInversion", "semapv:SemanticSimilarityThresholdMatching", "semapv:StructuralMatching",
    "semapv:UnspecifiedMatching",
)  # fmt: skip
# SSSOM has these built in; a file may leave them out and may not give them another meaning.
_BUILT_IN = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_NO_TERM = _BUILT_IN["sssom"] + "NoTermFound"
_CURIE = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*):([^\s<>\"{}|\\^`]+)")


class _Metadata(NamedTuple):
    """The block above the table: its settings, its prefixes, and the number of its lines."""

    settings: dict[str, str]
    prefixes: dict[str, str]
    length: int


def read(
    directory: Path, base: str, things: Collection[str] | None
) -> tuple[tuple[Link, ...], tuple[Issue, ...]]:
    """The links of all files of ``links/``, in the order of the files' names, and all that is wrong.

    ``things`` are those that a link may start from (None: not known); their CURIEs expand to ``{base}id/…``.
    """
    links: list[Link] = []
    problems: list[Issue] = []
    for path in sorted((directory / "links").glob("[!.~]*.sssom.tsv")):
        file_links, file_problems = parse(path.read_bytes(), f"links/{path.name}", base, things)
        links += file_links
        problems += file_problems
    return tuple(links), (*problems, *_duplicates(links))


def _duplicates(links: Collection[Link]) -> Iterator[Issue]:
    """Links that occur twice, and subjects that one set of links has twice."""
    first: dict[tuple[str, ...], Origin] = {}
    for link in links:
        key = (link.subject, link.predicate, link.object)
        if (origin := first.setdefault(key, link.origin)) is not link.origin:
            message = "duplicate link, first on line {line} of {file}"
            values = {"line": origin.line, "file": origin.file}
            yield Issue(link.origin.file, link.origin.line, "subject_id", message, values, " ".join(key))
        elif link.subject and link.set_id:
            origin = first.setdefault((link.set_id, link.subject), link.origin)
            if origin is not link.origin:
                message = "a second row for the same subject, first on line {line}"
                values = {"line": origin.line}
                yield Issue(link.origin.file, link.origin.line, "subject_id", message, values, link.subject)


def parse(
    data: bytes, file: str, base: str, things: Collection[str] | None
) -> tuple[tuple[Link, ...], tuple[Issue, ...]]:
    """The links of one file, as far as they can be read, and all that is wrong with it."""
    problems: list[Issue] = []
    try:
        text = csv_reader.decode(data, file).replace("\r\n", "\n")
    except InputError as error:
        return (), error.problems
    metadata = _metadata(text, file, problems)
    set_id = metadata.settings.get("mapping_set_id", "").rstrip("/").split("/")[-1]
    if not re.fullmatch(cells.SLUG, set_id):
        allowed = "https://…/mapping-set/slug"
        found = metadata.settings.get("mapping_set_id")
        problems.append(Issue(file, 1, "mapping_set_id", "the set of links has no slug", {}, found, allowed))
    day = metadata.settings.get("mapping_date", "")
    columns = COLUMNS if day else (*COLUMNS, "mapping_date")
    body = "\n".join(text.split("\n")[metadata.length :])
    table = csv_reader.parse(body, file, columns, tsv=True, first_line=metadata.length + 1)
    problems += table.problems
    links = []
    for row in table.rows or ():
        link, link_problems = _link(file, row, metadata.prefixes, base, things, set_id, day)
        links.append(link)
        problems += link_problems
    return tuple(links), tuple(problems)


def _metadata(text: str, file: str, problems: list[Issue]) -> _Metadata:
    settings: dict[str, str] = {}
    prefixes = dict(_BUILT_IN)
    number, key = 0, ""
    for number, line in enumerate(text.split("\n")):
        if not line.startswith("#"):
            break
        entry = re.fullmatch(r"#(\s*)(?:- .*|([A-Za-z][\w.-]*):(?:\s+(\S.*))?)\s*", line)
        value = re.sub(r"""^(["'])(.*)\1$""", r"\2", (entry[3] or "").strip()) if entry else ""
        if entry is None and line.strip("# \t"):
            message, allowed = "the metadata line is not understood", "#key: value, #  prefix: http://…"
            problems.append(Issue(file, number + 1, None, message, {}, line, allowed))
        elif entry is None or entry[2] is None:  # empty, or an item of a list
            continue
        elif len(entry[1]) < 2 or key != "curie_map":
            key = entry[2]
            settings[key] = value
        elif not re.fullmatch(r"https?://\S+[/#_=:]", value) or _BUILT_IN.get(entry[2], value) != value:
            message, allowed = "the prefix cannot mean this", _BUILT_IN.get(entry[2], "http://…/, http://…#")
            problems.append(Issue(file, number + 1, entry[2], message, {}, value, allowed))
        else:
            prefixes[entry[2]] = value
    return _Metadata(settings, prefixes, number)


def _link(
    file: str,
    row: csv_reader.CsvRow,
    prefixes: Mapping[str, str],
    base: str,
    things: Collection[str] | None,
    set_id: str,
    day: str,
) -> tuple[Link, list[Issue]]:
    """The link of a row; it is of use only without problems."""
    problems: list[Issue] = []

    def refuse(column: str, message: str, allowed: str | None = None) -> None:
        found = row.cells.get(column, "")
        problems.append(Issue(file, row.line, column, message, {}, found, allowed))

    def take(column: str, read: Callable[[str], object], default: str = "", *, required: bool = True) -> str:
        cell = row.cells.get(column) or default
        try:
            if cell.strip():
                text_checks.refuse_error_values(cell)
                read(cell)
            elif required:
                raise cells.CellError("the cell must not be empty")
        except cells.CellError as refusal:
            refuse(column, refusal.message, refusal.allowed)
        return cell

    def expand(column: str) -> str:
        curie = _CURIE.fullmatch(take(column, cells.text))
        if curie is None or not curie[0].isprintable():
            if row.cells[column].strip():
                refuse(column, "invalid CURIE", "prefix:name")
        elif curie[1] not in prefixes:
            refuse(column, "the prefix is not declared in the file's curie_map", ", ".join(sorted(prefixes)))
        else:
            return prefixes[curie[1]] + curie[2]
        return ""

    def one_of(column: str, allowed: tuple[str, ...]) -> str:
        by_iri = {_BUILT_IN[prefix] + name: curie for curie in allowed for prefix, name in [curie.split(":")]}
        if (iri := expand(column)) and iri not in by_iri:
            refuse(column, "this is not in the list", ", ".join(allowed))
        return by_iri.get(iri, "")

    subject = expand("subject_id")
    thing = subject.removeprefix(f"{base}id/")
    if subject and (thing == subject or (things is not None and thing not in things)):
        refuse("subject_id", "unknown reference", "a thing in the tables")
    target = expand("object_id")
    if target and (target.startswith(base) or target == _NO_TERM or not cells.is_web_address(target)):
        refuse("object_id", "not a thing of another dataset", "http://…, https://…")
    for column in row.cells.keys() - {*COLUMNS, "confidence", "mapping_date"}:
        take(column, cells.text, required=False)
    if row.cells.get("predicate_modifier"):
        refuse("predicate_modifier", "rows that deny a link are not read")
    link = Link(
        subject=thing,
        predicate=one_of("predicate_id", PREDICATES),
        object=target,
        object_label=take("object_label", cells.text),
        justification=one_of("mapping_justification", JUSTIFICATIONS),
        confidence=take("confidence", _confidence, required=False),
        evidence=take("comment", cells.text),
        date=take("mapping_date", cells.day, day),
        set_id=set_id,
        origin=Origin(file, row.line),
    )
    return link, problems


def _confidence(cell: str) -> None:
    if not re.fullmatch(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?", cell):
        raise cells.CellError("invalid confidence", "0.0 … 1.0")
