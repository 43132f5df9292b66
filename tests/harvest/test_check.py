"""The verdict on a deployed catalogue: profiles, addresses, sizes, checksums, all points for every file."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.namespace import DCAT, DCTERMS

from vilnius_lod.cli import main
from vilnius_lod.snapshot import Snapshot
from vilnius_lod.tools.catalogue_audit import audit, client, mqa

from ..conftest import NOT_OURS, ROOT

PROFILES = ROOT.parent / "shared" / "profiles"


@pytest.fixture(scope="module")
def verdict(get: Callable[[str], bytes], site: str) -> list[audit.Check]:
    return client.check(f"{site}catalog")


def named(verdict: list[audit.Check], ending: str) -> dict[str, str]:
    found = {check.name: check.result for check in verdict if check.name.endswith(ending)}
    return {name.split(" ")[1]: what for name, what in found.items()}


def test_everything_is_as_it_should_be(verdict: list[audit.Check], site: str) -> None:
    assert [check for check in verdict if not check.good] == []
    names = {check.name for check in verdict}
    assert {"datasets", "shapes/catalogue.ttl", f"{site}sparql", f"{site}data/partners.csv", site} <= names
    assert len(named(verdict, "checksum")) == len(named(verdict, "size")) == 9


def test_every_file_gets_all_405_points_and_services_what_they_can(
    verdict: list[audit.Check],
) -> None:
    assert mqa.MAX_POINTS == 405
    points = {name: int(found.split(" ")[0]) for name, found in named(verdict, "points").items()}
    assert points.pop("sparql") == points.pop("api") == 350
    assert set(points.values()) == {405}
    assert len(points) == 9


def test_against_the_official_shapes(get: Callable[[str], bytes], site: str) -> None:
    if not PROFILES.is_dir():
        pytest.skip(f"{NOT_OURS} ../shared/profiles")
    answer, content = client.fetch(f"{site}catalog")
    graph = audit.parse(content, answer.media_type)
    shapes = audit.profile(PROFILES)
    found = {check.name: check for check in audit.checks(graph, {}, shapes)}
    for name in (
        "dcat-ap-3.0.1/shapes.ttl",
        "dcat-ap-3.0.1/shapes_recommended.ttl",
        "dcat-ap-3.0.1/ranges.ttl",
        "dcat-ap-3.0.1/deprecateduris.ttl",
    ):
        assert (found[name].good, found[name].result) == (True, "violations 0, warnings 0")
    # Where the profiles contradict one another.
    lithuanian = found["dcat-ap-lt-2.1/shapes.ttl"]
    assert (lithuanian.good, lithuanian.result) == (True, "violations 9, warnings 0 (9 contradicted)")
    vocabularies = found["dcat-ap-3.0.1/mdr-vocabularies.shape.ttl"]
    assert (vocabularies.good, vocabularies.result) == (True, "violations 9, warnings 4 (9 contradicted)")


def test_the_command_prints_a_table(
    get: Callable[[str], bytes], site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["catalogue", "--check", f"{site}catalog"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok   ") for line in lines)
    assert any(re.search(r"distribution ttl points +405 of 405", line) for line in lines)


def test_the_command_holds_the_catalogue_against_a_folder_of_profiles(
    elsewhere: tuple[str, dict[str, bytes]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, _ = elsewhere
    shape = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
    [] a sh:NodeShape ; sh:targetClass dcat:Catalog ; sh:property [ sh:path dcat:NAME ; sh:minCount 1 ] ."""
    command = ["catalogue", "--check", f"{address}catalog", "--profiles", str(tmp_path)]
    (tmp_path / "own.ttl").write_text(shape.replace("NAME", "dataset"))
    assert main(command) == 0
    assert re.search(r"^ok   own.ttl +violations 0, warnings 0$", capsys.readouterr().out, re.MULTILINE)
    (tmp_path / "own.ttl").write_text(shape.replace("NAME", "nothing"))
    assert main(command) == 1
    assert re.search(r"^NOT  own.ttl +violations 1, warnings 0$", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize("path", ["nowhere", "data/partners.csv"])
def test_what_is_no_catalogue_is_wrong_use(
    get: Callable[[str], bytes], site: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["catalogue", "--check", site + path]) == 2
    assert ("404" if path == "nowhere" else "text/csv") in capsys.readouterr().err


@pytest.fixture
def elsewhere(snapshot: Snapshot, site: str) -> Iterator[tuple[str, dict[str, bytes]]]:
    """A careless server: the catalogue's files by path, to be changed; whatever is missing is 404."""
    files = {f"/{name}": snapshot.read(name) for name in snapshot.files if name.startswith(("data/", "part"))}
    types = {f"/{name}": listed.media_type for name, listed in snapshot.files.items()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = files.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", types.get(self.path, "text/turtle"))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        files["/catalog"] = snapshot.read("catalogue.ttl").replace(site.encode(), address.encode())
        for path in ("/", "/sparql", "/openapi.json", "/ontology", "/report"):
            files[path] = b"here"
        yield address, files
        server.shutdown()


def test_what_is_wrong_is_named(elsewhere: tuple[str, dict[str, bytes]]) -> None:
    address, files = elsewhere
    assert [check for check in client.check(f"{address}catalog") if not check.good] == []
    files["/data/partners.csv"] += b"\r\n"
    del files["/data/lindenau-lod.rdf"]
    found = {check.name: check for check in client.check(f"{address}catalog") if not check.good}
    assert set(found) == {
        "distribution partners size",
        "distribution partners checksum",
        f"{address}data/lindenau-lod.rdf",
        "distribution rdf size",
        "distribution rdf checksum",
        "distribution rdf media type",
        "distribution rdf points",
    }
    assert found[f"{address}data/lindenau-lod.rdf"].result == "404"
    assert found["distribution rdf points"].result.startswith("325 of 405")
    assert "accessURL answers, downloadURL answers" in found["distribution rdf points"].result


def test_what_a_catalogue_leaves_out_costs_points_and_breaks_a_shape(
    elsewhere: tuple[str, dict[str, bytes]],
) -> None:
    address, files = elsewhere
    graph = Graph().parse(data=files["/catalog"], format="turtle")
    dataset = next(graph.subjects(DCAT.distribution))
    graph.remove((dataset, DCTERMS.description, None))
    graph.remove((dataset, DCAT.keyword, None))
    files["/catalog"] = graph.serialize(format="turtle", encoding="utf-8")
    found = {check.name: check for check in client.check(f"{address}catalog")}
    assert not found["shapes/catalogue.ttl"].good
    # 30 for keywords, 30 for the profile.
    assert found["distribution ttl points"].result.startswith("345 of 405")


def test_only_the_web_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("")
    assert client.fetch(secret.as_uri()) == (audit.FetchResult(0), b"")
