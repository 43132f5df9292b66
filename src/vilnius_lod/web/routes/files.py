"""Files as they are: the snapshot's dumps and tables, and what pages are dressed in."""

from __future__ import annotations

import re

from flask import Blueprint, Response

from ..http.context import reader, site
from ..http.problems import Problem
from ..http.responses import IMMUTABLE, PUBLIC, answer, page, stored
from ..pages.assets import STATIC, is_built, static_path

blueprint = Blueprint("files", __name__)

TABLE = "text/csv; charset=utf-8; header=present"
GEOJSON = "/partners.geojson"
ASSETS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_ASSET = re.compile(r"((?:built/)?[a-z0-9-]+)(?:\.([0-9a-f]{12}))?(\.[a-z0-9]+)")


@blueprint.get("/data")
def data() -> Response:
    """The page that lists every file with its size and checksum."""
    found = {f"/{path}": file for path, file in site().snapshot.files.items() if path.startswith("data/")}
    found[GEOJSON] = site().snapshot.files[GEOJSON[1:]]
    tables = [entry for entry in found.items() if "csv" in entry[0] or entry[0] == GEOJSON]
    return page("data.html", dumps=[entry for entry in found.items() if entry not in tables], tables=tables)


@blueprint.get("/data/<name>")
def file(name: str) -> Response:
    """A file of the dataset."""
    snapshot, path = site().snapshot, f"data/{name}"
    listed = snapshot.files.get(path)
    if listed is None:
        raise Problem("not-found")
    links = [f'<{site().facts.licence}>; rel="license"']
    media_type = listed.media_type
    if media_type == "text/csv":
        media_type = TABLE
        metadata = f"{path}-metadata.json"
        if metadata in snapshot.files:
            address = reader().urls.plain(f"/{metadata}")
            links.append(f'<{address}>; rel="describedby"; type="application/csvm+json"')
    return stored(path, media_type, links=links)


@blueprint.get(GEOJSON)
def geojson() -> Response:
    """The partners as points."""
    return stored(GEOJSON[1:], "application/geo+json")


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """An asset under its address with the digest; under another it is kept for a while only."""
    found = _ASSET.fullmatch(name)
    if found is None or found[3] not in ASSETS or not is_built(original := found[1] + found[3]):
        raise Problem("not-found")
    current = static_path(original) == f"/assets/{name}"
    return answer((STATIC / original).read_bytes(), ASSETS[found[3]], cache=IMMUTABLE if current else PUBLIC)
