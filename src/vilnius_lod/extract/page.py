"""The city's page to rows for the tables, read with the dataset's own words (``reading.csv``).

The page is plain text: paragraphs about networks, each with a statement of membership, then rows of partners
with their documents. What cannot be read with certainty becomes a problem, never a guess.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..inputs.issues import Issue
from ..inputs.text_checks import FORMULA
from ..records.dataset import Dataset
from ..records.schema import tables
from .patterns import (
    DATE,
    Match,
    ReadingPatterns,
    begins,
    date_end,
    is_date,
    occurs,
    skip_blanks,
    unaccounted,
)

DraftRow = dict[str, str]
DraftResult = tuple[str, DraftRow] | Issue

#: The tables for which a page has rows.
TABLES = ("networks", "memberships", "agreements", "parties", "events")


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read: rows by table (in all columns; empty where the page says nothing), and what was not."""

    tables: Mapping[str, tuple[DraftRow, ...]]
    problems: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    """A page and the words by which it is read."""

    lines: Sequence[str]
    words: ReadingPatterns
    file: str
    language: str
    focus: str

    def problem(self, message: str, line: int | None, found: str | None = None) -> Issue:
        return Issue(self.file, line, None, message, found=found)


@dataclass(frozen=True, slots=True)
class _Partner:
    """The head of a partner row: who, in which words, on which line."""

    line: int
    words: str
    country: str
    places: tuple[tuple[str, str], ...]  # slug, name as stated


def extract(text: str, words: ReadingPatterns, dataset: Dataset, file: str) -> Extraction:
    """Read a page in the language of the dataset's source. ``file`` names the page in problems."""
    lines = text.split("\n")
    page = _Page(lines, words, file, dataset.source.language, dataset.focus)
    specs = tables(dataset, len(lines))
    columns = {name: [column.name for column in specs[name].columns] for name in TABLES}
    rows: dict[str, list[DraftRow]] = {name: [] for name in TABLES}
    start, end, problems = _table(page)
    for draft in (*_networks(page, start, end), *_documents(page, start, end)):
        if isinstance(draft, Issue):
            problems.append(draft)
        else:
            table, cells = draft
            rows[table].append({column: cells.get(column, "") for column in columns[table]})
    reported = {problem.line for problem in problems}
    dated = rows["memberships"] + rows["events"]
    quotes = [(int(row["source_line"]), row["source_text"]) for row in dated]
    message = "the date belongs to no document and no membership; if it is neither, add its words to {words}"
    for number, date in unaccounted(lines, quotes, words):
        if number not in reported:
            problems.append(Issue(file, number, None, message, {"words": "reading.csv (no-date)"}, date))
    problems.sort(key=lambda problem: problem.line or 0)
    return Extraction({name: tuple(drafts) for name, drafts in rows.items()}, tuple(problems))


def as_csv(rows: Sequence[DraftRow]) -> str:
    """Rows of one table as CSV text; nothing for no rows."""
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _table(page: _Page) -> tuple[int, int, list[Issue]]:
    """The indexes of the first line of the partner rows and of the line after the last."""
    lines, count = page.lines, len(page.lines)
    start = next((n for n, line in enumerate(lines, 1) if line.strip() in page.words["table-start"]), None)
    if start is None:
        message = "no line is the one before the partner rows; add it to reading.csv (table-start)"
        return count, count, [page.problem(message, None)]
    end = next((n for n in range(start, count) if begins(page.words["table-end"], lines[n])), None)
    if end is None:
        message = "no line ends the partner rows; add how the next line begins to reading.csv (table-end)"
        return start, count, [page.problem(message, None)]
    return start, end, []


def _networks(page: _Page, start: int, end: int) -> Iterator[DraftResult]:
    """Networks and memberships: each network's paragraph is followed by one statement of membership."""
    network: tuple[int, str] | None = None
    no_membership = "no membership in this network is stated below it; add the words to reading.csv (since)"
    no_network = (
        "a membership without a known network above it; "
        "add to reading.csv how the network's paragraph begins (network)"
    )
    for number, line in enumerate(page.lines[:start], 1):
        if match := begins(page.words["network"], line):
            if network:
                yield page.problem(no_membership, *network)
            network = number, match.value
            quote = {"source_line": str(number), "source_text": line[: match.end]}
            yield "networks", {"network": match.value, **quote}
        if since := occurs(page.words["since"], line):
            if network:
                yield _membership(page, number, since, network[1])
            else:
                yield page.problem(no_network, number, line)
            network = None
    if network:
        yield page.problem(no_membership, *network)
    for number, line in enumerate(page.lines[end:], end + 1):
        if occurs(page.words["since"], line):
            yield page.problem(no_network, number, line)


def _membership(page: _Page, number: int, since: Match, network: str) -> DraftResult:
    """One statement: the words and a date (the focus place is the member), or a date, a member, the words."""
    line = page.lines[number - 1]
    if date := DATE.match(line, skip_blanks(line, since.end)):
        member: str | None = page.focus
        start, end = since.start, date_end(line, date, page.words)
    elif earlier := list(DATE.finditer(line, 0, since.start)):
        date = earlier[-1]
        named = occurs(page.words["member"], line[date.end() : since.start])
        member = named.value if named else None
        start, end = date.start(), since.end + line.startswith(".", since.end)
    if date is None or not is_date(date[0]):
        return page.problem("no date can be read beside these words of a membership", number, line)
    if member is None:
        message = "it is not known who the member is; add the words to reading.csv (member)"
        return page.problem(message, number, line[start:end])
    coordinator = occurs(page.words["coordinator"], line[end:])
    if coordinator:  # its words are part of the quote
        end += coordinator.end
        end += line.startswith(".", end)
    return "memberships", {
        "membership": network,
        "network": network,
        "member": member,
        "coordinator": coordinator.value if coordinator else "",
        "since": date[0],
        "source_line": str(number),
        "source_text": line[start:end],
    }


