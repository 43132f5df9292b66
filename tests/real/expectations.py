"""What the real dataset is expected to keep saying, in ``expected.json``.

    make expectations        (or: python -m tests.real.expectations)

writes the file anew from the tables. What is new in the tables needs no entry: tests look only whether what
the file holds is still there. Whoever corrects or takes away something regenerates the file and reads
the difference before committing it.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "data"
FILE = Path(__file__).with_name("expected.json")
Entry = dict[str, Any]


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table, or of links, whose comments stand above the header."""
    lines = [line for line in path.read_text("utf-8-sig").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t" if path.suffix == ".tsv" else ","))


def read(dataset: Path = DATA) -> dict[str, dict[str, Entry]]:
    """What the tables say, read without the programs that are tested."""
    table = {path.stem: rows(path) for path in (dataset / "tables").glob("*.csv")}
    events: dict[str, list[str]] = {}
    for event in table["events"]:
        events.setdefault(event["agreement"], []).append(f"{event['kind']} {event['date']}")
    agreements: dict[str, Entry] = {
        row["agreement"]: {"type": row["type"], "events": sorted(events.get(row["agreement"], []))}
        for row in table["agreements"]
    }
    partners: dict[str, Entry] = {}
    places = {row["place"]: row for row in table["places"]}
    for party in table["parties"]:
        place = places[party["place"]]
        entry = partners.setdefault(
            party["place"], {"name": place["name_en"], "country": place["country"], "agreements": []}
        )
        entry["agreements"] = sorted({*entry["agreements"], party["agreement"]})
    for partner in partners.values():
        years = [
            event.split(" ")[1][:4] for slug in partner["agreements"] for event in agreements[slug]["events"]
        ]
        partner["first_year"] = min(years, default="")
    memberships = {
        row["membership"]: _some(row, "network", "member", "since") for row in table["memberships"]
    }
    links = {
        f"{row['subject_id']} {row['object_id']}": {"predicate": row["predicate_id"]}
        for row in _links(dataset)
    }
    return {"partners": partners, "agreements": agreements, "memberships": memberships, "links": links}


def sha256(path: Path) -> str:
    """The digest of a file, as retrieval.toml has it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _links(dataset: Path) -> Iterator[dict[str, str]]:
    for path in sorted((dataset / "links").glob("*.tsv")):
        yield from rows(path)


def _some(row: dict[str, str], *columns: str) -> Entry:
    return {column: row[column] for column in columns}


def missing(expected: dict[str, dict[str, Entry]], found: dict[str, dict[str, Entry]]) -> list[str]:
    """What was expected and is not there any more; lists may have grown."""
    told = []
    for kind, entries in expected.items():
        for name, entry in entries.items():
            there = found[kind].get(name, {})
            for key, value in entry.items():
                kept = (
                    set(value) <= set(there.get(key, ()))
                    if isinstance(value, list)
                    else value == there.get(key)
                )
                if not kept:
                    told.append(f"{kind} {name}: {key} was {value}, is {there.get(key)}")
    return told


def text(found: dict[str, dict[str, Entry]]) -> str:
    """JSON with a line for each entry, so that a difference is easy to read."""
    parts = []
    for kind, entries in sorted(found.items()):
        lines = [f"  {_json(name)}: {_json(entry)}" for name, entry in sorted(entries.items())]
        parts.append(f" {_json(kind)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    FILE.write_text(text(read()), encoding="utf-8")
    print(f"{FILE}: read the difference (git diff) before you commit it.")
