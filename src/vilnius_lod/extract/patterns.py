"""The words by which a page is read (``reading.csv``), and how they are found in a text."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..edtf import Edtf
from ..inputs import csv_reader, text_checks
from ..inputs.issues import CellError, InputError, Issue
from ..records.dataset import READING

COLUMNS = ("role", "words", "value", "note")

#: What looks like a date: a year, and what follows it in the manner of ISO 8601.
DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)(?:-\d\d(?!\d)(?:-\d\d(?!\d))?)?")

_ROLES = (
    "table-start", "table-end", "place", "country", "region", "type", "event", "others-not-named", "network",
    "since", "year-word", "member", "coordinator", "no-date",
)  # fmt: skip
_ROLES_WITHOUT_VALUE = {"table-start", "table-end", "others-not-named", "since", "year-word", "no-date"}


@dataclass(frozen=True, slots=True)
class ReadingPatterns:
    """For each role its words, with the value that they stand for; an unused role has none."""

    roles: Mapping[str, Mapping[str, str]]

    def __getitem__(self, role: str) -> Mapping[str, str]:
        return self.roles.get(role, {})


@dataclass(frozen=True, slots=True)
class Match:
    """Words where they stand in a text, and their value."""

    start: int
    end: int
    value: str


def read(directory: Path, language: str = "") -> ReadingPatterns:
    """The words in a dataset's directory. Raises InputError; ``language`` is that of the people who edit."""
    return parse(csv_reader.read(directory, READING, COLUMNS, language).checked())


def parse(rows: Iterable[tuple[int, Mapping[str, str]]]) -> ReadingPatterns:
    """The words from rows, each with its line. Raises InputError that tells all that is wrong."""
    roles: dict[str, dict[str, str]] = {}
    problems: list[Issue] = []
    for line, row in rows:
        role, words, value = row["role"], " ".join(row["words"].split()), row["value"]
        problems += _flaws(line, row)
        if role not in _ROLES:
            allowed = ", ".join(_ROLES)
            problems.append(Issue(READING, line, "role", "the role is not known", {}, role, allowed))
        elif not words and role != "event":
            problems.append(Issue(READING, line, "words", "the cell must not be empty"))
        elif not value and role not in _ROLES_WITHOUT_VALUE:
            problems.append(Issue(READING, line, "value", "the cell must not be empty"))
        elif (earlier := roles.setdefault(role, {}).setdefault(words, value)) != value:
            message = "the same words stand for something else in an earlier row"
            problems.append(Issue(READING, line, "value", message, {}, value, earlier))
    if problems:
        raise InputError(problems)
    return ReadingPatterns(roles)


def _flaws(line: int, row: Mapping[str, str]) -> Iterator[Issue]:
    """Cells that a spreadsheet has spoilt, or would take for a formula."""
    for column, cell in ((column, row[column] or "") for column in COLUMNS[1:]):
        try:
            text_checks.refuse_error_values(cell)
            text_checks.refuse_formula(cell)
        except CellError as error:
            yield Issue(READING, line, column, error.message, error.values, cell, error.allowed)


def begins(words: Mapping[str, str], text: str, at: int = 0) -> Match | None:
    """The longest of the words that stand at one position of a text."""
    attempts = ((pattern(phrase).match(text, at), value) for phrase, value in words.items() if phrase)
    matches = [(match, value) for match, value in attempts if match]
    if not matches:
        return None
    match, value = max(matches, key=lambda entry: entry[0].end())
    return Match(match.start(), match.end(), value)


def occurs(words: Mapping[str, str], text: str) -> Match | None:
    """The longest of the words that occur in a text; None also where two as long mean different things."""
    searches = ((pattern(phrase).search(text), value) for phrase, value in words.items() if phrase)
    matches = [(match, value) for match, value in searches if match]
    length = max((len(match[0]) for match, _ in matches), default=0)
    longest = [(match, value) for match, value in matches if len(match[0]) == length]
    if len({value for _, value in longest}) != 1:
        return None
    return Match(longest[0][0].start(), longest[0][0].end(), longest[0][1])


def unaccounted(
    lines: Sequence[str], quotes: Iterable[tuple[int, str]], words: ReadingPatterns
) -> Iterator[tuple[int, str]]:
    """The dates on a page, each with its line, that are neither in the quotes nor in ``no-date`` words."""
    quoted: dict[int, Counter[str]] = {}
    for number, quote in quotes:
        quoted.setdefault(number, Counter()).update(DATE.findall(quote))
    for number, line in enumerate(lines, 1):
        dates = Counter(DATE.findall(line)) - quoted.get(number, Counter())
        for excused in words["no-date"]:
            for match in pattern(excused).finditer(line):
                dates -= Counter(DATE.findall(match[0]))
        yield from ((number, date) for date in dates.elements())


def date_end(text: str, date: re.Match[str], words: ReadingPatterns) -> int:
    """Where a date ends, including the word that may follow a year."""
    unit = begins(words["year-word"], text, skip_blanks(text, date.end())) if len(date[0]) == 4 else None
    return unit.end if unit else date.end()


def skip_blanks(text: str, start: int) -> int:
    """The position of what follows the blanks at a position."""
    return start + len(text[start:]) - len(text[start:].lstrip())


def is_date(text: str) -> bool:
    """Whether the calendar has this date."""
    try:
        Edtf(text)
    except ValueError:
        return False
    return True


@functools.cache
def pattern(words: str) -> re.Pattern[str]:
    """These whole words in any case, whatever blanks (no-break spaces too) stand between them."""
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, words.split())) + r"(?!\w)", re.IGNORECASE)
