"""For harvesters and crawlers: the catalogue and VoID, the linkset, the sitemap, robots.txt, typed links."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from flask import Blueprint, Response, redirect, request
from markupsafe import Markup

from ...formats import DOCUMENT, HTML, RDF, VOCABULARY, Representation, by_extension
from ...rdf.terms import IRI, Triple
from ..http.context import reader, site
from ..http.problems import Problem
from ..http.responses import answer, chosen, page, stored
from ..http.urls import DATASET, candidates
from ..pages import schema_org
from ..pages.labels import describe, rows
from ..pages.thing import view
from . import signposting
from .signposting import TypedLink

blueprint = Blueprint("harvest", __name__)

CATALOGUE, LINKSET = "/catalog", "/linkset"
LANDING = ("/", "/data", f"/doc{DATASET}")
"""The pages about the whole dataset."""
_FILES = """PREFIX dcat: <http://www.w3.org/ns/dcat#>
SELECT ?address ?type WHERE {
    ?dataset dcat:distribution ?file . ?file dcat:downloadURL ?address ; dcat:mediaType ?type
} ORDER BY ?address"""
_DESCRIBED = """SELECT DISTINCT ?graph ?s ?p ?o WHERE {
    { SELECT DISTINCT ?graph ?s { GRAPH ?graph { ?s ?q ?x } } } ?s ?p ?o
}"""
_THINGS = "SELECT DISTINCT ?thing WHERE { ?thing skos:prefLabel ?label } ORDER BY ?thing"


@blueprint.get(CATALOGUE)
def catalogue() -> Response:
    """The catalogue in the format asked for; a harvester that asks for none gets RDF, a browser a page."""
    form = chosen(VOCABULARY)
    location = reader().urls.plain(f"{CATALOGUE}.{form.extension}")
    return _catalogue(form, negotiated=True, location=location)


@blueprint.get(f"{CATALOGUE}.<extension>")
def catalogue_fixed(extension: str) -> Response:
    """The catalogue in one format."""
    _, form = by_extension(f"catalog.{extension}", VOCABULARY)
    if form is None:
        raise Problem("not-found")
    return _catalogue(form, negotiated=False, location=None)


@blueprint.get("/.well-known/void")
def void() -> Response:
    """VoID: what a client that knows only the host begins with."""
    form = chosen(RDF)
    return stored(f"void.{form.extension}", form.media_type, negotiated=True)


@blueprint.get("/distribution/<slug>")
@blueprint.get("/service/<slug>")
@blueprint.get("/record/<slug>")
@blueprint.get("/contact")
@blueprint.get("/rights")
def catalogued(slug: str = "") -> Response:  # noqa: ARG001 - the address is the name
    """What the catalogue describes has an IRI under the base: see the document about it."""
    if not site().descriptions.exists(site().base + request.path[1:]):
        raise Problem("not-found")
    return redirect(reader().urls.to(f"/doc{request.path}"), 303)  # type: ignore[return-value]


@blueprint.get(LINKSET)
def linkset() -> Response:
    """All typed links of the landing page and the files, in one document."""
    place = _place()
    files = _files()
    links = signposting.landing(place, files)
    for address, _ in files:
        links += signposting.item(place, address)
    for form in RDF:
        links += signposting.metadata(place, f"{place.location}{CATALOGUE}.{form.extension}")
    return answer(signposting.linkset(links), signposting.MEDIA_TYPE)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The page of every thing, and the day when the data changed last."""
    here, base = site(), f"{site().base}id/"
    found = [row["thing"].value for row in rows(_THINGS)]
    slugs = [iri.removeprefix(base) for iri in found if iri.startswith(base)]
    pages = ["/", "/data", "/ontology", "/report", "/evidence", "/tables", "/problems", CATALOGUE]
    paths = [*pages, *(f"/doc/{slug}" for slug in slugs)]
    day = here.facts["modified"]
    lastmod = f"<lastmod>{escape(day)}</lastmod>" if day else ""
    entries = "".join(f"<url><loc>{escape(here.location + path)}</loc>{lastmod}</url>\n" for path in paths)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">\n{entries}</urlset>\n'
    return answer(document.encode(), "application/xml")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Robots may read everything but what is computed for them alone: answers to queries."""
    disallowed = reader().urls.plain("/sparql")
    text = f"User-agent: *\nDisallow: {disallowed}?\n\nSitemap: {site().location}/sitemap.xml\n"
    return answer(text.encode(), "text/plain")


@blueprint.after_app_request
def signpost(response: Response) -> Response:
    """Typed links from whatever was found."""
    if response.status_code == 200 and request.method in {"GET", "HEAD"}:
        present = response.headers.getlist("Link")
        for value in dict.fromkeys(link.header() for link in _links()):
            if value not in present:
                response.headers.add("Link", value)
    return response


@blueprint.app_template_global()
def structured_data(iri: str = "") -> Markup:
    """The JSON-LD of a page, in its script element: about the thing of the IRI, or else, on the pages about
    the whole dataset, about the dataset. Nothing on other pages.
    """
    here = site()
    dataset = here.base + DATASET[1:]
    if request.path in (*LANDING, CATALOGUE, f"{CATALOGUE}.html"):
        node = schema_org.dataset(_described(), dataset, here.base + CATALOGUE[1:])
    elif iri and (description := describe(iri)):
        node = schema_org.thing(schema_org.TripleIndex(description.stated), iri, dataset)
    else:
        return Markup()
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(schema_org.script(node)))  # noqa: S704 - escaped for this place


def _catalogue(form: Representation, *, negotiated: bool, location: str | None) -> Response:
    if form is not HTML:
        file = f"catalogue.{form.extension}"
        return stored(file, form.media_type, negotiated=negotiated, location=location)
    iri = site().base + CATALOGUE[1:]
    description = describe(iri)
    if description is None:
        raise Problem("not-found")
    alternates = [(other, reader().urls.plain(f"{CATALOGUE}.{other.extension}")) for other in RDF]
    return page(
        "thing.html",
        negotiated=negotiated,
        location=location,
        alternates=alternates,
        **view(iri, description),
    )


def _links() -> Sequence[TypedLink]:
    """The links of the address that is being answered, apart from those that its own answer gives."""
    place, path = _place(), request.path
    address = place.location + path
    if path in LANDING:
        return [link._replace(anchor=address) for link in signposting.landing(place, _files())]
    if path.startswith((CATALOGUE, "/.well-known/void")):
        return signposting.metadata(place, address)
    if path.startswith(("/data/", "/partners.geojson")):
        return signposting.item(place, address)
    if path.startswith("/doc/"):
        slug, _ = by_extension(path.removeprefix("/doc/"), DOCUMENT)
        for iri in candidates(slug, site().bases):
            if (description := describe(iri)) is not None:
                kind = schema_org.kind(schema_org.TripleIndex(description.stated), iri)
                return signposting.thing(place, address, iri, kind)
    return []


def _place() -> signposting.SiteAddress:
    here = site()
    dataset = here.base + DATASET[1:]
    return signposting.SiteAddress(here.location, dataset, here.facts["licence"], here.facts["publisher"])


def _files() -> list[tuple[str, str]]:
    """Address and media type of each file that the catalogue offers."""
    return [
        (row["address"].value, row["type"].value.removeprefix(schema_org.MEDIA_TYPES)) for row in rows(_FILES)
    ]


def _described() -> schema_org.TripleIndex:
    """All that is said of the things in the catalogue's graph."""
    graph = IRI(f"{site().base}graph/catalogue")
    found = rows(_DESCRIBED, graph=graph)
    triples = (Triple(IRI(row["s"].value), IRI(row["p"].value), row["o"]) for row in found)
    # The store keeps no order, and a page is the same bytes every time.
    return schema_org.TripleIndex(sorted(triples))
