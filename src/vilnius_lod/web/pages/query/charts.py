"""The rows of a query as places on a map and as bars, if their columns allow it. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ....i18n.language import Text
from ..drawings.maps import Map, Ring, Spot, middle, small_map

SolutionCell = Mapping[str, str]
"""As SPARQL 1.1 Query Results JSON has it: ``type``, ``value``, ``datatype``, ``xml:lang``."""
SolutionRow = Mapping[str, SolutionCell]
NameOf = Callable[[str], Text]
"""The name of a thing, by its IRI."""

PLACES = 300
"""Places on a map; the table has them all."""
BARS = 60
LONGEST = 60
"""Characters of the label of a bar: longer texts are not used as labels."""
_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMERIC = {
    f"{_XSD}{name}"
    for name in (
        "integer", "decimal", "double", "float", "long", "int", "short", "byte",
        "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
        "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
    )
}  # fmt: skip
_WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
_DEGREES = r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
_POINT = re.compile(
    rf"\s*(?:<([^>]*)>)?\s*POINT\s*Z?\s*\(\s*{_DEGREES}\s+{_DEGREES}(?:\s+{_DEGREES})?\s*\)\s*", re.IGNORECASE
)
_LONG_FIRST = {"", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
_LAT_FIRST = {"http://www.opengis.net/def/crs/EPSG/0/4326"}
_LAT, _LONG = ("lat", "latitude"), ("long", "lon", "lng", "longitude")


class Bar(NamedTuple):
    """A row: its label, its number as given, its extent in percent."""

    label: Text
    value: str
    x: float
    width: float


class Bars(NamedTuple):
    """``measure`` is the name of the column of numbers, ``label`` that of the labels."""

    label: str
    measure: str
    bars: Sequence[Bar]


def places(variables: Sequence[str], rows: Iterable[SolutionRow], name: NameOf) -> list[Spot]:
    """The points that rows hold, as WKT or as a latitude beside a longitude, each once, with a label.

    A spot's key is the first IRI of its row.
    """
    lat, long = _column(variables, _LAT), _column(variables, _LONG)
    spots: dict[tuple[str, float, float], Spot] = {}
    for row in rows:
        cells = [(variable, row[variable]) for variable in variables if variable in row]
        point = next((point for _, cell in cells if (point := _wkt(cell))), None)
        if point is None and lat in row and long in row:
            point = _degrees(row[lat]["value"], row[long]["value"])
        if point is None:
            continue
        key = next((cell["value"] for _, cell in cells if cell["type"] == "uri"), "")
        words = (cell["value"] for variable, cell in cells if _is_text(cell) and variable not in {lat, long})
        label = next(words, "") or (name(key).value if key else "")
        # A row for each language of a name is still one place.
        spots.setdefault((key, *point), Spot(key, label, *point))
    return list(spots.values())


def map_of(spots: Sequence[Spot], land: Iterable[Ring]) -> Map | None:
    """Spots about their middle; None if there are none."""
    if not spots:
        return None
    return small_map(Spot("", "", *middle(spots)), spots, land)


def bars(variables: Sequence[str], rows: Sequence[SolutionRow], name: NameOf) -> Bars | None:
    """The rows as bars, if exactly one column holds measurements, and another identifies the rows.

    A column of whole numbers from 1000 to 2999 holds years: they identify rows and are not measurements.
    """
    if not 2 <= len(rows) <= BARS:
        return None
    numbers = {variable: _numbers(variable, rows) for variable in variables}
    measures = [
        variable
        for variable, values in numbers.items()
        if values and not _are_years(values) and variable.lower() not in {*_LAT, *_LONG}
    ]
    complete = (variable for variable in variables if all(variable in row for row in rows))
    labels = [variable for variable in complete if variable not in measures]
    if len(measures) != 1 or not labels:
        return None
    # Of a thing and its name, the name is shown.
    texts_first = sorted(labels, key=lambda variable: all(row[variable]["type"] == "uri" for row in rows))
    label, measure = texts_first[0], measures[0]
    texts = [_text(row[label], name) for row in rows]
    if len(set(texts)) < len(texts) or any(len(text.value) > LONGEST for text in texts):
        return None
    values = numbers[measure]
    least, most = min(0.0, *values), max(0.0, *values)
    unit = 100 / ((most - least) or 1)
    drawn = []
    for text, row, value in zip(texts, rows, values, strict=True):
        x, width = (min(value, 0.0) - least) * unit, abs(value) * unit
        drawn.append(Bar(text, row[measure]["value"], round(x, 2), round(width, 2)))
    return Bars(label, measure, drawn)


def _text(cell: SolutionCell, name: NameOf) -> Text:
    return name(cell["value"]) if cell["type"] == "uri" else Text(cell["value"], cell.get("xml:lang", ""))


def _numbers(variable: str, rows: Sequence[SolutionRow]) -> list[float]:
    """The column's numbers; empty if not every row has one."""
    cells = [row[variable] for row in rows if variable in row]
    if len(cells) < len(rows) or any(cell.get("datatype") not in _NUMERIC for cell in cells):
        return []
    try:
        values = [float(cell["value"]) for cell in cells]
    except ValueError:
        return []
    return values if all(math.isfinite(value) for value in values) else []


def _are_years(values: Iterable[float]) -> bool:
    return all(value.is_integer() and 1000 <= value < 3000 for value in values)


def _is_text(cell: SolutionCell) -> bool:
    return cell["type"] == "literal" and cell.get("datatype", f"{_XSD}string") == f"{_XSD}string"


def _column(variables: Iterable[str], names: Sequence[str]) -> str:
    return next((variable for variable in variables if variable.lower() in names), "")


def _wkt(cell: SolutionCell) -> tuple[float, float] | None:
    """Latitude and longitude of a point in a known reference system."""
    match = _POINT.fullmatch(cell["value"]) if cell.get("datatype") == _WKT else None
    if match is None:
        return None
    system = match[1] or ""
    if system in _LONG_FIRST:
        return _degrees(match[3], match[2])
    return _degrees(match[2], match[3]) if system in _LAT_FIRST else None


def _degrees(lat: str, long: str) -> tuple[float, float] | None:
    try:
        point = float(lat), float(long)
    except ValueError:
        return None
    return point if abs(point[0]) <= 90 and abs(point[1]) <= 180 else None
