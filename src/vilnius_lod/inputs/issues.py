"""What is wrong with the input: where, what was found, and what is allowed.

A problem keeps its message as a template and its values, so that it can be told in any language
(:mod:`vilnius_lod.i18n.messages`); templates are English and stand in the message catalogues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

ERROR, WARNING, HINT = "Violation", "Warning", "Info"
SEVERITIES = (ERROR, WARNING, HINT)
"""As SHACL names them, the gravest first. Only an error stops a build."""
_PREFIXES = {ERROR: "", WARNING: "warning", HINT: "note"}


@dataclass(frozen=True, slots=True)
class Issue:
    """Something to correct. ``line`` is 1-based; ``column`` a column's name, or a 1-based number as text."""

    file: str
    line: int | None
    column: str | None
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    found: str | None = None
    allowed: str | None = None
    severity: str = ERROR

    def text(self, translate: Callable[[str], str] = str) -> str:
        """One line for people: ``file:line: [column] message; found …; allowed …``."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        column = f" [{self.column}]" if self.column else ""
        prefix = _PREFIXES[self.severity]
        label = f"{translate(prefix)}: " if prefix else ""
        return f"{place}:{column} {label}{self.message_text(translate)}"

    def message_text(self, translate: Callable[[str], str] = str) -> str:
        """What is wrong, what was found and what is allowed, without the place."""
        values = {
            name: translate(value) if name == "kind" and isinstance(value, str) else value
            for name, value in self.values.items()
        }
        parts = [translate(self.message).format_map(values)]
        if self.found is not None:
            parts.append(translate("found: {found}").format(found=_visible(self.found)))
        if self.allowed is not None:
            parts.append(translate("allowed: {allowed}").format(allowed=translate(self.allowed)))
        return "; ".join(parts)


def errors(problems: Iterable[Issue]) -> tuple[Issue, ...]:
    """The problems that stop a build."""
    return tuple(problem for problem in problems if problem.severity == ERROR)


def by_file(problems: Sequence[Issue]) -> list[Issue]:
    """The problems by file, in the order in which files are first named, and by line."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(problems, key=lambda problem: (files.index(problem.file), problem.line or 0))


class InputError(Exception):
    """The input cannot be used; ``problems`` names every reason, in the order of the files, and with them
    the warnings and hints.
    """

    def __init__(self, problems: Iterable[Issue]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.text() for problem in self.problems))


class CellError(ValueError):
    """A cell that cannot be used: the message, a template, and what is allowed instead."""

    def __init__(self, message: str, allowed: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.message, self.allowed, self.values = message, allowed or None, values


def _visible(text: str) -> str:
    """The text in quotation marks, cut if it is long, with what cannot be seen made visible."""
    shown = text if len(text) <= 120 else text[:117] + "…"
    return "“" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown) + "”"
