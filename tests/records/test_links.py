"""Links: SSSOM tables, read as strictly as the others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vilnius_lod.i18n.messages import translator
from vilnius_lod.inputs.issues import InputError, Issue
from vilnius_lod.records import loader, sssom
from vilnius_lod.records.model import Link, Origin

FILE = "links/wikidata.sssom.tsv"
BASE = "https://lod.example.org/lindenau/"
SUBJECTS = [
    "country/de", "country/fr", "place/brodovec", "place/valbrume", "place/wielkie-brody", "country/ua",
    "place/verbohrad", "place/zabia-laka",
]  # fmt: skip
THINGS = frozenset(SUBJECTS)
PREFIXES = "lod, owl, rdf, rdfs, semapv, skos, sssom, wd, xsd"


@pytest.fixture
def text(tiny_dataset: Path) -> str:
    return (tiny_dataset / FILE).read_text(encoding="utf-8")


def problems(text: str) -> list[Issue]:
    found = list(sssom.parse(text.encode(), FILE, BASE, THINGS)[1])
    for problem in found:
        for tag in ("lt", "de"):
            assert translator(tag)(problem.message) != problem.message, f"no {tag}: {problem.message}"
    return found


def test_links_are_read(text: str) -> None:
    found, wrong = sssom.parse(text.encode(), FILE, BASE, THINGS)
    assert not wrong
    assert [link.subject for link in found] == SUBJECTS
    assert found[2] == Link(
        subject="place/brodovec",
        predicate="skos:closeMatch",
        object="http://www.wikidata.org/entity/Q4115189",
        object_label="Wikidata Sandbox",
        justification="semapv:ManualMappingCuration",
        confidence="",
        evidence="the sandbox: the town is invented",
        date="2026-05-01",
        set_id="wikidata",
        origin=Origin(FILE, 13),
    )


def test_the_metadata_may_be_written_in_its_other_ways(text: str) -> None:
    expected = sssom.parse(text.encode(), FILE, BASE, THINGS)[0]
    other = (
        text.replace("#curie_map:", "# curie_map:")
        .replace("#  wd: http://www.wikidata.org/entity/", '#   wd: "http://www.wikidata.org/entity/"')
        .replace("#  owl: http://www.w3.org/2002/07/owl#\n", "#\n")
        .replace("#license:", "#creator_label:\n#  - Someone\n#license:")
        .replace("#mapping_set_version", "#mapping_date: 2026-05-01\n#mapping_set_version")
        .replace("mapping_date\tcomment", "sssom_extra\tcomment")
        .replace("\n", "\r\n")
    )
    found, wrong = sssom.parse(b"\xef\xbb\xbf" + other.encode(), FILE, BASE, THINGS)
    assert not wrong
    assert [(link.subject, link.object, link.date) for link in found] == [
        (link.subject, link.object, link.date) for link in expected
    ]


def test_confidence_is_kept_as_written(text: str) -> None:
    for cell in ("0.85", "1", "1.0", ""):
        changed = text.replace("mapping_date\tcomment", "mapping_date\tconfidence\tcomment")
        changed = changed.replace("2026-05-01\t", f"2026-05-01\t{cell}\t")
        found, wrong = sssom.parse(changed.encode(), FILE, BASE, THINGS)
        assert not wrong
        assert {link.confidence for link in found} == {cell}


LISTED = ", ".join(sssom.JUSTIFICATIONS)
LIST = "this is not in the list"
UNDECLARED = "the prefix is not declared in the file's curie_map"
OURS = "not a thing of another dataset"
NO_DAY = "the day is missing in the date"
NO_SLUG = "the set of links has no slug"
UNCLEAR = "the metadata line is not understood"
NOWHERE = "unknown reference"
EMPTY = "the cell must not be empty"
THING = "a thing in the tables"
WEB = "http://…, https://…"


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message", "found", "allowed"),
    [
        ("owl:sameAs\twd:Q183", "skos:broadMatch\twd:Q183", 11, "predicate_id", LIST,
         "skos:broadMatch", "owl:sameAs, skos:exactMatch, skos:closeMatch"),
        ("semapv:ManualMappingCuration", "semapv:Guess", 11, "mapping_justification", LIST,
         "semapv:Guess", LISTED),
        ("wd:Q183", "wikidata:Q183", 11, "object_id", UNDECLARED,
         "wikidata:Q183", PREFIXES),
        ("lod:country/de", "ours:country/de", 11, "subject_id", UNDECLARED,
         "ours:country/de", PREFIXES),
        ("wd:Q183", "Q183", 11, "object_id", "invalid CURIE", "Q183", "prefix:name"),
        ("wd:Q183", "wd:Q 183", 11, "object_id", "invalid CURIE", "wd:Q 183", "prefix:name"),
        ("wd:Q183", "wd:Q183\u00a0", 11, "object_id", "invalid CURIE", "wd:Q183\u00a0", "prefix:name"),
        ("wd:Q183", "", 11, "object_id", EMPTY, "", None),
        ("lod:country/de", "lod:country/at", 11, "subject_id", NOWHERE, "lod:country/at",
         THING),
        ("lod:country/de", "wd:Q183", 11, "subject_id", NOWHERE, "wd:Q183",
         THING),
        ("wd:Q183", "lod:country/de", 11, "object_id", OURS, "lod:country/de", WEB),
        ("wd:Q183", "sssom:NoTermFound", 11, "object_id", OURS,
         "sssom:NoTermFound", WEB),
        ("2026-05-01", "2026-05", 11, "mapping_date", NO_DAY, "2026-05", "1998-03-03"),
        ("2026-05-01", "2026-02-30", 11, "mapping_date", "invalid date", "2026-02-30",
         "a year, month or day of the calendar: 1972, 1991-02, 1998-03-03"),
        ("2026-05-01", "", 11, "mapping_date", EMPTY, "", None),
        ("one invented source and another", "", 11, "comment", EMPTY, "", None),
        ("Germany", "", 11, "object_label", EMPTY, "", None),
        ("#license", "#no colon\n#license", 9, None, UNCLEAR, "#no colon",
         "#key: value, #  prefix: http://…"),
        ("#mapping_set_id", "#  x: nowhere\n#mapping_set_id", 7, "x",
         "the prefix cannot mean this", "nowhere", "http://…/, http://…#"),
        ("2002/07/owl#", "2002/07/bowl#", 3, "owl", "the prefix cannot mean this",
         "http://www.w3.org/2002/07/bowl#", "http://www.w3.org/2002/07/owl#"),
        ("/mapping-set/wikidata", "/mapping-set/Wiki Data", 1, "mapping_set_id", NO_SLUG,
         BASE + "id/mapping-set/Wiki Data", "https://…/mapping-set/slug"),
        ("#mapping_set_id: https://lod.example.org/lindenau/id/mapping-set/wikidata", "#", 1,
         "mapping_set_id", NO_SLUG, None, "https://…/mapping-set/slug"),
    ],
)  # fmt: skip
def test_a_wrong_link_is_refused(
    text: str, old: str, new: str, line: int, column: str, message: str, found: str, allowed: str | None
) -> None:
    assert old in text
    expected = Issue(FILE, line, column, message, {}, found, allowed)
    assert problems(text.replace(old, new, 1)) == [expected]


def test_wrong_confidence_and_denied_links_are_refused(text: str) -> None:
    changed = text.replace("mapping_date\tcomment", "confidence\tpredicate_modifier\tmapping_date\tcomment")
    changed = changed.replace("\t2026-05-01", "\t1.2\t\t2026-05-01", 1).replace(
        "\t2026-05-01\tthe", "\t\tNot\t2026-05-01\tthe", 1
    )
    found = [problem for problem in problems(changed) if problem.line in (11, 13)]
    assert found == [
        Issue(FILE, 11, "confidence", "invalid confidence", {}, "1.2", "0.0 … 1.0"),
        Issue(FILE, 13, "predicate_modifier", "rows that deny a link are not read", {}, "Not"),
    ]


def test_a_missing_column_is_told_at_the_line_of_the_header(text: str) -> None:
    (found,) = problems(text.replace("\tcomment\n", "\tremark\n"))
    assert (found.line, found.column, found.message) == (10, "comment", "the column is missing")


def test_commas_do_not_separate_the_cells_of_a_tsv(text: str) -> None:
    found = problems(text.replace("\t", ","))
    assert {problem.message for problem in found} == {"the column is missing"}


def test_a_link_stands_once_in_all_files(tiny_dataset: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tiny_dataset, tmp_path / "copy"))
    other = copy / "links" / "zz.sssom.tsv"
    shutil.copy(copy / FILE, other)
    lines = other.read_text(encoding="utf-8").splitlines(keepends=True)
    other.write_text("".join([*lines[:11], *lines[11:12]]), encoding="utf-8")
    with pytest.raises(InputError) as error:
        loader.read(copy)
    message, entity = (
        "duplicate link, first on line {line} of {file}",
        "http://www.wikidata.org/entity/",
    )
    assert error.value.problems == (
        Issue("links/zz.sssom.tsv", 11, "subject_id", message, {"line": 11, "file": FILE},
                f"country/de owl:sameAs {entity}Q183"),
        Issue("links/zz.sssom.tsv", 12, "subject_id", message, {"line": 12, "file": FILE},
                f"country/fr owl:sameAs {entity}Q142"),
    )  # fmt: skip


def test_without_links_there_are_none(tmp_path: Path) -> None:
    assert sssom.read(tmp_path, BASE, THINGS) == ((), ())


@given(st.binary() | st.text(st.sampled_from('#curie_map: \n\t"wd/lod:-x')).map(str.encode))
def test_any_bytes_give_links_or_problems(data: bytes) -> None:
    header = "\t".join([*sssom.COLUMNS, "mapping_date"]).encode()
    for prefix in (b"", b"#mapping_set_id: http://a/b\n", header + b"\n"):
        found, wrong = sssom.parse(prefix + data, FILE, BASE, None)
        assert found or wrong or b"\t" in prefix
