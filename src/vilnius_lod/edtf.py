"""Dates as precise as their source: the Extended Date/Time Format (ISO 8601-2:2019, LoC EDTF).

The city's dates are of level 0, a year, a month or a day (:class:`Edtf`). Other sources may be less certain:
their dates are strings up to level 2 (:func:`check`).
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Literal

Precision = Literal["year", "month", "day"]
_LEVEL_0 = re.compile(r"(?!0000)[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?")
_LEVEL_2 = re.compile(
    r"[?~%]?(?!0000)([0-9X]{4})[?~%]?"
    r"(?:-[?~%]?(0[1-9]|1[0-2]|0X|1X|XX)[?~%]?(?:-[?~%]?([0-2X][0-9X]|3[01X])[?~%]?)?)?"
)


@dataclass(frozen=True, slots=True, order=True)
class Edtf:
    """A date of level 0: ``1972``, ``1991-02`` or ``1998-03-03``. Raises ValueError for anything else."""

    value: str

    def __post_init__(self) -> None:
        if not _LEVEL_0.fullmatch(self.value):
            raise ValueError(self.value)
        if len(self.value) == 10:
            datetime.date.fromisoformat(self.value)

    def __str__(self) -> str:
        return self.value

    @property
    def year(self) -> int:
        """The calendar year."""
        return int(self.value[:4])

    @property
    def precision(self) -> Precision:
        """How much of the date is known."""
        return {4: "year", 7: "month", 10: "day"}[len(self.value)]  # type: ignore[return-value]


def check(expression: str) -> None:
    """Raises ValueError unless the string is a date or an interval of EDTF, of level 0 to 2.

    Supported are unspecified digits (``XXXX-04-16``), qualifiers (``2022-02-28~``, ``~1991-06``) and open
    ends (``../1991``); seasons, sets, years of more than four digits and times of day are not.
    """
    ends = expression.split("/")
    if len(ends) > 2 or all(end in ("", "..") for end in ends):
        raise ValueError(expression)
    dates = [_digits(end) for end in ends if end not in ("", "..")]
    precision = min(map(len, dates))  # 2009-06/2009 is no contradiction
    if "X" not in "".join(dates) and dates[0][:precision] > dates[-1][:precision]:
        raise ValueError(expression)


def _digits(date: str) -> str:
    """The date without its qualifiers. Raises ValueError if the calendar does not have it."""
    parts = _LEVEL_2.fullmatch(date)
    if parts is None:
        raise ValueError(date)
    year, month, day = parts.groups()
    if day and "X" not in day:
        # An unspecified year may be a leap year, an unspecified month may have 31 days.
        known_year = 2000 if "X" in year else int(year)
        datetime.date(known_year, 1 if "X" in month else int(month), int(day))
    return "-".join(part for part in (year, month, day) if part)
