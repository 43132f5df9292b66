"""Files beside the tables that are not read: one that was intended to be a table must not go unnoticed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from .issues import ERROR, HINT, Issue

_WORKBOOKS = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".fods", ".numbers"}
_TEXTS = {".csv", ".tsv", ".tab", ".txt", ".toml", ".sssom"}
_BACKUP_ENDINGS = (".bak", ".old", ".orig", ".tmp", ".rej", "~")
_FOLDERS = ("tables", "links", "source")
_MAX_DEPTH = 3


def problems(directory: Path, known: Collection[str], source: str) -> Iterator[Issue]:
    """The files in a dataset's directory beside the ``known`` files, its links and its pages (``source`` is
    the folder of the current one): an error if it was intended for one of them, else a hint.

    Hidden files, locks of spreadsheets and texts for people (``README``, ``LICENSE``) are ignored.
    """
    for path in sorted(directory.rglob("*")):
        file = PurePosixPath(path.relative_to(directory).as_posix())
        hidden = any(part.startswith((".", "~")) for part in file.parts)
        if hidden or len(file.parts) > _MAX_DEPTH or str(file) in known or not path.is_file():
            continue
        if file.stem.lower() not in ("readme", "license", "licence") and not _is_read(directory, file):
            yield from _issues(file, known, source)


def _is_read(directory: Path, file: PurePosixPath) -> bool:
    """Whether a file is one of the links, or of a page that was read on whatever day."""
    if file.parts[0] == "links":
        return len(file.parts) == 2 and file.name.endswith(".sssom.tsv")
    retrieval = directory / file.parent / "retrieval.toml"
    return (
        file.parts[0] == "source"
        and retrieval.is_file()
        and (file.name == retrieval.name or f'"{file.name}"' in retrieval.read_text("utf-8", "replace"))
    )


def _issues(file: PurePosixPath, known: Collection[str], source: str) -> Iterator[Issue]:
    """The problem or hint about a file; none where it has nothing to do with the tables."""
    endings = {ending.lower() for ending in file.suffixes}
    tabular = not endings.isdisjoint(_WORKBOOKS | _TEXTS)
    beside_tables = len(file.parts) == 1 or (file.parts[0] in _FOLDERS[:2] and len(file.parts) == 2)
    intended = _intended_file(file, known, source) if tabular else ""
    allowed = intended or None
    severity = ERROR if beside_tables or file.parts[0] == "source" else HINT
    if not endings.isdisjoint(_WORKBOOKS) and intended:
        message = "a workbook is not read: save its sheet as “CSV UTF-8” under the allowed name"
    elif intended and PurePosixPath(intended).name == file.name:
        message = "the file is in the wrong folder and is not read"
    elif intended:
        message = "the file is not read under this name"
    elif beside_tables and file.parts[0] == "tables" and file.suffix.lower() == ".csv":
        message = "the file is none of the tables"
        allowed = ", ".join(name for name in known if name.startswith("tables/"))
    else:
        message, severity = "the file is not read", HINT
        if file.parts[0] not in _FOLDERS and not (tabular and len(file.parts) == 1):
            return
    if file.name.lower().endswith(_BACKUP_ENDINGS):
        message, allowed, severity = "the file is not read", None, HINT
    yield Issue(str(file), None, None, message, {}, file.name, allowed, severity)


def _intended_file(file: PurePosixPath, known: Collection[str], source: str) -> str:
    """The file that a name was intended for; empty if it is like none.

    “Events (1).csv”, “events - copy.csv”, “Copy of events.xlsx”, “events.csv.txt” and “event.csv” are like
    “events.csv”.
    """
    stem = file.name.lower().split(".")[0].strip()
    stems = {PurePosixPath(name).name.split(".")[0]: name for name in reversed(list(known))}
    if file.parts[0] == "source":
        return f"{source}/retrieval.toml" if stem == "retrieval" else ""
    words = re.split(r"[\W_]+", stem)
    ends = [stem] if file.suffixes == [".txt"] else [stem, words[0], words[-1]]
    if found := next((stems[word] for word in ends if word in stems), ""):
        return found
    if file.parts[0] == "links":
        return f"links/{stem}.sssom.tsv" if not file.name.endswith(".txt") or ".tsv" in file.name else ""
    return next((stems[close] for close in get_close_matches(stem, stems, 1, 0.84)), "")
