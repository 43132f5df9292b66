"""What spreadsheets, wrong encodings and look-alike letters leave in cells.

:func:`refuse_error_values` applies to every cell and :func:`refuse_formula` to every text, so that no
published table makes a spreadsheet run anything (https://owasp.org/www-community/attacks/CSV_Injection).
:func:`likely_mistakes` are errors in a name that we give; words quoted from others may really be so.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

from .issues import CellError

# The last four are full-width forms of the first four.
FORMULA = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
# The errors of a formula are spelt differently in each language of a spreadsheet; all have this shape.
_ERROR = re.compile(r"#[¡¿]?([^\W\d_][\w./]*( [^\W\d_]+)?[!?]|(N/[AD]|Н/Д|NV|NA|GETTING_DATA)!?)")
_ERROR_WITHIN = re.compile(r"#(REF|VALUE|NAME|DIV/0|NUM|NULL|N/A|SPILL|CALC)\b[!?]?")
_ERROR_CODE = re.compile(r"[^\W\d_]+: ?5\d\d")  # LibreOffice: Err:502
_TOO_NARROW = re.compile(r"#{2,}")
_SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?E[+-]\d+")
_CODE_PAGES = ("cp1252", "cp1257", "cp1250", "cp1251")
_ADJACENT_NON_ASCII = re.compile(r"[^\x00-\x7f]{2}")
_PUNCTUATION = "–—‘’‚“”„…•€™"
_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE")
# Joiners shape the letters of some scripts; the others have no place in a text.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_LOST = re.compile(r"\ufffd|(?<=[^\W\d_])\?(?=[^\W\d_])")


def refuse_error_values(cell: str) -> None:
    """Raises CellError for what a spreadsheet shows in place of a value."""
    bare = cell.strip()
    if (_ERROR.fullmatch(bare) and bare == bare.upper()) or _ERROR_CODE.fullmatch(bare):
        raise CellError("this is the error of a spreadsheet's formula, not a value")
    if _ERROR_WITHIN.search(cell):
        raise CellError("a spreadsheet formula's error value in the text")
    if _TOO_NARROW.fullmatch(bare):
        raise CellError("a spreadsheet's column was too narrow to show the value; enter the value again")
    if _SCIENTIFIC.fullmatch(bare):
        raise CellError(
            "a spreadsheet has rewritten the value as a number with an exponent; enter it as text"
        )


def refuse_formula(cell: str) -> None:
    """Raises CellError for a text that a spreadsheet would take for a formula."""
    if cell.startswith(tuple(FORMULA)):
        bare = cell.lstrip(FORMULA + " ")
        raise CellError("a spreadsheet takes a text that begins so for a formula; leave the sign out", bare)


def likely_mistakes(cell: str) -> Iterator[CellError]:
    """Characters that are hardly meant: lost, decoded wrongly, invisible, or of another script."""
    if (lost := _LOST.search(cell)) and "://" not in cell:
        message = "a letter was lost when the file was converted (“{letter}”, character {position})"
        yield CellError(message, letter=lost[0], position=lost.start() + 1)
    if cell.isascii():
        return
    for position, character in enumerate(cell, 1):
        if unicodedata.category(character) == "Cf" and character not in _JOINERS:
            message = "an invisible character in the text (U+{code}, character {position})"
            code = f"{ord(character):04X}"
            yield CellError(message, cell.replace(character, ""), code=code, position=position)
            break
    if (repaired := _repaired(cell)) != cell:
        message = "letters were saved in one encoding and read in another; put the allowed text instead"
        yield CellError(message, repaired)
        return
    yield from _mixed_words(cell)


def _repaired(cell: str) -> str:
    """The text that a cell was, if it is UTF-8 that was read in a code page; else the cell itself."""
    if not _ADJACENT_NON_ASCII.search(cell):
        return cell
    for page in _CODE_PAGES:
        repaired, letters = _decoded_again(cell, page)
        # Two Cyrillic letters may look so by chance, but not most of a text.
        least = sum(not c.isascii() for c in cell) / 3 if page == "cp1251" else 1
        if letters >= least:
            return repaired
    return cell


def _decoded_again(cell: str, page: str) -> tuple[str, int]:
    """The text decoded again, and how many letters it has in place of two or three.

    A capital letter before a quotation mark can look so by chance: what is taken for a letter stands within
    a word, after a small letter or before another.
    """
    text, letters, position, end = "", 0, 0, 0
    while position < len(cell):
        for size in (3, 2):
            after = position + size
            letter = _letter(cell[position:after], page)
            within = cell[position - 1 : position].islower() or cell[after : after + 1].isalpha()
            if letter and (within or (letters and position == end)):
                text, letters, position, end = text + letter, letters + 1, after, after
                break
        else:
            text, position = text + cell[position], position + 1
    return text, letters


@functools.lru_cache(4096)
def _letter(part: str, page: str) -> str:
    """The one letter or mark whose UTF-8 bytes these characters are in the code page; empty if none."""
    # What a code page leaves undefined, programs take for the control character of that number.
    code = b"".join(c.encode(page, "ignore") or c.encode("latin-1", "replace") for c in part)
    try:
        letter = code.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    if len(letter) != 1 or part.isascii():
        return ""
    return letter if (letter.isalpha() and ord(letter) < 0x530) or letter in _PUNCTUATION else ""


def _mixed_words(cell: str) -> Iterator[CellError]:
    """The letter of another script in each word that has two."""
    for word in re.finditer(r"[^\W\d_]{2,}", cell):
        scripts = [unicodedata.name(c, "").split(" ")[0] for c in word[0]]
        alphabets = [script for script in scripts if script in _SCRIPTS]
        if len(set(alphabets)) < 2:
            continue
        usual = max(dict.fromkeys(alphabets), key=alphabets.count)
        index = next(n for n, script in enumerate(scripts) if script in _SCRIPTS and script != usual)
        letter = word[0][index]
        message = (
            "letters of two scripts in one word: “{letter}” (U+{code} {name}, character {position}) "
            "in “{word}”"
        )
        values = {"code": f"{ord(letter):04X}", "name": unicodedata.name(letter)}
        position = word.start() + index + 1
        yield CellError(message, None, letter=letter, position=position, word=word[0], **values)
