"""What a check found, told to a person or to a program: text, JSON, SARIF 2.1.0 (OASIS)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ..i18n.messages import Translate
from ..inputs.issues import SEVERITIES, Issue

if TYPE_CHECKING:
    from .shacl import ValidationResult

_LEVELS = {"Violation": "error", "Warning": "warning", "Info": "note"}
INPUT = "input"
_HEADINGS = {"Violation": "Violations", "Warning": "Warnings", "Info": "Hints"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. ``rule`` is a shape's IRI, or ``input`` for tables that cannot be read."""

    severity: str
    file: str | None
    line: int | None
    column: str | None
    message: str
    fix: str | None
    value: str | None
    thing: str | None
    rule: str


def from_results(
    results: Iterable[ValidationResult], language: str, languages: Sequence[str]
) -> list[Finding]:
    """The results of a verdict, in the language asked for, else in the first there is."""

    def text(by_language: Mapping[str, str]) -> str:
        order = (language, "en", *languages, *by_language)
        return next((by_language[tag] for tag in order if tag in by_language), "")

    return [
        Finding(
            result.severity,
            result.origin.file if result.origin else None,
            result.origin.line if result.origin else None,
            result.column,
            text(result.messages),
            text(result.fix) or None,
            result.value,
            result.focus_node,
            result.shape,
        )
        for result in results
    ]


def from_problems(problems: Iterable[Issue], translate: Translate) -> list[Finding]:
    """What is wrong with the input itself."""
    return [
        Finding(p.severity, p.file, p.line, p.column, p.message_text(translate), None, p.found, None, INPUT)
        for p in problems
    ]


def as_text(findings: Sequence[Finding], translate: Translate) -> str:
    """Grouped by file, in the order of its lines, and counted; each with what to do about it."""
    lines: list[str] = []
    ordered = sorted(findings, key=lambda f: (f.file or "", f.line or 0, f.column or "", f.rule))
    for file, group in groupby(ordered, key=lambda f: f.file):
        lines.append(file or translate("In no table"))
        for finding in group:
            lines += [f"  {_place(finding, translate)}{finding.message}"]
            if finding.value and finding.rule != INPUT:  # whose message says what was found
                lines.append(f"      {translate('found')}: {finding.value}")
            if finding.fix:
                lines.append(f"      {translate('to mend')}: {finding.fix}")
            if finding.file is None and finding.thing:
                lines.append(f"      {finding.thing}")
        lines.append("")
    counts = Counter(finding.severity for finding in findings)
    counted = [
        f"{translate(_HEADINGS[name])}: {counts[name]}"
        for name in SEVERITIES
        if counts[name] or name != "Info"
    ]
    return "\n".join([*lines, ". ".join(counted) + "."]) + "\n"


def _place(finding: Finding, translate: Translate) -> str:
    heading = translate(_LEVELS[finding.severity])
    where = translate("line {line}").format(line=finding.line) if finding.line else ""
    column = translate("column {column}").format(column=finding.column) if finding.column else ""
    return ", ".join(filter(None, (heading, where, column))) + ": "


def as_json(findings: Sequence[Finding]) -> str:
    """A list of objects with the fields of :class:`Finding`."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1) + "\n"


def as_sarif(findings: Sequence[Finding], version: str) -> str:
    """A SARIF 2.1.0 log, as code hosts show it beside the lines of a change."""
    rules = sorted({finding.rule for finding in findings})
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "vilnius-lod",
                        "version": version,
                        "rules": [{"id": rule} for rule in rules],
                    }
                },
                "results": [_sarif(finding) for finding in findings],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _sarif(finding: Finding) -> dict[str, object]:
    message = finding.message + (f" {finding.fix}" if finding.fix else "")
    found: dict[str, object] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
    }
    if finding.file:
        region = {"region": {"startLine": finding.line}} if finding.line else {}
        found["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": finding.file}, **region}}]
    return found
