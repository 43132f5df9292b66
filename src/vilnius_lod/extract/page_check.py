"""Do the tables and the page agree? What the page says has its row, and each row's words are on the page.

The page is read again (:mod:`.page`), and what was read is compared with the tables cell by cell. Reading
tells every date that it cannot place; so each date of the page is a row's, or excused in ``reading.csv``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..edtf import Edtf
from ..inputs.issues import Issue
from ..records.model import Network, Origin, Party, Quote, Records
from ..records.schema import tables
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


class _Entry(NamedTuple):
    """A row of a table as cells, and where it stands."""

    cells: DraftRow
    origin: Origin


def check(records: Records, words: ReadingPatterns) -> tuple[Issue, ...]:
    """Every disagreement between the tables and the page, with both places; none if they agree."""
    dataset = records.dataset
    path = dataset.source.path
    inside = path.is_relative_to(dataset.directory)
    page = path.relative_to(dataset.directory).as_posix() if inside else path.name
    extraction = extract("\n".join(records.page), words, dataset, page)
    specs = tables(dataset, None)
    entries = _entries(records)
    problems = list(extraction.problems)
    slugs: dict[str, str] = {}  # the page's agreements, numbered afresh, to those of the tables
    for name, (keys, cells) in _COMPARED.items():
        found = extraction.tables[name]
        if name in ("parties", "events"):
            found = tuple({**row, "agreement": slugs.get(row["agreement"], "")} for row in found)
        pairs, missing, extra = _pair(found, entries[name], keys.split(", "))
        if name == "agreements":
            slugs = {row["agreement"]: entry.cells["agreement"] for row, entry in pairs}
        compared = cells.replace("*", dataset.source.language).split()
        for row, entry in pairs:
            problems += _differences(row, entry, compared, page)
        problems += (_missing(row, specs[name].file, page) for row in missing)
        problems += (_extra(entry, page) for entry in extra)
    told = {(problem.file, problem.line) for problem in problems}
    for problem in (*_misquotes(records, page), *_founded(records.networks, records.page, page)):
        if (problem.file, problem.line) not in told:
            problems.append(problem)
    problems += _countries(records, words, page)
    return tuple(problems)


def _entries(records: Records) -> dict[str, list[_Entry]]:
    """The rows that the page must have, as their cells."""
    language = records.dataset.source.language

    def entry(quote: Quote, origin: Origin, **cells: str | Edtf | None) -> _Entry:
        texts = {name: str(cell or "") for name, cell in cells.items()}
        lines = ";".join(map(str, quote.lines))
        return _Entry({**texts, "source_line": lines, "source_text": " ¶ ".join(quote.words)}, origin)

    return {
        "networks": [entry(one.quote, one.origin, network=one.slug) for one in records.networks],
        "memberships": [
            entry(
                one.quote, one.origin,
                network=one.network, member=one.member, coordinator=one.coordinator, since=one.since,
            )
            for one in records.memberships
        ],
        "agreements": [
            entry(
                one.quote, one.origin, agreement=one.slug, type=one.type,
                other_parties="not-named" if one.unnamed_parties else "",
                **{f"title_{language}": one.title.get(language)},
            )
            for one in records.agreements
        ],
        "parties": [
            entry(
                one.quote, one.origin, agreement=one.agreement, place=one.place,
                name_as_stated=one.name_as_stated, country_as_stated=one.country_as_stated,
            )
            for one in records.parties
        ],
        "events": [
            entry(one.quote, one.origin, agreement=one.agreement, kind=one.kind, date=one.date)
            for one in records.events
        ],
    }  # fmt: skip


def _pair(
    found: Sequence[DraftRow], entries: Sequence[_Entry], keys: Sequence[str]
) -> tuple[list[tuple[DraftRow, _Entry]], Sequence[DraftRow], Sequence[_Entry]]:
    """Rows of the page with their rows in the table, by each key in turn; then what is left of both."""
    pairs = []
    for key in keys:
        waiting: dict[tuple[str, ...], list[_Entry]] = defaultdict(list)
        for entry in entries:
            waiting[tuple(entry.cells[name] for name in key.split())].append(entry)
        left = []
        for row in found:
            same = waiting[tuple(row[name] for name in key.split())]
            if same:
                pairs.append((row, same.pop(0)))
            else:
                left.append(row)
        found, entries = left, [entry for same in waiting.values() for entry in same]
    return pairs, found, entries


def _differences(row: DraftRow, entry: _Entry, cells: Sequence[str], page: str) -> Iterator[Issue]:
    message = "{page} reads otherwise: correct the cell, or the words in reading.csv that the page is read by"
    values = {"page": f"{page}:{row['source_line']}"}
    for name in cells:
        if entry.cells[name] != row[name]:
            origin, here = entry.origin, entry.cells[name]
            yield Issue(origin.file, origin.line, name, message, values, here, row[name])


def _missing(row: DraftRow, file: str, page: str) -> Issue:
    message = "{table} has no row for these words: add one; “vilnius-lod extract” shows it"
    return Issue(page, int(row["source_line"]), None, message, {"table": file}, row["source_text"])


def _extra(entry: _Entry, page: str) -> Issue:
    message = (
        "nothing is read at {page} that this row could come from: "
        "correct the row, remove it, or add the words to reading.csv"
    )
    values = {"page": f"{page}:{entry.cells['source_line']}"}
    origin = entry.origin
    return Issue(origin.file, origin.line, "source_text", message, values, entry.cells["source_text"])


def _misquotes(records: Records, page: str) -> Iterator[Issue]:
    """Words that do not stand byte for byte on their line."""
    quoting = (
        records.networks, records.sizes, records.memberships,
        records.agreements, records.parties, records.events,
    )  # fmt: skip
    for record in (record for table in quoting for record in table):
        file, row = record.origin.file, record.origin.line
        for number, quoted in zip(record.quote.lines, record.quote.words, strict=True):
            line = records.page[number - 1] if number <= len(records.page) else ""
            stands = _whole(quoted)
            if stands.search(line):
                continue
            values = {"page": f"{page}:{number}"}
            elsewhere = [str(n) for n, other in enumerate(records.page, 1) if stands.search(other)]
            if elsewhere:
                message = "the words do not stand at {page}, but on another line: correct the number"
                yield Issue(file, row, "source_line", message, values, str(number), ", ".join(elsewhere))
            else:
                message = "the words do not stand at {page}: copy them from there exactly, blanks included"
                yield Issue(file, row, "source_text", message, values, quoted, line)


def _whole(quoted: str) -> re.Pattern[str]:
    """These very words, none of them cut off at either end."""
    start, end = (r"\b" if character.isalnum() else "" for character in (quoted[0], quoted[-1]))
    return re.compile(start + re.escape(quoted) + end)


def _founded(networks: Sequence[Network], lines: Sequence[str], page: str) -> Iterator[Issue]:
    """Founding dates that the network's own paragraph does not state."""
    message = "{page} does not state this date: correct it or leave the cell empty"
    for one in networks:
        dates = [date for n in one.quote.lines for date in DATE.findall(lines[n - 1])]
        if one.founded and str(one.founded) not in dates:
            values = {"page": f"{page}:{one.quote.lines[0]}"}
            file, row = one.origin.file, one.origin.line
            yield Issue(file, row, "founded", message, values, str(one.founded), ", ".join(dates))


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
        for column, stated, here in (("country", country, place.country), ("within", region, place.within)):
            if stated and stated.value != here:
                file, row = place.origin.file, place.origin.line
                yield Issue(file, row, column, message, values, here or "", stated.value)
