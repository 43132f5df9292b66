"""Files of the snapshot, as they are: dumps and tables."""

from __future__ import annotations

from flask import Blueprint, Response

from ..http.answers import answer, page
from ..http.problems import Problem
from ..http.site import reader, site

blueprint = Blueprint("files", __name__)

TABLE = "text/csv; charset=utf-8; header=present"


@blueprint.get("/data")
def data() -> Response:
    """The page that lists every file with its size and checksum."""
    found = [
        (path.removeprefix("data/"), file)
        for path, file in site().snapshot.files.items()
        if path.startswith("data/")
    ]
    tables = [entry for entry in found if ".csv" in entry[0]]
    return page("data.html", dumps=[entry for entry in found if entry not in tables], tables=tables)


@blueprint.get("/data/<name>")
def file(name: str) -> Response:
    """A file of the dataset."""
    snapshot, path = site().snapshot, f"data/{name}"
    listed = snapshot.files.get(path)
    if listed is None:
        raise Problem("not-found")
    links = [f'<{site().facts["licence"]}>; rel="license"']
    media_type = listed.media_type
    if media_type == "text/csv":
        media_type = TABLE
        metadata = f"{path}-metadata.json"
        if metadata in snapshot.files:
            address = reader().urls.plain(f"/{metadata}")
            links.append(f'<{address}>; rel="describedby"; type="application/csvm+json"')
    return answer(snapshot.read(path), media_type, links=links, etag=listed.sha256)


@blueprint.get("/partners.geojson")
def geojson() -> Response:
    """The partners as points."""
    return answer(site().snapshot.read("partners.geojson"), "application/geo+json")
