"""``dataset.toml`` and ``retrieval.toml``: read whole, or refused with file, line and setting."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vilnius_lod.i18n.messages import translator
from vilnius_lod.inputs.issues import InputError, Issue
from vilnius_lod.records import dataset

TWO_LANGUAGES = '["de", "en"]'
DAY = '"1998-03-03"'
FOLDER = "source/2026-05-01"
SLUG = "lower-case letters a–z and digits, joined by single hyphens"
WEB = "http://…, https://…"


@pytest.fixture
def copy(bare_dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bare_dataset, tmp_path / "lindenau"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(directory: Path) -> tuple[Issue, ...]:
    with pytest.raises(InputError) as error:
        dataset.read(directory)
    for problem in error.value.problems:
        assert translator("lt")(problem.message) != problem.message, f"no translation: {problem.message}"
    return error.value.problems


def test_the_settings_are_read(tiny_dataset: Path) -> None:
    found = dataset.read(tiny_dataset)
    assert found.base == "https://lod.example.org/lindenau/"
    assert found.languages == ("de", "en")
    assert (found.name, found.focus, found.municipality) == ("lindenau-lod", "lindenau", "stadt-lindenau")
    assert found.title["en"] == "International relations of the town of Lindenau"
    assert found.publisher == "https://lod.example.org/lindenau/id/organization/stadt-lindenau"
    assert found.publisher_name == {"de": "Stadt Lindenau", "en": "Town of Lindenau"}
    assert found.counts["partnerships"] == (6, 30)
    assert found.settings["publisher"]["iri"] == "id/organization/stadt-lindenau"
    assert found.source.slug == "2026-05-01"
    assert found.source.path == tiny_dataset / FOLDER / "page.txt"
    assert found.source.publisher == found.publisher
    assert found.source.sha256 == hashlib.sha256(found.source.path.read_bytes()).hexdigest()
    assert (found.source.language, found.source.retrieved) == ("de", "2026-05-01")


def test_lines_of_the_page_are_those_of_an_editor(copy: Path) -> None:
    page = copy / FOLDER / "page.txt"
    data = "eins\r\n\u00a0 zwei\u2028\x85\n\ndrei\n".encode()
    page.write_bytes(data)
    _, lines, _ = dataset.examine(copy)
    assert lines == ("eins", "\u00a0 zwei\u2028\x85", "", "drei")


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "found", "allowed"),
    [
        ('base = "https://lod.example.org/lindenau/"', 'base = "https://lod.example.org"', 3, "base",
         "https://lod.example.org", "http(s)://…/"),
        ('base = "https://lod.example.org/lindenau/"', 'base = "urn:lindenau:/"', 3, "base",
         "urn:lindenau:/", "http(s)://…/"),
        ('base = "https://lod.example.org/lindenau/"', 'base = "https://a.example/?q=/"', 3, "base",
         "https://a.example/?q=/", "http(s)://…/"),
        ('name = "lindenau-lod"', 'name = "Lindenau LOD"', 4, "name", "Lindenau LOD", SLUG),
        ('name = "lindenau-lod"', "name = 7", 4, "name", "7", SLUG),
        ('languages = ["de", "en"]', "languages = []", 5, "languages", "[]", TWO_LANGUAGES),
        ('languages = ["de", "en"]', 'languages = ["Deutsch"]', 5, "languages", "['Deutsch']", TWO_LANGUAGES),
        ('languages = ["de", "en"]', 'languages = ["de", "de"]', 5, "languages", "['de', 'de']",
         TWO_LANGUAGES),
        ('focus = "lindenau"', 'focus = ""', 6, "focus", "", SLUG),
        ('licence = "https:', 'licence = "CC0:', 8, "licence",
         "CC0://creativecommons.org/publicdomain/zero/1.0/", WEB),
        ('source = "source/2026-05-01"', 'source = "../page"', 10, "source", "../page", "source/2023-02-01"),
        ('en = "Town of Lindenau"', 'en = " "', 24, "publisher.name.en", " ", "…"),
        ('iri = "id/organization/stadt-lindenau"', 'iri = "Stadt Lindenau"', 21, "publisher.iri",
         "Stadt Lindenau", "http://…, https://…, id/…"),
        ("places = [7, 40]", "places = [40, 7]", 32, "counts.places", "[40, 7]", "[40, 60]"),
        ("places = [7, 40]", "places = 7", 32, "counts.places", "7", "[40, 60]"),
        ("places = [7, 40]", "places = [-7, 40]", 32, "counts.places", "[-7, 40]", "[40, 60]"),
        ("places = [7, 40]", "places = [7.0, 40]", 32, "counts.places", "[7.0, 40]", "[40, 60]"),
        ("places = [7, 40]", "places = [false, true]", 32, "counts.places", "[False, True]", "[40, 60]"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused(
    copy: Path, old: str, new: str, line: int, key: str, found: str, allowed: str
) -> None:
    edit(copy / "dataset.toml", old, new)
    expected = Issue("dataset.toml", line, key, "invalid value", {}, found, allowed)
    first, *others = problems(copy)
    assert first == expected
    # Without languages the source's language cannot be right either.
    assert [problem.column for problem in others] == (["language"] if key == "languages" else [])


def test_a_missing_setting_is_told_with_its_name(copy: Path) -> None:
    edit(copy / "dataset.toml", 'licence_label = "CC0 1.0"\n', "")
    edit(copy / "dataset.toml", 'de = "Stadt Lindenau"\n', "")
    edit(copy / FOLDER / "retrieval.toml", 'title = "Internationale Beziehungen"\n', "")
    assert problems(copy) == (
        Issue("dataset.toml", None, "licence_label", "the setting is missing", allowed="…"),
        Issue("dataset.toml", None, "publisher.name.de", "the setting is missing", allowed="…"),
        Issue(f"{FOLDER}/retrieval.toml", None, "title", "the setting is missing", allowed="…"),
    )


def test_a_text_in_another_language_is_refused(copy: Path) -> None:
    edit(copy / "dataset.toml", "[description]\n", '[description]\nfr = "Relations"\n')
    assert problems(copy) == (
        Issue("dataset.toml", 17, "description.fr", "the setting is unknown", {}, "fr", "de, en"),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "found", "allowed"),
    [
        ('file = "page.txt"', 'file = "../../dataset.toml"', 1, "file", "../../dataset.toml", "page.txt"),
        ('language = "de"', 'language = "lt"', 3, "language", "lt", "one of the languages of dataset.toml"),
        ('retrieved = "2026-05-01"', 'retrieved = "2026-05"', 4, "retrieved", "2026-05", DAY),
        ('retrieved = "2026-05-01"', 'retrieved = "2026-02-30"', 4, "retrieved", "2026-02-30", DAY),
        ('retrieved = "2026-05-01"', "retrieved = 2026-05-01", 4, "retrieved", "2026-05-01", DAY),
        ('retrieved = "2026', 'encoding = "UTF-16"\nretrieved = "2026', 4, "encoding", "UTF-16", "UTF-8"),
    ],
)  # fmt: skip
def test_a_wrong_retrieval_is_refused(
    copy: Path, old: str, new: str, line: int, key: str, found: str, allowed: str
) -> None:
    file = f"{FOLDER}/retrieval.toml"
    edit(copy / file, old, new)
    assert problems(copy) == (Issue(file, line, key, "invalid value", {}, found, allowed),)


def test_an_edited_page_is_not_the_one_that_was_read(copy: Path) -> None:
    before = dataset.read(copy).source.sha256
    edit(copy / FOLDER / "page.txt", "1998", "1999")
    after = hashlib.sha256((copy / FOLDER / "page.txt").read_bytes()).hexdigest()
    message = "the page is not the one that was read: its SHA-256 is another"
    assert problems(copy) == (Issue(f"{FOLDER}/retrieval.toml", 5, "sha256", message, {}, before, after),)


def test_a_page_in_another_encoding_is_refused(copy: Path) -> None:
    before = dataset.read(copy).source.sha256
    data = (copy / FOLDER / "page.txt").read_text(encoding="utf-8").encode("windows-1252", "replace")
    (copy / FOLDER / "page.txt").write_bytes(data)
    edit(copy / FOLDER / "retrieval.toml", before, hashlib.sha256(data).hexdigest())
    message = "the file is not UTF-8, it looks like {encoding}; the first wrong byte is number {position}"
    allowed = "UTF-8 (in a spreadsheet: save as “CSV UTF-8”)"
    values = {"position": 44, "encoding": "Windows-1252"}
    assert problems(copy) == (Issue(f"{FOLDER}/page.txt", 3, None, message, values, "0xe4", allowed),)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "found"),
    [
        ('name = "lindenau-lod"', "name = lindenau-lod", 4, "8", "name = lindenau-lod"),
        ("[counts]", "[counts", 26, "8", "[counts"),
        ("links = [5, 60]\n", "links = [5, 60", 34, None, "links = [5, 60"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(
    copy: Path, old: str, new: str, line: int, column: str | None, found: str
) -> None:
    edit(copy / "dataset.toml", old, new)
    message = "invalid TOML from here on"
    assert problems(copy) == (Issue("dataset.toml", line, column, message, {}, found),)


@pytest.mark.parametrize("file", ["dataset.toml", f"{FOLDER}/retrieval.toml", f"{FOLDER}/page.txt"])
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    assert problems(copy) == (Issue(file, None, None, "the file is missing"),)


@settings(max_examples=40)
@given(st.binary())
def test_any_bytes_are_settings_or_an_input_error(
    tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    directory = tmp_path_factory.mktemp("any")
    (directory / "dataset.toml").write_bytes(b'source = "source/x"\nlanguages = ["de"]\n' + data)
    (directory / "source" / "x").mkdir(parents=True)
    (directory / "source" / "x" / "retrieval.toml").write_bytes(
        b'file = "page.txt"\nlanguage = "de"\n' + data
    )
    (directory / "source" / "x" / "page.txt").write_bytes(data)
    with pytest.raises(InputError):
        dataset.read(directory)
