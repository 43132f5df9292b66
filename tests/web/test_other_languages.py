"""A dataset may be in any language that CLDR knows: it is checked by what pages do with it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from vilnius_lod.build import build, examine
from vilnius_lod.i18n.language import choose
from vilnius_lod.inputs.issues import InputError
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

PAGES = [
    "/",
    "/data",
    "/doc/place/lindenau",
    "/ontology",
    "/report",
    "/tables",
    "/sparql",
    "/nothing",
    "/catalog.html",
]


def translated(dataset: Path, tag: str, directory: Path) -> Path:
    """The dataset with another language in the place of its first."""
    data = shutil.copytree(dataset, directory / tag)
    for file in (*data.rglob("*.csv"), *data.rglob("*.toml")):
        text = re.sub(r"_de\b", f"_{tag}", file.read_text("utf-8"))
        text = re.sub(r"(?m)(^|[{,] *)de = ", rf"\g<1>{tag} = ", text).replace('"de"', f'"{tag}"')
        file.write_text(re.sub(r"(?m)(^|,)de(,|$)", rf"\g<1>{tag}\2", text), "utf-8")
    return data


@pytest.mark.parametrize("tag", ["csb", "xx", "zz-ZZ", "und", "iw", "tlh", "mul", "de-ZQ"])
def test_a_language_that_pages_cannot_be_written_in_is_refused(
    bare_dataset: Path, tmp_path: Path, tag: str
) -> None:
    with pytest.raises(InputError) as refused:
        examine(translated(bare_dataset, tag, tmp_path))
    [problem] = refused.value.problems
    assert (problem.file, problem.line, problem.column) == ("dataset.toml", 5, "languages")
    assert (problem.found, problem.allowed) == (tag, "a BCP 47 tag: de, en, pt-BR")


@pytest.mark.parametrize("tag", ["EN", "lt_LT", "l", "de--AT", "de-", "deutsch", ""])
def test_what_is_no_language_tag_is_refused(bare_dataset: Path, tmp_path: Path, tag: str) -> None:
    data = shutil.copytree(bare_dataset, tmp_path / "data")
    settings = data / "dataset.toml"
    settings.write_text(
        settings.read_text("utf-8").replace('["de", "en"]', f'["de", "en", "{tag}"]'), "utf-8"
    )
    with pytest.raises(InputError) as refused:
        examine(data)
    problem = refused.value.problems[0]
    assert (problem.file, problem.line, problem.column) == ("dataset.toml", 5, "languages")


@pytest.fixture
def serve(tmp_path: Path) -> Callable[[Path], object]:
    @contextmanager
    def serve(data: Path) -> Iterator[FlaskClient]:
        build(data, tmp_path / "store")
        app = create_app(tmp_path / "store")
        yield app.test_client()
        app.extensions[EXTENSION].engine.close()

    return serve


@pytest.mark.parametrize("tag", ["fr", "pt-BR", "de-AT", "en-Latn-GB", "zh-Hant", "ar"])
def test_pages_are_whole_in_any_language_that_cldr_knows(
    bare_dataset: Path, tmp_path: Path, serve: Callable[..., object], tag: str
) -> None:
    with serve(translated(bare_dataset, tag, tmp_path)) as client:  # type: ignore[attr-defined]
        for path in PAGES:
            for language in (tag, "en"):
                answer = client.get(f"{path}?lang={language}", headers={"Accept": "text/html"})
                assert answer.status_code == (404 if path == "/nothing" else 200), path
        town = client.get(f"/doc/place/lindenau?lang={tag}", headers={"Accept": "text/html"})
        assert town.headers["Content-Language"] == tag
        # Found again, whatever a store makes of the capitals in a tag (RDF 1.1 Concepts, section 3.3).
        assert "<h1>Österreich</h1>" in client.get(f"/doc/country/at?lang={tag}").text.replace(
            f'<span lang="{tag}">Österreich</span>', "Österreich"
        )


def test_where_the_interface_does_not_know_a_language_its_texts_are_marked_as_english(
    bare_dataset: Path, tmp_path: Path, serve: Callable[..., object]
) -> None:
    """HTML, the lang attribute: what a screen reader takes for French is French."""
    with serve(translated(bare_dataset, "fr", tmp_path)) as client:  # type: ignore[attr-defined]
        page = client.get("/?lang=fr", headers={"Accept": "text/html"}).text
        assert '<html lang="en">' in page
        assert '<h1><span lang="fr">Internationale Beziehungen der Stadt Lindenau</span></h1>' in page
        assert 'lang="fr" hreflang="fr" aria-current="true">Français</a>' in page


@pytest.mark.parametrize(("tag", "interface", "name"), [
    ("de", "de", "Deutsch"), ("de-AT", "de-AT", "Deutsch (Österreich)"), ("fr", "en", "français"),
    ("en", "en", "English"), ("pt-BR", "en", "português (Brasil)"), ("csb", "en", "csb"),
])  # fmt: skip
def test_what_a_language_is_called_and_which_texts_it_has(tag: str, interface: str, name: str) -> None:
    language = choose([tag], tag)
    assert (language.interface, language.name_of(tag)) == (interface, name)
