"""What the commands write reaches the reader: in any encoding, in their language, with the right code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vilnius_lod.build import build
from vilnius_lod.cli import main
from vilnius_lod.i18n import messages

COMMAND = [sys.executable, "-m", "vilnius_lod.cli"]
COMMANDS = ("build", "validate", "serve", "query", "extract", "links", "load", "catalogue")
PLAIN = {
    k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "VILNIUS_LOD", "PYTHONUTF8"))
}
ALL = "SELECT * WHERE { ?s ?p ?o }"


def run(*arguments: str | Path, environment: dict[str, str] | None = None, cwd: Path | None = None):  # type: ignore[no-untyped-def]
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], env={**PLAIN, **(environment or {})}, cwd=cwd,
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, tiny_dataset: Path) -> Path:
    folder = tmp_path_factory.mktemp("store")
    build(tiny_dataset, folder)
    return folder


@pytest.fixture
def spoilt(tiny_dataset: Path, tmp_path: Path) -> Path:
    """A dataset with a date that is none, whose report has letters beyond ASCII."""
    folder = Path(shutil.copytree(tiny_dataset, tmp_path / "lindenau"))
    table = folder / "tables" / "events.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("1991-02,", "šiemet,"), encoding="utf-8")
    return folder


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8", "ascii:strict"])
@pytest.mark.parametrize("command", [("validate",), ("build", "--store", "s")])
def test_a_report_that_the_terminal_cannot_show_is_escaped_and_never_lost(
    spoilt: Path, tmp_path: Path, encoding: str, command: tuple[str, ...]
) -> None:
    name, *rest = command
    environment = {"PYTHONIOENCODING": encoding}
    done = run(name, "--dataset", spoilt, "--lang", "lt", *rest, environment=environment, cwd=tmp_path)
    told = (done.stdout + done.stderr).decode(encoding.split(":")[0])
    assert done.returncode == 1
    assert "events.csv" in told
    assert "šiemet" in told or "\\u0161iemet" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("environment", [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_programs_get_utf_8_whatever_the_terminal_is(spoilt: Path, environment: dict[str, str]) -> None:
    for form in ("json", "sarif"):
        done = run("validate", "--dataset", spoilt, "--format", form, environment=environment)
        assert done.returncode == 1
        assert "šiemet" in json.dumps(json.loads(done.stdout.decode("utf-8")), ensure_ascii=False)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["query", ALL, "--store", "{store}"], 0),
        (["validate", "--dataset", "{spoilt}"], 1),
        (["validate", "--dataset", "{spoilt}", "--format", "json"], 1),
        (["--help"], 0),
        (["nonsense"], 2),
    ],
)
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_that_goes_away_changes_neither_the_code_nor_says_anything(
    store: Path, spoilt: Path, arguments: list[str], code: int, stream: str
) -> None:
    given = [
        argument.replace("{store}", str(store)).replace("{spoilt}", str(spoilt)) for argument in arguments
    ]
    read, write = os.pipe()
    os.close(read)
    other = "stderr" if stream == "stdout" else "stdout"
    done = subprocess.run(
        [*COMMAND, *given], env=PLAIN, check=False, timeout=120, **{stream: write, other: subprocess.PIPE}
    )  # type: ignore[call-overload]
    os.close(write)
    assert done.returncode == code
    assert b"Traceback" not in (done.stdout or b"") + (done.stderr or b"")
    assert b"Exception ignored" not in (done.stderr or b"")


def test_a_full_disk_and_closed_streams_are_told_in_a_sentence_or_borne(store: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "query", ALL, "--store", str(store)], env=PLAIN, check=False, timeout=120,
            stdout=full, stderr=subprocess.PIPE,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, b"vilnius-lod: there is no space left on the disk\n")
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *COMMAND, "--help"], env=PLAIN, check=False, timeout=60
    )
    assert closed.returncode == 0


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "lt_LT.UTF-8"}, "lt"),
        ({"LANG": "lt"}, "lt"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "lt_LT"}, "lt"),
        ({"LANG": "lt_LT.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "lt_LT.UTF-8", "LC_ALL": "C.UTF-8", "LANGUAGE": "lt"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr:lt:en"}, "lt"),
        ({"LC_ALL": "de_AT@euro"}, "de"),
    ],
)
def test_the_reader_s_language_is_that_of_the_environment(environment: dict[str, str], language: str) -> None:
    assert messages.reader(environment) == language


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["serve", "--port", "x"], "serve: klaida: parametras --port: rasta: x; leidžiama: 0 … 65535"),
        (["serve", "--port", "70000"], "leidžiama: 0 … 65535"),
        (["query"], "trūksta privalomų parametrų: UŽKLAUSA"),
        (["query", "ASK {}", "--store"], "trūksta reikšmės"),
        (["validate", "--format", "pdf"], "rasta: 'pdf'; leidžiama: 'text'"),
        (["validate", "--dataset", "nowhere"], "rasta: nowhere; leidžiama: esamas aplankas"),
        (["query", "ASK {}", "--dataset", "."], "nežinomi parametrai: --dataset"),
        (["query", "ASK {}", "--store", "nowhere"], "nowhere: momentinės kopijos čia nėra"),
        (["query", "ASK { SERVICE <http://x.example/> {} }", "--store", "{store}"], "Į tokią užklausą"),
        (["extract", "nowhere.txt"], "nowhere.txt: tokio failo ar aplanko nėra"),
        (["extract", "{store}"], "yra aplankas, o ne failas"),
        (["load", "--engine", "x", "--update", "y", "--graphs", "z"], "rasta: x; leidžiama: http://"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["--lang", "--language", "environment"])
def test_wrong_use_is_told_in_the_reader_s_language(
    store: Path, tmp_path: Path, arguments: list[str], told: str, how: str
) -> None:
    given = [argument.replace("{store}", str(store)) for argument in arguments]
    environment = {"PYTHONUTF8": "1", **({"LC_ALL": "lt_LT.UTF-8"} if how == "environment" else {})}
    if how != "environment":
        given.insert(1, f"{how}=lt")
    done = run(*given, environment=environment, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr.decode()
    for english in ("usage", "error:", "argument ", "No such file", "invalid"):
        assert english not in done.stderr.decode()


def test_help_is_in_the_reader_s_language(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit):
            main([command, "--lang", "lt", "--help"])
        told = capsys.readouterr().out
        assert told.startswith("naudojimas: vilnius-lod")
        assert "show this" not in told
        assert "options" not in told


def test_an_option_stands_only_where_it_has_an_effect(capsys: pytest.CaptureFixture[str]) -> None:
    found = {}
    for command in COMMANDS:
        with pytest.raises(SystemExit):
            main([command, "--lang", "en", "--help"])
        found[command] = capsys.readouterr().out
    assert {c for c in COMMANDS if "--dataset" in found[c]} == {
        "build",
        "validate",
        "serve",
        "extract",
        "links",
    }
    assert {c for c in COMMANDS if "--store" in found[c]} == {"build", "serve", "query", "load"}
    assert {c for c in COMMANDS if "--engine" in found[c]} == {"serve", "load"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["build", "--dataset", "{tiny}"], 0),
        (["validate", "--dataset", "{tiny}"], 0),
        (["query", "ASK {}"], 0),
        (["extract", "{tiny}/source/2026-05-01/page.txt", "--dataset", "{tiny}"], 0),
        (["load", *(f"--{n}=http://127.0.0.1:9/" for n in ("engine", "update", "graphs"))], 2),
        (["catalogue", "--check", "http://127.0.0.1:9/"], 2),
        (["serve", "--site", "https://elsewhere.example/"], 2),
    ],
)
def test_every_command_bears_the_setting_of_the_store(
    store: Path, tiny_dataset: Path, tmp_path: Path, arguments: list[str], code: int
) -> None:
    given = [argument.replace("{tiny}", str(tiny_dataset)) for argument in arguments]
    done = run(*given, environment={"VILNIUS_LOD_STORE": str(store)}, cwd=tmp_path)
    assert done.returncode == code, done.stderr.decode()
    assert "VILNIUS_LOD_STORE" not in done.stderr.decode()
    assert not (tmp_path / "snapshots").exists()


def test_an_unknown_setting_is_told_with_the_nearest_one(store: Path) -> None:
    done = run("query", "ASK {}", "--store", store, environment={"VILNIUS_LOD_RESULT_ROW": "1"})
    told = "vilnius-lod: VILNIUS_LOD_RESULT_ROW: no such setting; allowed: VILNIUS_LOD_RESULT_ROWS\n"
    assert (done.returncode, done.stderr.decode()) == (2, told)


def test_query_answers_what_sparql_answers(store: Path) -> None:
    from vilnius_lod.settings import Settings
    from vilnius_lod.web.app import create_app

    client = create_app(store, Settings(result_rows=5000)).test_client()
    count = "PREFIX dcat: <http://www.w3.org/ns/dcat#> SELECT (COUNT(*) AS ?n) { ?s a dcat:Dataset }"
    for query, form, media_type in (
        (count, "csv", "text/csv"),
        ("SELECT (<x> AS ?relative) {}", "json", "application/sparql-results+json"),
        ("CONSTRUCT { ?s ?p ?o } { ?s a ?t ; ?p ?o }", "ntriples", "application/n-triples"),
        ("ASK {}", "xml", "application/sparql-results+xml"),
    ):
        here = run("query", query, "--format", form, "--store", store)
        there = client.post("/sparql", data={"query": query}, headers={"Accept": media_type}).data
        assert here.returncode == 0, here.stderr
        assert sorted(here.stdout.splitlines()) == sorted(there.splitlines())
    assert b"\n1" in run("query", count, "--format", "csv", "--store", store).stdout.replace(b"\r", b"")


def test_query_has_the_operator_s_limits(store: Path) -> None:
    done = run("query", ALL, "--store", store, environment={"VILNIUS_LOD_RESULT_ROWS": "3"})
    assert done.returncode == 2
    assert "Allowed: 3 rows" in done.stderr.decode()
    done = run("query", "ASK {}", "--store", store, "--format", "turtle")
    assert (done.returncode, done.stdout) == (2, b"")


def test_a_query_in_another_encoding_is_told(store: Path, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes("ASK { ?s ?p 'é' }".encode("cp1252"))
    done = run("query", tmp_path / "q.rq", "--store", store)
    assert done.returncode == 2
    assert done.stderr.decode().endswith("q.rq: not UTF-8 at byte 14\n")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<!DOCTYPE html><html></html>", "the file is an HTML page, not plain text"),
        (b"%PDF-1.4", "the file is a PDF"),
        (b"PK\x03\x04", "a text of an office program"),
        ("Verträge".encode("cp1252"), "looks like Windows-1252"),
        ("Verträge".encode("utf-16"), "looks like UTF-16"),
    ],
)
def test_a_page_that_is_no_text_is_told_in_one_sentence(
    tiny_dataset: Path, tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "page").write_bytes(content)
    done = run("extract", tmp_path / "page", "--dataset", tiny_dataset)
    assert done.returncode == 2
    assert told in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
