"""Settings are checked by what is later done with them: what passes is built, loaded and shown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vilnius_lod.build import build, examine
from vilnius_lod.inputs import cells
from vilnius_lod.inputs.issues import InputError
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

PORTALS = """
[catalogue]
themes = ["http://publications.europa.eu/resource/authority/data-theme/GOVE"]
frequency = "http://publications.europa.eu/resource/authority/frequency/IRREG"
[contact]
email = "office@example.org"
page = "https://example.org/contact"
name = { de = "Amt", en = "Office" }
[[spatial]]
iri = "http://publications.europa.eu/resource/authority/country/DEU"
country = "DE"
bounds = [54.57, 25.02, 54.83, 25.48]
"""
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
BASE = 'base = "https://lod.example.org/lindenau/"'
THEME = "http://publications.europa.eu/resource/authority/data-theme/GOVE"

# The setting, what stands there, and what shall stand there.
REFUSED = [
    ("base", BASE, 'base = "https://lod.example.org/%zz/"'),
    ("base", BASE, 'base = "https://lod.example.org/[x]/"'),
    ("base", BASE, 'base = "https://lod.example.org:abc/"'),
    ("base", BASE, 'base = "https://lod.example.org:99999/"'),
    ("base", BASE, 'base = "https://lod.example.org/a/../b/"'),
    ("base", BASE, 'base = "https://lod.example.org/a b/"'),
    ("base", BASE, 'base = "https://lod.example.org/lindenau"'),
    ("name", '"lindenau-lod"', f'"{"a" * 300}"'),
    ("licence", LICENCE, "https://example.org/100%"),
    ("licence", LICENCE, "https://example.org:x/"),
    ("publisher.iri", '"id/organization/stadt-lindenau"', '"https://example.org/[a]"'),
    ("contact.email", "office@example.org", "office%@example.org"),
    ("contact.email", "office@example.org", "office?subject=x@example.org"),
    ("contact.email", "office@example.org", "{office}@example.org"),
    ("contact.email", "office@example.org", "..@-.-"),
    ("contact.page", "https://example.org/contact", "https://[/contact"),
    ("contact.page", "https://example.org/contact", "https:///contact"),
    ("catalogue.themes", THEME, "http://[::z]/x"),
    ("catalogue.themes", THEME, "http://example.org/%"),
    ("catalogue.frequency", "frequency/IRREG", "frequency/IRREG%"),
    ("spatial.iri", "country/DEU", "country/[DEU"),
    ("spatial.bounds", "54.57", "nan"),
    ("spatial.bounds", "25.02", "inf"),
    ("spatial.country", 'country = "DE"', 'country = ["DE"]'),
    ("spatial.place", 'country = "DE"', "place = { slug = 1 }"),
]  # fmt: skip
GOOD = [
    (LICENCE, "https://例え.example/許"),
    ('"id/organization/stadt-lindenau"', '"https://lödz.example/ž"'),
    ("office@example.org", "o'ffice+x@sub.example.org"),
    ("[54.57, 25.02, 54.83, 25.48]", "[-20.0, 177.0, -12.0, -178.0]"),
    ("[54.57, 25.02, 54.83, 25.48]", "[-90, -180, 90, 180]"),
    ('"International relations of the town of Lindenau"', '"</script>{x} %s {{ 7 * 7 }}"'),
    ('themes = ["' + THEME + '"]', "themes = []"),
]  # fmt: skip


def changed(dataset: Path, directory: Path, old: str, new: str) -> Path:
    data = shutil.copytree(dataset, directory / "data")
    settings = data / "dataset.toml"
    text = settings.read_text("utf-8").partition("\n[catalogue]")[0] + PORTALS
    assert old in text
    settings.write_text(text.replace(old, new), "utf-8")
    return data


@pytest.mark.parametrize(("key", "old", "new"), REFUSED)
def test_what_could_not_be_used_is_refused(
    tiny_dataset: Path, tmp_path: Path, key: str, old: str, new: str
) -> None:
    with pytest.raises(InputError) as refused:
        examine(changed(tiny_dataset, tmp_path, old, new))
    problem = next(problem for problem in refused.value.problems if problem.column == key)
    assert problem.file == "dataset.toml"
    assert problem.found is not None
    assert problem.allowed


@pytest.mark.parametrize(("old", "new"), GOOD)
def test_what_passes_can_be_served(tiny_dataset: Path, tmp_path: Path, old: str, new: str) -> None:
    build(changed(tiny_dataset, tmp_path, old, new), tmp_path / "store")
    app = create_app(tmp_path / "store")
    client = app.test_client()
    for path in (
        "/",
        "/data",
        "/doc/dataset",
        "/doc/dataset.rdf",
        "/doc/contact",
        "/catalog.html",
        "/linkset",
    ):
        answer = client.get(path, headers={"Accept": "text/html, */*;q=0.1"})
        assert answer.status_code == 200, path
        # RFC 9110, section 5.5: a field's value is ASCII; RFC 8288, section 3.1: a link's target is a URI.
        assert all(value.isascii() for _, value in answer.headers), path
    app.extensions[EXTENSION].engine.close()


ADDRESSES = st.lists(
    st.sampled_from(
        ["http://", "https://", "a", ":", "/", "[", "]", "::1", "%", "%41", "#", "?", "@", "é", "80", "x.y"]
    )
).map("".join)


@given(st.one_of(ADDRESSES, ADDRESSES.map("http://a/{}".format), ADDRESSES.map("https://a{}".format)))
def test_a_store_takes_every_address_that_passes(address: str) -> None:
    """RFC 3987, section 2.2."""
    if cells.is_web_address(address):
        assert pyoxigraph.NamedNode(address).value == address


@given(st.from_regex(cells.LANGUAGE, fullmatch=True))
def test_a_store_takes_every_language_tag_that_passes(tag: str) -> None:
    assert pyoxigraph.Literal("", language=tag).language == tag.lower()


@pytest.mark.parametrize("tag", ["en-1x", "de-de-de", "en-12345678-abc", "lt-u1", "xx-aaa-bbb-ccc-ddd"])
def test_a_language_tag_that_a_store_does_not_take_is_refused(tag: str) -> None:
    """BCP 47, section 2.1."""
    with pytest.raises(cells.CellError):
        cells.language(tag)


@pytest.mark.parametrize("tag", ["de", "pt-BR", "zh-Hant-TW", "sr-Latn", "de-1996"])
def test_a_language_tag_is_a_language_tag(tag: str) -> None:
    assert cells.language(tag) == tag