def _documents(page: _Page, start: int, end: int) -> Iterator[DraftResult]:
    """Agreements, parties, events: a line is a partner's row, or a further document of the row above."""
    partner: _Partner | None = None
    without_document: _Partner | None = None  # a partner of whom no document was read yet
    no_document = "the partner has no document"
    numbers: Counter[str] = Counter()
    for number, line in enumerate(page.lines[start:end], start + 1):
        if not line.strip():
            continue
        head = _partner(page, number)
        if head and without_document:
            yield page.problem(no_document, without_document.line, without_document.words)
            without_document = None
        if isinstance(head, Issue):
            yield head
            partner = None
            continue
        if head:
            partner = without_document = head
        elif partner is None or not begins(page.words["type"], line.strip()):
            message = (
                "the line begins with no known place and is no further document of the partner above; "
                "add its words to reading.csv (place or type)"
            )
            yield page.problem(message, number, line)
            partner = None
            continue
        for document in _split(line[len(head.words) :] if head else line):
            without_document = None
            place = "-".join(slug for slug, _ in partner.places)
            numbers[place] += 1
            yield from _document(page, number, document, f"{place}-{numbers[place]}", partner)
    if without_document:
        yield page.problem(no_document, without_document.line, without_document.words)


def _partner(page: _Page, number: int) -> _Partner | Issue | None:
    """Whom a line begins with: ``City, Country``, ``City, Region (Country)``, ``City-City``; or None."""
    line, words = page.lines[number - 1], page.words
    match = begins(words["place"], line)
    if match is None:
        return None
    places = [(match.value, line[: match.end])]
    while line.startswith(("-", "–"), match.end) and (after := begins(words["place"], line, match.end + 1)):
        match = after
        places.append((match.value, line[match.start : match.end]))
    end, country = match.end, ""
    if line.startswith(",", end):
        at = skip_blanks(line, end + 1)
        region = begins(words["region"], line, at)
        if region:
            at = skip_blanks(line, region.end) + 1
        stated = begins(words["country"], line, at)
        closed = not region or (stated and line[at - 1] + line[stated.end :][:1] == "()")
        if not stated or not closed or len(places) > 1:
            message = "the country cannot be read; add its words to reading.csv (country, region)"
            return page.problem(message, number, line)
        country = line[stated.start : stated.end]
        end = stated.end + bool(region)
    rest = line[end:]
    if (rest and not rest[0].isspace()) or (not country and "," in rest.partition("(")[0]):
        message = "the place's name goes on in unknown words; add the whole name to reading.csv (place)"
        return page.problem(message, number, line)
    return _Partner(number, line[:end], country, tuple(places))


def _document(page: _Page, number: int, text: str, slug: str, partner: _Partner) -> Iterator[DraftResult]:
    """One document: its name and, in parentheses at the end, its dates."""
    words, line = page.words, str(number)
    dated = re.fullmatch(r"(.*\S)\s*\(([^()]*)\)", text)
    if dated and not re.search(r"\d", dated[2]) and not begins(words["event"], dated[2]):
        dated = None
    title = dated[1] if dated else text
    kind = occurs(words["type"], title)
    if next(unaccounted([title], (), words), None):
        message = "a date is outside the parentheses at a document's end; it cannot be read"
        yield page.problem(message, number, text)
        return
    if kind is None:
        message = "the document's type is unknown or ambiguous; add more words of it to reading.csv (type)"
        yield page.problem(message, number, title)
        return
    others = "not-named" if occurs(words["others-not-named"], title) else ""
    cells = {f"title_{page.language}": title, "other_parties": others, "source_text": title}
    yield "agreements", {"agreement": slug, "type": kind.value, **cells, "source_line": line}
    for place, name in partner.places:
        cells = {"name_as_stated": name, "country_as_stated": partner.country, "source_text": partner.words}
        yield "parties", {"agreement": slug, "place": place, **cells, "source_line": str(partner.line)}
    numbers: Counter[str] = Counter()
    for item in _split(dated[2]) if dated else ():
        date = DATE.search(item)
        event = words["event"].get(" ".join(item[: date.start()].split())) if date else None
        if not date or not event or date_end(item, date, words) != len(item) or not is_date(date[0]):
            message = (
                "the date cannot be read: before it come words of reading.csv (event), "
                "it is like 1998, 1998-03 or 1998-03-03, and the calendar has it"
            )
            yield page.problem(message, number, item)
            continue
        numbers[event] += 1
        name = f"{slug}-{event}" + (f"-{numbers[event]}" if numbers[event] > 1 else "")
        cells = {"event": name, "agreement": slug, "kind": event, "date": date[0]}
        yield "events", {**cells, "source_line": line, "source_text": item}


def _split(text: str) -> list[str]:
    """The parts of a text between semicolons that stand outside parentheses, without empty ones."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == ";" and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    # A sign that spreadsheets take for a formula's is a dash or a bullet here, and no part of the words.
    plain = (part.strip().lstrip(FORMULA + " ") for part in parts)
    return [part for part in plain if part]
