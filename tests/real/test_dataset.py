"""The real dataset conforms, keeps what it said, and agrees with its page; nothing here counts live rows."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Graph

from vilnius_lod.build import build
from vilnius_lod.cli import main
from vilnius_lod.extract import patterns
from vilnius_lod.extract.page_check import check
from vilnius_lod.rdf.namespaces import QUERIES, prefixes
from vilnius_lod.records import loader
from vilnius_lod.records.model import Records
from vilnius_lod.settings import Settings
from vilnius_lod.snapshot import Snapshot, open_snapshot
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine

from ..conftest import NOT_OURS, ROOT
from . import expectations

EXAMPLES = re.findall(r"```turtle\n(.*?)```", (ROOT / "docs" / "data-model.md").read_text("utf-8"), re.S)


@pytest.fixture(scope="module")
def engine(real_snapshot: Snapshot) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine([real_snapshot.root / "dataset.nq"], Settings()) as opened:
        yield opened


def test_it_keeps_saying_what_it_said(real_dataset: Path) -> None:
    """Where something was corrected on purpose: ``make expectations``, and read the difference."""
    expected = json.loads(expectations.FILE.read_text("utf-8"))
    assert expectations.missing(expected, expectations.read(real_dataset)) == []


def test_it_conforms_and_its_numbers_are_within_bounds(real_snapshot: Snapshot, real_dataset: Path) -> None:
    counts = real_snapshot.facts.counts
    assert json.loads(real_snapshot.read("report.json"))["counts"]["Violation"] == 0
    assert 40 <= counts["partnerships"] <= 200
    assert 51 <= counts["agreements"] <= 1000
    assert 8 <= counts["memberships"] <= 100
    tables = expectations.read(real_dataset)
    for kind, name in (("partners", "partnerships"), ("agreements",) * 2, ("memberships",) * 2):
        assert counts[name] == len(tables[kind])


def test_the_service_has_the_first_year_of_each_partner(engine: EmbeddedEngine, real_dataset: Path) -> None:
    body = engine.run((QUERIES / "partners.rq").read_text("utf-8"), solutions="csv", graph=None).body
    found = {row[0].rpartition("/")[2]: row[-1] for row in csv.reader(io.StringIO(body.decode()))}
    for slug, partner in expectations.read(real_dataset)["partners"].items():
        assert found[slug] == partner["first_year"]


def test_the_tables_agree_with_their_page(real_dataset: Path) -> None:
    assert check(loader.read_all(real_dataset), patterns.read(real_dataset)) == ()


@pytest.mark.parametrize("name", sorted(path.stem for path in QUERIES.glob("*.rq")))
def test_every_packaged_query_has_rows(engine: EmbeddedEngine, name: str) -> None:
    text = (QUERIES / f"{name}.rq").read_text("utf-8")
    body = engine.run(text, solutions="csv", graph=None).body.decode().strip()
    assert body in {"true", "false"} or body.count("\n")


def test_it_is_the_dataset_that_the_commands_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--lang", "en"]) == 0
    assert "Violations: 0." in capsys.readouterr().out


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_statement_of_a_worked_example_in_the_documentation_is_in_it(
    example: str, real_snapshot: Snapshot
) -> None:
    data = real_snapshot.read("data/vilnius-lod.ttl").decode()
    declared = dict(re.findall(r"@prefix ([\w-]+): <([^>]+)>", data)) | dict(prefixes())
    header = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in declared.items())
    assert not set(Graph().parse(data=header + example, format="turtle")) - set(Graph().parse(data=data))


def test_none_of_the_collected_attestations_is_lost(real: Records) -> None:
    collected = ROOT.parent / "shared" / "identifiers" / "attestations.json"
    if not collected.is_file():
        pytest.skip(f"{NOT_OURS} the attestations as they were collected, {collected}")
    urls = {document.slug: document.url for document in real.cited}
    aspects = {"kind (absence)": "kind-absence"}
    stated = Counter(
        (row.get("partner") or row["network"], row["url"] or "", row["statement_kind"], row["date"] or "",
         row["relation"], aspects.get(row["aspect"], row["aspect"].replace(" ", "-")),
         row["independent_of_vilnius"], row["note"])
        for row in json.loads(collected.read_text(encoding="utf-8"))
    )  # fmt: skip
    with (real.dataset.directory / "attestations.csv").open(encoding="utf-8") as table:
        subjects = {row["attestation"]: row["subject_as_given"] for row in csv.DictReader(table)}
    kept = Counter(
        (subjects[row.slug], urls[row.cited], row.statement, row.stated_date, row.relation,
         row.aspect, row.independent, row.note)
        for row in real.attestations
    )  # fmt: skip
    assert not stated - kept


PARTNER = {
    "tables/places.csv": "newtown,city,Naujamiestis,Newtown,LV,,56.51,27.34,,",
    "tables/agreements.csv": "newtown-1,cooperation,Bendradarbiavimo sutartis,Cooperation agreement,,{line},"
    "Bendradarbiavimo sutartis,,",
    "tables/parties.csv": 'newtown-1,newtown,Naujamiestis,Latvija,{line},"Naujamiestis, Latvija"',
    "tables/events.csv": "newtown-1-signature,newtown-1,signature,2026-11-20,{line},pasirašyta 2026-11-20,,",
    "reading.csv": "place,Naujamiestis,newtown,\ncountry,Latvija,LV,",
}


def test_a_clerk_adds_a_partner_and_nothing_that_is_expected_is_missed(
    real_dataset: Path, tmp_path: Path
) -> None:
    """A line on the page and a row in each table, as CONTRIBUTING.md has it."""
    dataset = shutil.copytree(real_dataset, tmp_path / "data")
    [page] = dataset.glob("source/*/page.txt")
    lines = page.read_text("utf-8").split("\n")
    line = max(number for number, text in enumerate(lines, 1) if "Bendradarbiavimo sutartis" in text) + 1
    lines.insert(line - 1, "Naujamiestis, Latvija Bendradarbiavimo sutartis (pasirašyta 2026-11-20)")
    _write(page, "\n".join(lines))
    retrieval = page.with_name("retrieval.toml")
    digest = expectations.sha256(page)
    _write(retrieval, re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', retrieval.read_text("utf-8")))
    for file, row in PARTNER.items():
        _write(
            dataset / file, (dataset / file).read_text("utf-8").rstrip("\n") + f"\n{row.format(line=line)}\n"
        )
    expected = json.loads(expectations.FILE.read_text("utf-8"))
    assert expectations.missing(expected, expectations.read(dataset)) == []
    made = build(dataset, tmp_path / "store")
    assert made.verdict.conforms
    facts = open_snapshot(tmp_path / "store").facts
    assert facts.counts["partnerships"] == len(expectations.read(dataset)["partners"])


def _write(path: Path, text: str) -> None:
    path.chmod(0o644)
    path.write_text(text, encoding="utf-8", newline="")
