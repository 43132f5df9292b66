"""The published data conform to the published shapes, whoever runs them: no code of ours is in between."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyrudof
import pyshacl
import pytest
import shacl
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, SH

from vilnius_lod.build import build
from vilnius_lod.catalogue import dcat
from vilnius_lod.catalogue import settings as catalogue_settings

COUNTRY = "http://publications.europa.eu/resource/authority/country/FJI"
PORTALS = f"""
[catalogue]
themes = ["http://publications.europa.eu/resource/authority/data-theme/GOVE"]
access_rights = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
[contact]
email = "office@example.org"
name = {{ de = "Amt", en = "Office" }}
[[spatial]]
iri = "{COUNTRY}"
bounds = [-20.7, 176.8, -12.4, -178.2]
[[spatial]]
iri = "http://publications.europa.eu/resource/authority/country/DEU"
country = "DE"
"""
Found = set[tuple[str, str, str]]


@pytest.fixture(scope="module")
def published(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graph]:
    """The files of a snapshot as they are served."""
    folder = tmp_path_factory.mktemp("published")
    data = shutil.copytree(tiny_dataset, folder / "data")
    settings = data / "dataset.toml"
    own = settings.read_text("utf-8").partition("\n[catalogue]")[0]
    settings.write_text(own + PORTALS, "utf-8")
    root = build(data, folder / "store").snapshot
    files = {"dump": "data/lindenau-lod.ttl", "catalogue": "catalogue.ttl", "shapes": "vocabulary/shapes.ttl"}
    return {name: Graph().parse(root / file) for name, file in files.items()}


def by_pyshacl(data: Graph, shapes: Graph) -> Found:
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert isinstance(report, Graph)
    return {
        (str(report.value(it, SH.focusNode)), str(report.value(it, SH.sourceShape)), name)
        for it in report.objects(None, SH.result)
        for name in [str(report.value(it, SH.resultSeverity)).removeprefix(str(SH))]
    }


def by_shacl(data: Graph, shapes: Graph) -> Found:
    engine = shacl.Shapes.from_turtle(shapes.serialize(format="turtle"))
    report = engine.validate_text(data.serialize(format="nt"), format="ntriples")
    return {
        (str(it.focus_node).strip("<>"), str(it.source_shape).strip("<>"), str(it.severity))
        for it in report.results
    }


def by_rudof(data: Graph, shapes: Graph) -> Found:
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(data.serialize(format="turtle"))
    rudof.read_shacl(shapes.serialize(format="turtle"))
    return {
        (
            str(it.focus_node).strip("<>"),
            str(it.source_shape).strip("<>"),
            str(it.severity).rpartition("#")[2],
        )
        for it in rudof.validate_shacl()
    }


ENGINES = [by_pyshacl, by_shacl, by_rudof]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("parts", [("dump",), ("catalogue",), ("dump", "catalogue")], ids=" and ".join)
def test_what_is_published_breaks_none_of_the_published_shapes(
    published: dict[str, Graph], engine: Callable[[Graph, Graph], Found], parts: tuple[str, ...]
) -> None:
    union = Graph()
    for part in parts:
        union += published[part]
    found = engine(union, published["shapes"])
    assert {entry for entry in found if entry[2] not in {"Warning", "Info"}} == set()


def test_the_shapes_of_the_catalogue_ask_nothing_of_the_dump(published: dict[str, Graph]) -> None:
    about = {shape.rpartition("#")[2] for _, shape, _ in by_pyshacl(published["dump"], published["shapes"])}
    own = {
        "CountryAsStatedShape",
        "PlaceLocatedShape",
        "PlaceLinkedShape",
        "CountryBoundsShape",
        "AgreementDatedShape",
        "GeometrySourceKnownShape",
    }
    assert about == own


def test_a_broken_dump_still_breaks_them(published: dict[str, Graph]) -> None:
    broken = published["dump"] + published["catalogue"]
    place = URIRef("https://lod.example.org/lindenau/id/place/lindenau")
    broken.remove((place, URIRef("http://purl.org/dc/terms/type"), None))
    found = by_shacl(broken, published["shapes"])
    assert (str(place), "https://w3id.org/vilnius-lod/shapes#PlaceTypeShape", "Violation") in found


def bounds(*sides: float) -> catalogue_settings.Bounds:
    south, west, north, east = (Decimal(str(side)) for side in sides)
    return south, west, north, east


@pytest.mark.parametrize(("box", "shape", "centre"), [
    ((54.5, 25, 54.9, 25.5), "POLYGON((25 54.5, 25.5 54.5, 25.5 54.9, 25 54.9, 25 54.5))", (54.7, 25.25)),
    ((-20, 177, -12, -178), "MULTIPOLYGON(((177 -20, 180 -20, 180 -12, 177 -12, 177 -20)), "
     "((-180 -20, -178 -20, -178 -12, -180 -12, -180 -20)))", (-16, 179.5)),
    ((-20, 170, -12, -160), "MULTIPOLYGON(((170 -20, 180 -20, 180 -12, 170 -12, 170 -20)), "
     "((-180 -20, -160 -20, -160 -12, -180 -12, -180 -20)))", (-16, -175)),
    # the meridian itself belongs to either side
    ((0, 170, 10, -180), "POLYGON((170 0, 180 0, 180 10, 170 10, 170 0))", (5, 175)),
    ((0, 180, 10, -170), "POLYGON((-180 0, -170 0, -170 10, -180 10, -180 0))", (5, -175)),
    ((0, 180, 10, -180), "POLYGON((180 0, 180 0, 180 10, 180 10, 180 0))", (5, 180)),
    # poles and the whole earth
    ((66, -180, 90, 180), "POLYGON((-180 66, 180 66, 180 90, -180 90, -180 66))", (78, 0)),
    ((-90, -180, 90, 180), "POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90))", (0, 0)),
])  # fmt: skip
def test_an_extent_across_the_meridian_of_180_degrees_is_where_it_is(
    box: tuple[float, ...], shape: str, centre: tuple[float, float]
) -> None:
    """RFC 7946, sections 3.1.9 and 5.2: cut in two; west is then greater than east."""
    assert dcat._polygon(bounds(*box)).value == shape
    assert tuple(map(float, catalogue_settings._centre(bounds(*box)))) == centre


def test_such_an_extent_is_in_the_catalogue(published: dict[str, Graph]) -> None:
    extent = URIRef(COUNTRY)
    assert str(published["catalogue"].value(extent, DCAT.bbox)).startswith(
        "MULTIPOLYGON(((176.8 -20.7, 180 -20.7"
    )
    assert str(published["catalogue"].value(extent, DCAT.centroid)) == "POINT(179.3 -16.55)"
