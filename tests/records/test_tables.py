"""The tables: what they say becomes records, and what is wrong in them is told by file, line and column."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vilnius_lod.edtf import Edtf
from vilnius_lod.i18n.messages import translator
from vilnius_lod.inputs.issues import InputError, Issue
from vilnius_lod.records import loader
from vilnius_lod.records.model import Origin, Quote

Write = Callable[[str, int, str, str], None]
CONCEPTS = {
    "place-type": frozenset({"city", "settlement", "region", "historic-centre", "state"}),
    "organization-type": frozenset({"municipality", "public-agency"}),
    "counted": frozenset({"cities", "cities-and-regions", "countries", "organizations", "locations"}),
    "agreement-type": frozenset(
        {
            "twinning",
            "twinning-declaration",
            "friendship",
            "friendship-declaration",
            "cooperation",
            "friendship-and-cooperation",
            "cooperation-and-friendly-relations",
            "memorandum",
            "protocol-of-intent",
            "mutual-commitments",
            "declaration-of-solidarity",
            "mayors-declaration",
        }
    ),
    "event-type": frozenset({"signature", "renewal", "extension"}),
    "attestation-relation": frozenset({"agrees", "refines", "conflicts", "adds"}),
    "attestation-aspect": frozenset({"date", "kind", "network-facts", "ended-partnership"}),
}


@pytest.fixture
def copy(bare_dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bare_dataset, tmp_path / "lindenau"))


@pytest.fixture
def write(copy: Path) -> Write:
    """Writes one cell of a table in the copy: file, physical line, column, text."""

    def write_cell(file: str, line: int, column: str, cell: str) -> None:
        rows = list(csv.reader(io.StringIO((copy / file).read_text(encoding="utf-8"))))
        rows[line - 1][rows[0].index(column)] = cell
        with (copy / file).open("w", encoding="utf-8", newline="") as target:
            csv.writer(target, lineterminator="\n").writerows(rows)

    return write_cell


def problems(directory: Path, concepts: dict[str, frozenset[str]] | None = None) -> list[Issue]:
    with pytest.raises(InputError) as error:
        loader.read(directory, concepts)
    for problem in error.value.problems:
        for tag in ("lt", "de"):
            assert translator(tag)(problem.message) != problem.message, f"no {tag}: {problem.message}"
            assert problem.text(translator(tag))
    return list(error.value.problems)


def test_every_row_becomes_a_record(tiny_dataset: Path) -> None:
    records = loader.read(tiny_dataset, CONCEPTS)
    for field, rows in {
        "countries": 11, "places": 17, "names": 7, "organizations": 2, "networks": 3, "sizes": 5,
        "memberships": 3, "agreements": 17, "parties": 18, "events": 19, "links": 22,
        "withdrawals": 1, "releases": 2, "page": 42,
    }.items():  # fmt: skip
        assert len(getattr(records, field)) == rows, field
    assert records.page[4] == "Mitglied seit 1998"


def test_a_record_says_what_its_row_says(tiny_dataset: Path) -> None:
    records = loader.read(tiny_dataset)
    countries = {country.slug: country for country in records.countries}
    austria, sweden = countries["at"], countries["se"]
    assert (austria.code, austria.slug, austria.name) == ("AT", "at", {"de": "Österreich", "en": "Austria"})
    assert austria.bounds == (Decimal("46.3"), Decimal("9.5"), Decimal("49.1"), Decimal("17.2"))
    assert sweden.bounds is None
    valbrume = next(place for place in records.places if place.slug == "valbrume")
    assert (valbrume.within, valbrume.country, valbrume.kind) == ("oberbrume", "FR", "city")
    assert (valbrume.lat, valbrume.long, valbrume.note) == (Decimal("48.07"), Decimal("6.88"), {})
    tunholm = next(place for place in records.places if place.slug == "tunholm")
    assert (tunholm.lat, tunholm.within) == (None, None)
    assert tunholm.note == {"de": "Die Lage ist nicht bekannt.", "en": "Its position is not known."}
    former = records.names[1]
    assert (former.thing, former.status, former.until) == ("network/auenstaedte", "former", Edtf("2001-06"))
    assert former.origin == Origin("tables/names.csv", 3)
    agency = records.organizations[1]
    assert (agency.slug, agency.kind, agency.seat) == ("ufer-agentur", "public-agency", "lindenau")
    network, *_ = records.networks
    assert (network.acronym, network.homepage, network.founded) == (
        "LRT",
        "https://river-towns.example/",
        None,
    )
    assert (network.tools, network.tools_as_stated) == ((), ())
    assert network.quote == Quote((3,), ("Bund der Auenstädte (engl. LRT – League of River Towns)",))
    size, *_ = records.sizes
    assert (size.network, size.counted, size.bound, size.number) == ("auenstaedte", "cities", "more-than", 40)
    membership, through, _ = records.memberships
    assert (membership.member, membership.coordinator, membership.since) == ("lindenau", None, Edtf("1998"))
    assert (through.member, through.coordinator) == ("lindenau-altstadt", "ufer-agentur")
    undated = records.agreements[0]
    assert (undated.type, undated.unnamed_parties) == ("protocol-of-intent", False)
    assert undated.title == {"de": "Absichtserklärung", "en": "Declaration of intent"}
    assert [party.place for party in records.parties if party.agreement == "rasvik-tunholm-1"] == [
        "rasvik", "tunholm",
    ]  # fmt: skip
    assert (records.parties[0].name_as_stated, records.parties[0].country_as_stated) == (
        "Brodovec",
        "Tschechien",
    )
    assert records.parties[2].country_as_stated == ""
    renewal = records.events[3]
    assert (renewal.slug, renewal.kind, renewal.date) == ("valbrume-1-renewal", "renewal", Edtf("2007-05-03"))
    (withdrawal,) = records.withdrawals
    assert (withdrawal.thing, withdrawal.replaced_by) == ("agreement/kirchfels-2", "agreement/kirchfels-1")
    assert withdrawal.reason["en"] == "Entered twice."
    assert [(release.version, str(release.date)) for release in records.releases] == [
        ("0.1.0", "2026-05-01"), ("0.1.1", "2026-05-02"),
    ]  # fmt: skip


def test_the_words_of_the_page_are_kept_to_the_byte(tiny_dataset: Path) -> None:
    stated = "Memorandum über\u00a0den Schüleraustausch"
    memorandum = loader.read(tiny_dataset).agreements[4]
    assert memorandum.title["de"] == stated
    assert memorandum.quote == Quote((17,), (stated,))


def test_a_row_may_quote_two_lines_and_leave_parties_unnamed(copy: Path, write: Write) -> None:
    write("tables/agreements.csv", 4, "source_line", "14;15")
    write("tables/agreements.csv", 4, "source_text", "Rasvik-Tunholm ¶ Valbrume")
    write("tables/agreements.csv", 4, "other_parties", "not-named")
    write("tables/networks.csv", 2, "tools", "Pegel; Ufer")
    records = loader.read(copy)
    assert records.agreements[2].quote == Quote((14, 15), ("Rasvik-Tunholm", "Valbrume"))
    assert records.agreements[2].unnamed_parties
    assert records.networks[0].tools == ("Pegel", "Ufer")


def test_a_table_saved_by_a_spreadsheet_says_the_same(copy: Path, tiny_dataset: Path) -> None:
    for path in (copy / "tables").glob("*.csv"):
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows([*rows, [""] * len(rows[0]), [""] * len(rows[0])])
    for field in ("places", "agreements", "events", "parties", "withdrawals"):
        assert getattr(loader.read(copy), field) == getattr(loader.read(tiny_dataset), field)


SLUG = "lower-case letters a–z and digits, joined by single hyphens"
DATE = "a year, month or day of the calendar: 1972, 1991-02, 1998-03-03"
NO_DATE = "invalid date"
NO_SLUG = "invalid slug"
AROUND = "blanks before or after the word"
UNSEEN = "an invisible character or unusual blank in the name"
NOWHERE = "unknown reference"
EMPTY = "the cell must not be empty"
NUMBER, RANGE = "not a decimal number with a point", "the number is out of range"
LIST = "this is not in the list"
TOGETHER = "these cells are filled together or not at all"
NO_TAG = "invalid language tag"
NO_CODE = "invalid country code"
NO_COUNT = "not a whole number"
NO_ADDRESS = "invalid web address"
NO_LINE = "invalid line number"
STILL_THERE = "the thing was withdrawn but is still in the tables"
THING = "a thing in the tables"
KINDS = (
    "country/…, place/…, organization/…, network/…, size/…, membership/…, partnership/…, agreement/…, event/…"
)
PLACES, EVENTS, AGREEMENTS = "tables/places.csv", "tables/events.csv", "tables/agreements.csv"
NETWORKS, NAMES, COUNTRIES = "tables/networks.csv", "tables/names.csv", "tables/countries.csv"
SIZES, MEMBERSHIPS, PARTIES = "tables/sizes.csv", "tables/memberships.csv", "tables/parties.csv"
WITHDRAWN, RELEASES, ORGANIZATIONS = "tables/withdrawn.csv", "releases.csv", "tables/organizations.csv"
OF_PLACES, OF_COUNTRIES = "a place of tables/places.csv", "a country of tables/countries.csv"
OF_NETWORKS, OF_AGREEMENTS = "a network of tables/networks.csv", "an agreement of tables/agreements.csv"
OF_ORGANIZATIONS = "an organization of tables/organizations.csv"


@pytest.mark.parametrize(
    ("file", "line", "column", "found", "message", "allowed"),
    [
        # What must not be empty.
        (PLACES, 3, "name_en", "", EMPTY, None),
        (EVENTS, 2, "date", "", EMPTY, None),
        (AGREEMENTS, 2, "title_de", "", EMPTY, None),
        (PARTIES, 2, "name_as_stated", "", EMPTY, None),
        (MEMBERSHIPS, 2, "source_text", "", EMPTY, None),
        (RELEASES, 2, "changes_en", "", EMPTY, None),
        (PLACES, 3, "name_en", "\u00a0", EMPTY, None),
        (PLACES, 3, "note_en", " \u00a0", "the cell holds only blanks", None),
        # Slugs, and the blanks that nobody sees.
        (SIZES, 2, "size", "Auen_cities", NO_SLUG, SLUG),
        (SIZES, 2, "size", "auen--cities", NO_SLUG, SLUG),
        (SIZES, 2, "size", "auenstädte", NO_SLUG, SLUG),
        (SIZES, 2, "size", "auen\u00a0cities", NO_SLUG, SLUG),
        (SIZES, 2, "size", "auen\n", AROUND, "auen"),
        (PLACES, 8, "within", "oberbrume\u00a0", AROUND, "oberbrume"),
        (PLACES, 8, "within", " oberbrume", AROUND, "oberbrume"),
        (EVENTS, 2, "kind", "signature ", AROUND, "signature"),
        (PLACES, 8, "country", "FR ", AROUND, "FR"),
        # Names.
        (PLACES, 3, "name_en", "Brodovec ", "blanks before or after the text", "Brodovec"),
        (PLACES, 9, "name_en", "Wielkie\u00a0Brody", UNSEEN, "Wielkie Brody"),
        (PLACES, 9, "name_en", "Wiel\u00adkie Brody", UNSEEN, "Wielkie Brody"),
        (PLACES, 9, "name_en", "Wielkie\nBrody", UNSEEN, "Wielkie Brody"),
        (COUNTRIES, 2, "name_de", "O\u0308sterreich",
         "letters are composed of parts (not Unicode NFC); put the allowed text instead", "Österreich"),
        (NETWORKS, 2, "tools", "Pegel;", "one of the parts is empty", "…;…"),
        # Dates.
        (EVENTS, 2, "date", "1991-13", NO_DATE, DATE),
        (EVENTS, 2, "date", "2023-02-30", NO_DATE, DATE),
        (EVENTS, 2, "date", "2023-02-29", NO_DATE, DATE),
        (EVENTS, 2, "date", "21.06.1991", NO_DATE, DATE),
        (EVENTS, 2, "date", "1991?", NO_DATE, DATE),
        (EVENTS, 2, "date", "1991-02/1991-03", NO_DATE, DATE),
        (EVENTS, 2, "date", "0000", NO_DATE, DATE),
        (EVENTS, 2, "date", "１９９１", NO_DATE, DATE),
        (EVENTS, 2, "date", " 1991", NO_DATE, DATE),
        (MEMBERSHIPS, 2, "since", "1998 m.", NO_DATE, DATE),
        (NAMES, 3, "until", "bald", NO_DATE, DATE),
        (NETWORKS, 2, "founded", "87", NO_DATE, DATE),
        (WITHDRAWN, 2, "date", "2026-06-31", NO_DATE, DATE),
        (RELEASES, 3, "date", "2026-05", "the day is missing in the date", "1998-03-03"),
        # Numbers.
        (PLACES, 2, "lat", "47,66", NUMBER, "-90.0 … 90.0"),
        (PLACES, 2, "lat", "47.66°", NUMBER, "-90.0 … 90.0"),
        (PLACES, 2, "lat", "nan", NUMBER, "-90.0 … 90.0"),
        (PLACES, 2, "lat", "90.1", RANGE, "-90.0 … 90.0"),
        (PLACES, 2, "long", "-180.5", RANGE, "-180.0 … 180.0"),
        (COUNTRIES, 2, "east", "181", RANGE, "-180.0 … 180.0"),
        (COUNTRIES, 2, "south", "49.2", "the southern bound lies north of the northern one", "-90.0 … 49.1"),
        (SIZES, 2, "number", "beinahe 40", NO_COUNT, "1–999999999"),
        (SIZES, 2, "number", "0", NO_COUNT, "1–999999999"),
        (SIZES, 2, "number", "9" * 5000, NO_COUNT, "1–999999999"),
        (PLACES, 2, "long", "", TOGETHER, "lat, long"),
        (COUNTRIES, 2, "west", "", TOGETHER, "south, west, north, east"),
        # Closed lists and codes.
        (SIZES, 2, "bound", "about", LIST, "more-than, fewer-than, exactly"),
        (NAMES, 2, "status", "old", LIST, "former, variant"),
        (AGREEMENTS, 2, "other_parties", "yes", LIST, "not-named"),
        (NAMES, 2, "language", "deutsch", NO_TAG, "a BCP 47 tag: de, en, pt-BR"),
        (NAMES, 2, "language", "DE", NO_TAG, "a BCP 47 tag: de, en, pt-BR"),
        (PLACES, 8, "country", "fr", NO_CODE, "two capital letters A–Z (ISO 3166-1 alpha-2)"),
        (NETWORKS, 2, "homepage", "river-towns.example", NO_ADDRESS, "http://…, https://…"),
        (NETWORKS, 2, "homepage", "ftp://river-towns.example/", NO_ADDRESS, "http://…, https://…"),
        (NETWORKS, 2, "homepage", "https://[x/", NO_ADDRESS, "http://…, https://…"),
        (NETWORKS, 2, "homepage", "https:///x", NO_ADDRESS, "http://…, https://…"),
        (RELEASES, 2, "version", "v1", "invalid version number", "0.1.0, 1.12.3"),
        # Lines and words of the page.
        (EVENTS, 2, "source_line", "0", NO_LINE, "1–42; 12;14"),
        (EVENTS, 2, "source_line", "13.0", NO_LINE, "1–42; 12;14"),
        (EVENTS, 2, "source_line", "12; 14", NO_LINE, "1–42; 12;14"),
        (EVENTS, 2, "source_line", "43", "the page has no such line", "1–42; 12;14"),
        (EVENTS, 2, "source_text", "eins ¶  ", "one of the parts is empty", "… ¶ …"),
        # References.
        (PLACES, 8, "country", "IT", NOWHERE, OF_COUNTRIES),
        (PLACES, 8, "within", "elsass", NOWHERE, OF_PLACES),
        (ORGANIZATIONS, 3, "seat", "lindenberg", NOWHERE, OF_PLACES),
        (SIZES, 2, "network", "auen", NOWHERE, OF_NETWORKS),
        (MEMBERSHIPS, 2, "network", "auen", NOWHERE, OF_NETWORKS),
        (MEMBERSHIPS, 2, "member", "lindenberg", NOWHERE, OF_PLACES),
        (MEMBERSHIPS, 2, "coordinator", "agentur", NOWHERE, OF_ORGANIZATIONS),
        (PARTIES, 2, "agreement", "brodovec-2", NOWHERE, OF_AGREEMENTS),
        (PARTIES, 2, "place", "brodovez", NOWHERE, OF_PLACES),
        (EVENTS, 2, "agreement", "kirchfels-3", NOWHERE, OF_AGREEMENTS),
        (NAMES, 2, "thing", "place/brodovez", NOWHERE, THING),
        (NAMES, 2, "thing", "brodovec", "invalid reference: kind, slash, slug", KINDS),
        (WITHDRAWN, 2, "replaced_by", "agreement/kirchfels-9", NOWHERE, THING),
        (WITHDRAWN, 2, "replaced_by", "agreement/kirchfels-2", NOWHERE, THING),
        (WITHDRAWN, 2, "thing", "event/valbrume-1-renewal", STILL_THERE, None),
        (WITHDRAWN, 2, "thing", "partnership/valbrume", STILL_THERE, None),
        (RELEASES, 3, "date", "2026-04-30",
         "the release is older than the one before it; the newest comes last", None),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_told_with_its_place(
    copy: Path, write: Write, file: str, line: int, column: str, found: str, message: str, allowed: str | None
) -> None:
    write(file, line, column, found)
    assert problems(copy) == [Issue(file, line, column, message, {}, found, allowed)]


@pytest.mark.parametrize(
    ("file", "line", "column", "found", "scheme"),
    [
        (PLACES, 2, "kind", "village", "place-type"),
        (ORGANIZATIONS, 2, "kind", "school", "organization-type"),
        (SIZES, 2, "counted", "ships", "counted"),
        (AGREEMENTS, 2, "type", "treaty", "agreement-type"),
        (EVENTS, 2, "kind", "end", "event-type"),
    ],
)
def test_an_unknown_concept_is_refused_where_the_concepts_are_given(
    copy: Path, write: Write, file: str, line: int, column: str, found: str, scheme: str
) -> None:
    write(file, line, column, found)
    allowed = ", ".join(sorted(CONCEPTS[scheme]))
    assert problems(copy, CONCEPTS) == [Issue(file, line, column, NOWHERE, {}, found, allowed)]
    loader.read(copy)


@pytest.mark.parametrize(
    ("file", "line", "column", "cell", "key", "found", "first"),
    [
        (EVENTS, 5, "event", "valbrume-1-signature", "event", "valbrume-1-signature", 4),
        (RELEASES, 3, "version", "0.1.0", "version", "0.1.0", 2),
        (PARTIES, 5, "place", "rasvik", "agreement, place", "rasvik-tunholm-1, rasvik", 4),
    ],
)
def test_a_key_stands_once(
    copy: Path, write: Write, file: str, line: int, column: str, cell: str, key: str, found: str, first: int
) -> None:
    write(file, line, column, cell)
    message = "duplicate key, first on line {line}"
    assert problems(copy) == [Issue(file, line, key, message, {"line": first}, found)]


def test_words_are_as_many_as_their_lines(copy: Path, write: Write) -> None:
    write(EVENTS, 2, "source_line", "13;14")
    message = "the words and their lines are not the same number ({words} and {lines})"
    values = {"words": 1, "lines": 2}
    assert problems(copy) == [
        Issue(EVENTS, 2, "source_text", message, values, "unterzeichnet 1991-02", "… ¶ …"),
    ]


def test_a_note_of_two_lines_moves_the_rows_below_it(copy: Path, write: Write) -> None:
    write(EVENTS, 2, "note_de", "eins\nzwei")
    write(EVENTS, 3, "date", "bald")
    assert problems(copy) == [Issue(EVENTS, 4, "date", NO_DATE, {}, "bald", DATE)]


@pytest.mark.parametrize(
    ("old", "new", "column", "message"),
    [
        ("note_de", "note_lt", "note_lt", "the column is unknown"),
        ("within", "in", "within", "the column is missing"),
        ("note_en", "note_de", "note_de", "duplicate column"),
    ],
)
def test_the_columns_follow_from_the_languages(
    copy: Path, old: str, new: str, column: str, message: str
) -> None:
    path = copy / PLACES
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    allowed = "place, kind, name_de, name_en, country, within, lat, long, note_de, note_en"
    found = [problem for problem in problems(copy) if problem.column == column]
    assert [(p.file, p.line, p.message, p.allowed) for p in found] == [(PLACES, 1, message, allowed)]


def test_all_problems_of_all_files_are_told_at_once_in_the_order_of_the_files(
    copy: Path, write: Write
) -> None:
    settings_file = copy / "dataset.toml"
    text = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(text.replace('focus = "lindenau"', 'focus = "Lindenau"'), encoding="utf-8")
    write(EVENTS, 6, "date", "bald")
    write(EVENTS, 3, "agreement", "nirgends-1")
    write(EVENTS, 3, "kind", "")
    write(PLACES, 4, "country", "XX")
    write(RELEASES, 2, "version", "eins")
    (copy / "links" / "wikidata.sssom.tsv").write_bytes(b"\xff")
    (copy / NAMES).unlink()
    assert [(problem.file, problem.line, problem.column) for problem in problems(copy)] == [
        ("dataset.toml", 6, "focus"),
        (PLACES, 4, "country"),
        (NAMES, None, None),
        (EVENTS, 3, "kind"),
        (EVENTS, 3, "agreement"),
        (EVENTS, 6, "date"),
        (RELEASES, 2, "version"),
        ("links/wikidata.sssom.tsv", 1, None),
    ]


def test_a_table_that_cannot_be_read_leaves_no_dangling_references(copy: Path) -> None:
    path = copy / PLACES
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    assert [problem.file for problem in problems(copy)] == [PLACES]


def test_a_row_out_of_shape_is_still_known_by_its_key(copy: Path) -> None:
    path = copy / PLACES
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "wielkie-brody,city,Wielkie Brody,Wielkie Brody,PL,,51.99,19.88,,",
            "wielkie-brody,city,Wielkie Brody,Wielkie Brody,PL",
        ),
        encoding="utf-8",
    )
    message = "the row has fewer cells than the header has columns"
    assert problems(copy) == [Issue(PLACES, 9, "within", message, {}, "5", "10")]


def test_the_settings_name_things_of_the_tables(copy: Path) -> None:
    path = copy / "dataset.toml"
    text = path.read_text(encoding="utf-8").replace('"lindenau"', '"lindenberg"')
    path.write_text(text.replace("stadt-lindenau", "stadt-lindenberg"), encoding="utf-8")
    assert problems(copy) == [
        Issue("dataset.toml", 6, "focus", NOWHERE, {}, "lindenberg", OF_PLACES),
        Issue("dataset.toml", 7, "municipality", NOWHERE, {}, "stadt-lindenberg", OF_ORGANIZATIONS),
        Issue("dataset.toml", 21, "publisher.iri", NOWHERE, {}, "organization/stadt-lindenberg", THING),
    ]


def test_a_table_under_a_wrong_name_is_not_passed_over(copy: Path) -> None:
    (copy / WITHDRAWN).rename(copy / "tables" / "withdrawals.csv")
    (copy / "tables" / ".~lock.places.csv").write_text("a lock file of a spreadsheet")
    (found,) = problems(copy)
    assert (found.file, found.message) == ("tables/withdrawals.csv", "the file is none of the tables")
    assert found.allowed is not None
    assert WITHDRAWN in found.allowed


def test_withdrawn_things_are_optional_and_releases_are_not(copy: Path) -> None:
    (copy / WITHDRAWN).unlink()
    assert loader.read(copy).withdrawals == ()
    path = copy / RELEASES
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    message = "the file has no release"
    assert problems(copy) == [Issue(RELEASES, None, None, message, {}, None, "0.1.0, 1998-03-03, …")]


def test_problems_are_told_in_the_reader_s_language(copy: Path, write: Write) -> None:
    write(EVENTS, 2, "date", "1991\u00a0m.")
    (problem,) = problems(copy)
    assert problem.text(translator("lt")) == (
        "tables/events.csv:2: [date] netinkama data; rasta: “1991\\u00a0m.”; "
        "leidžiama: kalendoriuje esantys metai, mėnuo arba diena: 1972, 1991-02, 1998-03-03"
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from([PLACES, EVENTS, WITHDRAWN, RELEASES, "reading.csv"]),
    data=st.binary() | st.text(st.sampled_from('a-1,;\t"\r\n é\u00a0\ufeff')).map(str.encode),
    whole=st.booleans(),
)
def test_any_bytes_as_a_table_give_records_or_an_input_error(
    tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes, whole: bool
) -> None:
    copy = Path(shutil.copytree(tiny_dataset, tmp_path_factory.mktemp("any") / "copy"))
    before = b"" if whole else (copy / name).read_bytes()
    (copy / name).write_bytes(before + data)
    try:
        loader.read(copy)
    except InputError as error:
        told = error.problems
    else:
        return
    assert told
    assert all(problem.text(translator("lt")) for problem in told)
