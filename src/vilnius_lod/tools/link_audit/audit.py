"""Compares links with gazetteers: names, countries and coordinates. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from ...geodesy import kilometres
from ...records.model import LanguageMap, Link, Place, Records
from .gazetteers import Feature, Gazetteer, Lookup, plain

TOLERANCE_KM = {"settlement": 5, "city": 10, "historic-centre": 5, "district": 15, "region": 30, "state": 200}
"""How far two points of the same place may lie apart, by its kind; places of any other kind as cities."""
CITIES = ("city", "settlement")


@dataclass(frozen=True, slots=True)
class LinkFinding:
    """A difference: ``what`` is identifier, label, country or coordinates, ``theirs`` the source’s value."""

    thing: str
    name: str
    source: str
    what: str
    ours: str
    theirs: str


class MissingFeature(NamedTuple):
    """A thing whose link or coordinates the source does not have."""

    thing: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class LinkAuditResult:
    """``fitting`` is the number of links and coordinates that agree with a source."""

    findings: tuple[LinkFinding, ...]
    missing: tuple[MissingFeature, ...]
    fitting: int


class _LinkableThing(NamedTuple):
    """A thing that can be linked, as a gazetteer might hold it."""

    key: str
    name: str
    names: frozenset[str]
    kind: str
    country: str
    region: frozenset[str]
    point: tuple[float, float] | None

    @property
    def tolerance(self) -> int:
        return TOLERANCE_KM.get(self.kind, TOLERANCE_KM["city"])

    @property
    def feature_kind(self) -> str:
        """The kind of feature that it would be in a gazetteer."""
        return "city" if self.kind in CITIES else "country" if self.kind == "country" else "region"


def wanted(records: Records) -> Lookup:
    """What to look up in the gazetteers."""
    things = _things(records).values()
    return Lookup(
        frozenset(link.object for link in records.links),
        frozenset(name for thing in things for name in thing.names),
        frozenset(thing.country for thing in things),
    )


def check(records: Records, sources: Sequence[Gazetteer]) -> LinkAuditResult:
    """Every link of a place, country or organization, and the coordinates of every place, against each source
    that could know it.
    """
    things = _things(records)
    links = [link for link in records.links if link.subject in things]
    known = _known_names(things, links, sources)
    verdicts: list[list[LinkFinding] | MissingFeature] = []
    for source in sources:
        if source.namespace:
            judged = [link for link in links if link.object.startswith(source.namespace)]
            verdicts += [_identity(things[link.subject], link, source) for link in judged]
        if source.locates:
            placed = [thing for thing in things.values() if thing.point]
            verdicts += [_position(thing, known[thing.key], source) for thing in placed]
    return LinkAuditResult(
        tuple(finding for verdict in verdicts if isinstance(verdict, list) for finding in verdict),
        tuple(verdict for verdict in verdicts if isinstance(verdict, MissingFeature)),
        verdicts.count([]),
    )


def as_text(result: LinkAuditResult, translate: Callable[[str], str] = str) -> str:
    """The result for people: what does not fit, what each source lacks by name, and the tolerance."""
    lines = []
    for finding in result.findings:
        template = translate("{thing} ({name}): {what} does not fit: ours {ours}, theirs {theirs}; {source}")
        values = {"thing": finding.thing, "name": finding.name, "source": finding.source}
        values |= {"what": translate(finding.what), "ours": finding.ours, "theirs": finding.theirs}
        lines.append(template.format(**values))
    for source, group in groupby(result.missing, key=lambda entry: entry.source):
        names = ", ".join(entry.name for entry in group)
        lines.append(translate("Not in {source}: {names}").format(source=source, names=names))
    tolerance = ", ".join(f"{kind} {distance} km" for kind, distance in TOLERANCE_KM.items())
    lines.append(translate("Tolerance of coordinates: {tolerance}").format(tolerance=tolerance))
    summary = "{fitting} fit, {findings} do not, {missing} cannot be checked."
    numbers = {"findings": len(result.findings), "missing": len(result.missing)}
    lines.append(translate(summary).format(fitting=result.fitting, **numbers))
    return "\n".join(lines) + "\n"


def _identity(thing: _LinkableThing, link: Link, source: Gazetteer) -> list[LinkFinding] | MissingFeature:
    """How a linked feature differs from the thing. Some gazetteers have several features with one identifier:
    the one that fits best counts.
    """
    features = [feature for feature in source.features if feature.identifier == link.object]
    if features:
        return min((_differences(thing, feature, source) for feature in features), key=len)
    others = {feature.identifier for feature in source.features if _is_like(feature, thing)}
    if others:
        theirs = ", ".join(sorted(others))
        return [LinkFinding(thing.key, thing.name, source.name, "identifier", link.object, theirs)]
    return MissingFeature(thing.key, thing.name, source.name)


def _differences(thing: _LinkableThing, feature: Feature, source: Gazetteer) -> list[LinkFinding]:
    """How a feature with the thing's identifier differs from it."""
    differences = []
    if not thing.names & feature.names:
        differences.append(("label", thing.name, ", ".join(sorted(feature.names)[:3])))
    if feature.country != thing.country:
        differences.append(("country", thing.country, feature.country))
    if (distance := _distance(thing, feature)) is not None and distance > thing.tolerance:
        differences.append(
            ("coordinates", _degrees(thing.point), f"{_degrees(feature.point)} ({distance:.0f} km)")
        )
    return [LinkFinding(thing.key, thing.name, source.name, *difference) for difference in differences]


