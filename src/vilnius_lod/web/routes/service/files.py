"""Files served unchanged: the snapshot's dumps and tables, and the assets of pages."""

from __future__ import annotations

import re

from flask import Blueprint, Response

from ....formats import ASSETS, CSV, CSV_METADATA, GEOJSON, by_extension
from ...http.context import reader, site
from ...http.problems import Problem
from ...http.responses import IMMUTABLE, PUBLIC, answer, page, stored
from ...pages.assets import STATIC, is_built, static_path

blueprint = Blueprint("files", __name__)

TABLE = f"{CSV.media_type}; charset=utf-8; header=present"
PARTNERS = "/partners.geojson"
_ASSET = re.compile(r"((?:built/)?[a-z0-9-]+)(?:\.[0-9a-f]{12})?(\.[a-z0-9]+)")


@blueprint.get("/data")
def data() -> Response:
    """The page that lists each file with its size and checksum."""
    files = {f"/{path}": file for path, file in site().snapshot.files.items() if path.startswith("data/")}
    files[PARTNERS] = site().snapshot.files[PARTNERS[1:]]
    tables = [entry for entry in files.items() if "csv" in entry[0] or entry[0] == PARTNERS]
    return page("data.html", dumps=[entry for entry in files.items() if entry not in tables], tables=tables)


@blueprint.get("/data/<name>")
def file(name: str) -> Response:
    """A file of the dataset."""
    snapshot, path = site().snapshot, f"data/{name}"
    listed = snapshot.files.get(path)
    if listed is None:
        raise Problem("not-found")
    links = [f'<{site().facts.licence}>; rel="license"']
    media_type = listed.media_type
    if media_type == CSV.media_type:
        media_type = TABLE
        metadata = f"{path}-metadata.json"
        if metadata in snapshot.files:
            address = reader().urls.plain(f"/{metadata}")
            links.append(f'<{address}>; rel="describedby"; type="{CSV_METADATA.media_type}"')
    return stored(path, media_type, links=links)


@blueprint.get(PARTNERS)
def geojson() -> Response:
    """The partners as points."""
    return stored(PARTNERS[1:], GEOJSON.media_type)


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """An asset: immutable under the address with its current digest, cached for a short time under others."""
    match, (_, form) = _ASSET.fullmatch(name), by_extension(name, ASSETS)
    if match is None or form is None or not is_built(original := match[1] + match[2]):
        raise Problem("not-found")
    current = static_path(original) == f"/assets/{name}"
    return answer((STATIC / original).read_bytes(), form.media_type, cache=IMMUTABLE if current else PUBLIC)
