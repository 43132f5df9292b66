"""Whether tables and page agree: what the page says has its row, and each row's words are on the page.

The page is extracted again (:mod:`.page`) and compared with the tables cell by cell. Extraction reports every
date that it cannot place; so each date of the page belongs to a row or is excused in ``reading.csv``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..inputs.issues import Issue
from ..records.loader import Reading
from ..records.model import Network, Party, Records
from ..records.schema import TypedRow, tables
from .page import DraftRow, extract
from .patterns import DATE, ReadingPatterns, occurs

#: By which cells a row is found in the page, the surest first; which cells must then be as the page has them.
_COMPARED = {
    # How much of its paragraph names a network is for people to say.
    "networks": ("network", "source_line"),
    "memberships": ("network", "member coordinator since source_line source_text"),
    "agreements": (
        "source_line source_text, source_line, agreement",
        "type title_* other_parties source_line source_text",
    ),
    "parties": (
        "agreement place, agreement",
        "place name_as_stated country_as_stated source_line source_text",
    ),
    "events": ("agreement kind date, agreement", "kind date source_line source_text"),
}


FILES = frozenset(f"tables/{name}.csv" for name in (*_COMPARED, "sizes", "places"))
"""The tables that are compared with the page, or are needed for that."""


def check(reading: Reading, words: ReadingPatterns) -> tuple[Issue, ...]:
    """Every disagreement between the tables and the page, with both places; none if they agree.

    The tables of :data:`FILES` must have been read without errors.
    """
    if (records := reading.records) is None:
        return ()
    dataset = records.dataset
    path = dataset.source.path
    inside = path.is_relative_to(dataset.directory)
    page = path.relative_to(dataset.directory).as_posix() if inside else path.name
    extraction = extract("\n".join(records.page), words, dataset, page)
    specs = tables(dataset, None)
    problems = list(extraction.problems)
    slugs: dict[str, str] = {}  # the page's agreements, numbered afresh, to those of the tables
    for name, (keys, cells) in _COMPARED.items():
        drafts, file = extraction.tables[name], specs[name].file
        if name in ("parties", "events"):
            drafts = tuple({**draft, "agreement": slugs.get(draft["agreement"], "")} for draft in drafts)
        pairs, missing, extra = _pair(drafts, reading.rows[name] or (), keys.split(", "))
        if name == "agreements":
            slugs = {draft["agreement"]: row.cells["agreement"] for draft, row in pairs}
        compared = cells.replace("*", dataset.source.language).split()
        for draft, row in pairs:
            problems += _differences(draft, row, compared, page)
        problems += (_missing(draft, file, page) for draft in missing)
        problems += (_extra(row, page) for row in extra)
    reported = {(problem.file, problem.line) for problem in problems}
    for problem in (*_misquotes(records, page), *_founding_dates(records.networks, records.page, page)):
        if (problem.file, problem.line) not in reported:
            problems.append(problem)
    problems += _countries(records, words, page)
    return tuple(problems)


def _pair(
    drafts: Sequence[DraftRow], rows: Sequence[TypedRow], keys: Sequence[str]
) -> tuple[list[tuple[DraftRow, TypedRow]], Sequence[DraftRow], Sequence[TypedRow]]:
    """Rows of the page with their rows in the table, by each key in turn; then those without a partner."""
    pairs = []
    for key in keys:
        rows_by_key: dict[tuple[str, ...], list[TypedRow]] = defaultdict(list)
        for row in rows:
            rows_by_key[tuple(row.cells[name] for name in key.split())].append(row)
        unpaired = []
        for draft in drafts:
            same = rows_by_key[tuple(draft[name] for name in key.split())]
            if same:
                pairs.append((draft, same.pop(0)))
            else:
                unpaired.append(draft)
        drafts, rows = unpaired, [row for same in rows_by_key.values() for row in same]
    return pairs, drafts, rows


def _differences(draft: DraftRow, row: TypedRow, columns: Sequence[str], page: str) -> Iterator[Issue]:
    message = "{page} reads otherwise: correct the cell, or the words in reading.csv that the page is read by"
    for name in columns:
        if row.cells[name] != draft[name]:
            yield row.issue(name, message, draft[name], page=f"{page}:{draft['source_line']}")


def _missing(draft: DraftRow, file: str, page: str) -> Issue:
    message = "{table} has no row for these words: add one; “vilnius-lod extract” shows it"
    return Issue(page, int(draft["source_line"]), None, message, {"table": file}, draft["source_text"])


def _extra(row: TypedRow, page: str) -> Issue:
    message = (
        "nothing is read at {page} that this row could come from: "
        "correct the row, remove it, or add the words to reading.csv"
    )
    return row.issue("source_text", message, page=f"{page}:{row.cells['source_line']}")


def _misquotes(records: Records, page: str) -> Iterator[Issue]:
    """Quoted words that are not on their line, byte for byte."""
    quoting = (
        records.networks, records.sizes, records.memberships,
        records.agreements, records.parties, records.events,
    )  # fmt: skip
    for record in (record for table in quoting for record in table):
        file, row = record.origin.file, record.origin.line
        for number, quoted in zip(record.quote.lines, record.quote.words, strict=True):
            line = records.page[number - 1] if number <= len(records.page) else ""
            pattern = _whole(quoted)
            if pattern.search(line):
                continue
            values = {"page": f"{page}:{number}"}
            elsewhere = [str(n) for n, other in enumerate(records.page, 1) if pattern.search(other)]
            if elsewhere:
                message = "the words are not at {page}, but on another line: correct the number"
                yield Issue(file, row, "source_line", message, values, str(number), ", ".join(elsewhere))
            else:
                message = "the words are not at {page}: copy them from there exactly, blanks included"
                yield Issue(file, row, "source_text", message, values, quoted, line)


def _whole(quoted: str) -> re.Pattern[str]:
    """These very words, none of them cut off at either end."""
    start, end = (r"\b" if character.isalnum() else "" for character in (quoted[0], quoted[-1]))
    return re.compile(start + re.escape(quoted) + end)


def _founding_dates(networks: Sequence[Network], lines: Sequence[str], page: str) -> Iterator[Issue]:
    """Founding dates that the network's own paragraph does not state."""
    message = "{page} does not state this date: correct it or leave the cell empty"
    for network in networks:
        dates = [date for number in network.quote.lines for date in DATE.findall(lines[number - 1])]
        if network.founded and str(network.founded) not in dates:
            values = {"page": f"{page}:{network.quote.lines[0]}"}
            file, row = network.origin.file, network.origin.line
            yield Issue(file, row, "founded", message, values, str(network.founded), ", ".join(dates))


def _countries(records: Records, words: ReadingPatterns, page: str) -> Iterator[Issue]:
    """Places in another country or region than the page's words say, each told once."""
    places = {place.slug: place for place in records.places}
    first: dict[str, Party] = {}
    for party in records.parties:
        first.setdefault(party.place, party)
    message = "{page} says otherwise: correct the cell, or what the words stand for in reading.csv"
    for slug, party in first.items():
        place = places[slug]
        values = {"page": f"{page}:{party.quote.lines[0]}"}
        country = occurs(words["country"], party.country_as_stated)
        region = occurs(words["region"], " ".join(party.quote.words))
        for column, stated, given in (("country", country, place.country), ("within", region, place.within)):
            if stated and stated.value != given:
                file, row = place.origin.file, place.origin.line
                yield Issue(file, row, column, message, values, given or "", stated.value)
