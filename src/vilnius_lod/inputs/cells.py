"""Cells to values: one small function for each kind of cell. CellError tells what it does not take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import urlsplit

from ..edtf import Edtf
from . import text_checks
from .issues import CellError as CellError

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
# RFC 5646, section 2.1: language, script, region, variants. A store takes no other tag.
LANGUAGE = (
    r"[a-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
)
# RFC 3987, section 2.2, as far as a store looks: a percent begins a code, brackets enclose an IP address.
_PART = r"(?:[^\s#<>\"{}|\\^`%\[\]]|%[0-9A-Fa-f]{2})*"
_ADDRESS = rf"https?://(?:\[[0-9A-Fa-f:.]+\])?{_PART}(?:#{_PART})?"
KINDS = (
    "country", "place", "organization", "network", "size", "membership", "partnership", "agreement", "event",
)  # fmt: skip


def slug(cell: str) -> str:
    """A key: ``[a-z0-9]+(-[a-z0-9]+)*``."""
    return _word(cell, SLUG, "invalid slug", "lower-case letters a–z and digits, joined by single hyphens")


def thing(cell: str) -> str:
    """A thing of the dataset: its kind and slug, ``place/some-town``."""
    pattern = f"(?:{'|'.join(KINDS)})/{SLUG}"
    return _word(
        cell, pattern, "invalid reference: kind, slash, slug", ", ".join(f"{kind}/…" for kind in KINDS)
    )


def country_code(cell: str) -> str:
    """A country's code in ISO 3166-1 alpha-2, upper case."""
    return _word(cell, "[A-Z]{2}", "invalid country code", "two capital letters A–Z (ISO 3166-1 alpha-2)")


def language(cell: str) -> str:
    """A language tag."""
    return _word(cell, LANGUAGE, "invalid language tag", "a BCP 47 tag: de, en, pt-BR")


def version(cell: str) -> str:
    """The number of a release."""
    pattern = r"(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}"
    return _word(cell, pattern, "invalid version number", "0.1.0, 1.12.3")


def text(cell: str) -> str:
    """Free text, and words as stated elsewhere: kept as they are."""
    text_checks.refuse_formula(cell)
    return cell


def name(cell: str) -> str:
    """A name that we give: one line, composed letters (NFC), nothing that cannot be seen."""
    # Blanks other than the plain one become plain ones in the proposal, other invisible characters go.
    plain = unicodedata.normalize(
        "NFC", " ".join("".join(c if c.isprintable() else " " * c.isspace() for c in cell).split())
    )
    if cell != cell.strip():
        raise CellError("blanks before or after the text", plain)
    if not cell.isprintable():
        raise CellError("an invisible character or unusual blank in the name", plain)
    if not unicodedata.is_normalized("NFC", cell):
        raise CellError(
            "letters are composed of parts (not Unicode NFC); put the allowed text instead", plain
        )
    text_checks.refuse_formula(cell)
    for doubt in text_checks.likely_mistakes(cell):
        raise doubt
    return cell


def several(read: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    """Several cells in one, separated by ``;``."""

    def read_all(cell: str) -> tuple[str, ...]:
        parts = cell.split(";")
        if not all(part.strip() for part in parts):
            raise CellError("one of the parts is empty", "…;…")
        return tuple(read(part.strip(" ")) for part in parts)

    return read_all


def date(cell: str) -> Edtf:
    """A year, a month or a day: EDTF level 0."""
    try:
        return Edtf(cell)
    except ValueError:
        allowed = "a year, month or day of the calendar: 1972, 1991-02, 1998-03-03"
        if re.fullmatch("[1-5][0-9]{4}", cell):  # days since 1900, as spreadsheets count
            raise CellError(
                "a spreadsheet has turned the date into a number; enter the date as text", allowed
            ) from None
        raise CellError("invalid date", allowed) from None


def day(cell: str) -> Edtf:
    """A whole date."""
    value = date(cell)
    if value.precision != "day":
        raise CellError("the day is missing in the date", "1998-03-03")
    return value


def whole_number(cell: str) -> int:
    """A number that counts something."""
    if not re.fullmatch("[1-9][0-9]{0,8}", cell):
        raise CellError("not a whole number", "1–999999999")
    return int(cell)


def degrees(limit: int) -> Callable[[str], Decimal]:
    """Decimal degrees between minus and plus ``limit``."""

    def read(cell: str) -> Decimal:
        allowed = f"-{limit}.0 … {limit}.0"
        if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,15})?", cell):
            raise CellError("not a decimal number with a point", allowed)
        if abs(Decimal(cell)) > limit:
            raise CellError("the number is out of range", allowed)
        return Decimal(cell)

    return read


def choice(*allowed: str) -> Callable[[str], str]:
    """One of a closed list."""

    def read(cell: str) -> str:
        if cell not in allowed:
            raise CellError("this is not in the list", ", ".join(allowed))
        return cell

    return read


def flag(yes: str, *no: str) -> Callable[[str], bool]:
    """Whether the cell is ``yes``; the others of the closed list mean no."""
    return lambda cell: choice(yes, *no)(cell) == yes


def lines(count: int | None) -> Callable[[str], tuple[int, ...]]:
    """1-based lines of the page, which has ``count`` of them (None: not known), separated by ``;``."""

    def read(cell: str) -> tuple[int, ...]:
        allowed = f"1–{count or '…'}; 12;14"
        if not re.fullmatch("[1-9][0-9]{0,6}(;[1-9][0-9]{0,6})*", cell):
            raise CellError("invalid line number", allowed)
        numbers = tuple(int(part) for part in cell.split(";"))
        if count is not None and max(numbers) > count:
            raise CellError("the page has no such line", allowed)
        return numbers

    return read


def words(cell: str) -> tuple[str, ...]:
    """The page's exact words, line by line, joined by `` ¶ ``."""
    text_checks.refuse_formula(cell)
    parts = tuple(cell.split(" ¶ "))
    if not all(part.strip() for part in parts):
        raise CellError("one of the parts is empty", "… ¶ …")
    return parts


def web_address(cell: str) -> str:
    """An absolute address of the web."""
    try:
        valid = (
            re.fullmatch(_ADDRESS, cell)
            and cell.isprintable()
            and urlsplit(cell).hostname
            and urlsplit(cell).port != 0
            and urlsplit(cell).netloc.count("@") <= 1
        )
    except ValueError:  # an IPv6 address or a port that is none
        valid = None
    if not valid:
        raise CellError("invalid web address", "http://…, https://…")
    return cell


def is_web_address(value: object) -> bool:
    """Whether a value is what :func:`web_address` takes."""
    try:
        return isinstance(value, str) and bool(web_address(value))
    except CellError:
        return False


def _word(cell: str, pattern: str, message: str, allowed: str) -> str:
    if re.fullmatch(pattern, cell):
        return cell
    if re.fullmatch(pattern, bare := cell.strip()):
        raise CellError("blanks before or after the word", bare)
    raise CellError(message, allowed)