def _is_like(feature: Feature, thing: _LinkableThing) -> bool:
    """Whether a feature with another identifier could be the thing: name, kind, country and place agree."""
    distance = _distance(thing, feature)
    return (
        feature.identifier != ""
        and feature.kind == thing.feature_kind
        and feature.country == thing.country
        and bool(thing.names & feature.names)
        and (distance is None or distance <= thing.tolerance)
    )


def _position(
    thing: _LinkableThing, names: frozenset[str], source: Gazetteer
) -> list[LinkFinding] | MissingFeature:
    """Whether the coordinates are those of a city so named; of several in its region, one will do."""
    features = [
        feature
        for feature in source.features
        if feature.kind == thing.feature_kind and feature.country == thing.country and names & feature.names
    ]
    features = [feature for feature in features if feature.region in thing.region] or features
    if not features:
        return MissingFeature(thing.key, thing.name, source.name)
    differences = (_differences(thing._replace(names=names), feature, source) for feature in features)
    return min(differences, key=len)


def _known_names(
    things: Mapping[str, _LinkableThing], links: Iterable[Link], sources: Iterable[Gazetteer]
) -> dict[str, frozenset[str]]:
    """The names of each thing: ours, and those of the features that it is linked to."""
    features: dict[str, frozenset[str]] = {}
    for feature in (feature for source in sources for feature in source.features):
        features[feature.identifier] = features.get(feature.identifier, frozenset()) | feature.names
    names = {key: thing.names for key, thing in things.items()}
    for link in links:
        names[link.subject] |= features.get(link.object, frozenset())
    return names


def _things(records: Records) -> dict[str, _LinkableThing]:
    """Countries, places and organizations by the subjects of link tables."""
    places = {place.slug: place for place in records.places}
    further: dict[str, list[str]] = {}
    for name in records.names:
        further.setdefault(name.thing, []).append(name.name)

    def thing(
        key: str, name: LanguageMap, kind: str, country: str, place: Place | None = None
    ) -> _LinkableThing:
        names = frozenset(map(plain, [*name.values(), *further.get(key, ())]))
        within = places[place.within].name.values() if place and place.within else ()
        point = None
        if place is not None and place.lat is not None and place.long is not None:
            point = (float(place.lat), float(place.long))
        label = name[records.dataset.languages[0]]
        return _LinkableThing(key, label, names, kind, country, frozenset(map(plain, within)), point)

    linkable = [thing(f"country/{row.slug}", row.name, "country", row.code) for row in records.countries]
    linkable += [thing(f"place/{row.slug}", row.name, row.kind, row.country, row) for row in records.places]
    for row in records.organizations:
        country = places[row.seat].country
        linkable.append(thing(f"organization/{row.slug}", row.name, row.kind, country))
    return {entry.key: entry for entry in linkable}


def _distance(thing: _LinkableThing, feature: Feature) -> float | None:
    return kilometres(*thing.point, *feature.point) if thing.point and feature.point else None


def _degrees(point: tuple[float, float] | None) -> str:
    return "" if point is None else f"{point[0]:.4f} {point[1]:.4f}"
