"""For harvesters and crawlers: catalogue, VoID, linkset, sitemap, robots.txt, links and JSON-LD of pages."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request
from markupsafe import Markup

from ...formats import DOCUMENT, HTML, RDF, TEXT, VOCABULARY, XML, by_extension
from ..http.context import reader, site
from ..http.problems import Problem
from ..http.responses import answer, chosen, requested, see_other, stored
from ..http.urls import DATASET, candidates
from ..pages import schema_org
from ..pages.labels import describe, rows, triples
from ..pages.thing import view
from . import signposting
from .signposting import TypedLink

blueprint = Blueprint("harvest", __name__)

CATALOGUE, LINKSET = "/catalog", "/linkset"
LANDING = ("/", "/data", f"/doc{DATASET}")
"""The pages about the whole dataset."""
_FILES = """SELECT ?address ?type WHERE {
    ?dataset dcat:distribution ?file . ?file dcat:downloadURL ?address ; dcat:mediaType ?type
} ORDER BY ?address"""
_DESCRIBED = """SELECT DISTINCT ?graph ?s ?p ?o WHERE {
    { SELECT DISTINCT ?graph ?s { GRAPH ?graph { ?s ?q ?x } } } ?s ?p ?o
}"""
_THINGS = "SELECT DISTINCT ?thing WHERE { ?thing skos:prefLabel ?label } ORDER BY ?thing"


@blueprint.get(CATALOGUE)
@blueprint.get(f"{CATALOGUE}.<extension>")
def catalogue(extension: str = "") -> Response:
    """The catalogue, negotiated or in the format that the address names. A harvester that accepts anything
    gets RDF, a browser a page.
    """
    wanted = requested(CATALOGUE, VOCABULARY, extension)
    if wanted.form is not HTML:
        return wanted.stored(f"catalogue.{wanted.form.extension}")
    iri = site().base + CATALOGUE[1:]
    description = describe(iri)
    if description is None:
        raise Problem("not-found")
    return wanted.page("thing.html", **view(iri, description))


@blueprint.get("/.well-known/void")
def void() -> Response:
    """VoID, at the address where a client that knows only the host begins."""
    form = chosen(RDF)
    return stored(f"void.{form.extension}", form.media_type, negotiated=True)


@blueprint.get("/distribution/<slug>")
@blueprint.get("/service/<slug>")
@blueprint.get("/record/<slug>")
@blueprint.get("/contact")
@blueprint.get("/rights")
def catalogued(slug: str = "") -> Response:  # noqa: ARG001 - the address is the name
    """303 from the IRI of a thing that only the catalogue describes to the document about it."""
    if not site().descriptions.exists(site().base + request.path[1:]):
        raise Problem("not-found")
    return see_other(reader().urls.to(f"/doc{request.path}"))


@blueprint.get(LINKSET)
def linkset() -> Response:
    """The typed links of the landing page and the files, in one document."""
    here, files = site(), _files()
    links = signposting.landing(here, files)
    for address, _ in files:
        links += signposting.item(here, address)
    for form in RDF:
        links += signposting.metadata(here, f"{here.location}{CATALOGUE}.{form.extension}")
    return answer(signposting.linkset(links), signposting.MEDIA_TYPE)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The page of every thing, with the day when the data last changed."""
    base, location = f"{site().base}id/", site().location
    things = [row["thing"].value for row in rows(_THINGS)]
    slugs = [iri.removeprefix(base) for iri in things if iri.startswith(base)]
    pages = ["/", "/data", "/ontology", "/report", "/evidence", "/tables", "/problems", CATALOGUE]
    paths = [*pages, *(f"/doc/{slug}" for slug in slugs)]
    day = site().facts.modified
    lastmod = f"<lastmod>{escape(day)}</lastmod>" if day else ""
    entries = "".join(f"<url><loc>{escape(location + path)}</loc>{lastmod}</url>\n" for path in paths)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{namespace}">\n{entries}</urlset>\n'
    return answer(document.encode(), XML.media_type)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Robots may read everything except answers to queries, which would be computed for them alone."""
    disallowed = reader().urls.plain("/sparql")
    text = f"User-agent: *\nDisallow: {disallowed}?\n\nSitemap: {site().location}/sitemap.xml\n"
    return answer(text.encode(), TEXT.media_type)


@blueprint.after_app_request
def signpost(response: Response) -> Response:
    """Add the typed links of the address to a successful response."""
    if response.status_code == 200 and request.method in {"GET", "HEAD"}:
        present = response.headers.getlist("Link")
        for value in dict.fromkeys(link.header() for link in _links()):
            if value not in present:
                response.headers.add("Link", value)
    return response


@blueprint.app_template_global()
def structured_data(iri: str = "") -> Markup:
    """The script element with the JSON-LD of a page: about the dataset on pages about the whole dataset, else
    about the thing with the IRI. Empty on other pages.
    """
    dataset = site().dataset
    if request.path in (*LANDING, CATALOGUE, f"{CATALOGUE}.html"):
        node = schema_org.dataset(_described(), dataset, site().base + CATALOGUE[1:])
    elif iri and (description := describe(iri)):
        node = schema_org.thing(schema_org.TripleIndex(description.stated), iri, dataset)
    else:
        return Markup()
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(schema_org.script(node)))  # noqa: S704 - escaped for this place


def _links() -> Sequence[TypedLink]:
    """The typed links of the requested address, beside those that its route adds."""
    here, path = site(), request.path
    address = here.location + path
    if path in LANDING:
        return [link._replace(anchor=address) for link in signposting.landing(here, _files())]
    if path.startswith((CATALOGUE, "/.well-known/void")):
        return signposting.metadata(here, address)
    if path.startswith(("/data/", "/partners.geojson")):
        return signposting.item(here, address)
    if path.startswith("/doc/"):
        slug, _ = by_extension(path.removeprefix("/doc/"), DOCUMENT)
        for iri in candidates(slug, site().bases):
            if (description := describe(iri)) is not None:
                kind = schema_org.kind(schema_org.TripleIndex(description.stated), iri)
                return signposting.thing(here, address, iri, kind)
    return []


def _files() -> list[tuple[str, str]]:
    """Address and media type of each file that the catalogue offers."""
    return [
        (row["address"].value, row["type"].value.removeprefix(schema_org.MEDIA_TYPES)) for row in rows(_FILES)
    ]


def _described() -> schema_org.TripleIndex:
    """All statements about the things in the catalogue's graph."""
    # Sorted, because the store has no order and a page must be the same bytes every time.
    return schema_org.TripleIndex(sorted(triples(_DESCRIBED, "catalogue")))
