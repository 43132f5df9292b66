"""Things in RDF and as pages: the same description, every format, both languages."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyld import jsonld
from rdflib import RDF, RDFS, SKOS, Graph, URIRef
from rdflib.compare import to_isomorphic

from ..pages import BROWSER, Page, text_of
from .conftest import BASE

VLO = "https://w3id.org/vilnius-lod/ontology#"
THINGS = [
    "place/verbohrad",
    "agreement/brodovec-1",
    "partnership/valbrume",
    "network/brueckenstaedte",
    "agreement-type/cooperation",
]
PARSERS = {"ttl": "turtle", "nt": "nt", "rdf": "xml"}


@pytest.mark.parametrize("thing", THINGS)
def test_every_format_is_the_same_graph(client: FlaskClient, thing: str) -> None:
    graphs = [
        Graph().parse(data=client.get(f"/doc/{thing}.{extension}").data, format=parser)
        for extension, parser in PARSERS.items()
    ]
    document = json.loads(client.get(f"/doc/{thing}.jsonld").data)
    assert isinstance(document["@context"], dict)
    quads = jsonld.to_rdf(document, {"format": "application/n-quads"})
    graphs.append(Graph().parse(data=quads, format="nt"))
    assert len(graphs[0]) > 5
    assert len({frozenset(to_isomorphic(graph)) for graph in graphs}) == 1


def test_a_description_holds_labels_and_what_points_at_the_thing(client: FlaskClient) -> None:
    graph = Graph().parse(
        data=client.get("/doc/place/verbohrad", headers={"Accept": "text/turtle"}).data, format="turtle"
    )
    verbohrad, ukraine = URIRef(f"{BASE}id/place/verbohrad"), URIRef(f"{BASE}id/country/ua")
    assert (None, SKOS.prefLabel, None) in graph
    assert graph.value(ukraine, SKOS.prefLabel) is not None
    agreements = set(graph.subjects(URIRef(f"{VLO}party"), verbohrad)) & set(
        graph.subjects(RDF.type, URIRef(f"{VLO}Agreement"))
    )
    assert agreements == {
        URIRef(f"{BASE}id/agreement/verbohrad-1"),
        URIRef(f"{BASE}id/agreement/verbohrad-2"),
    }


def test_a_place_s_page_shows_its_documents_with_kind_date_and_source(lithuanian: FlaskClient) -> None:
    markup = lithuanian.get("/doc/place/verbohrad", headers={"Accept": BROWSER, "Accept-Language": "lt"}).text
    text = text_of(markup)
    assert "<h1>Werbohrad</h1>" in markup
    for expected in (
        "1991 m. birželio 20 d.",
        "1998 m. lapkričio 5 d.",
        "Ukraine",
        f"{BASE}id/place/verbohrad",
    ):
        assert expected in text
    assert "išvesta" in text_of(
        lithuanian.get("/doc/partnership/verbohrad?lang=lt", headers={"Accept": BROWSER}).text
    )
    links = Page(markup).links
    assert {
        "/doc/agreement/verbohrad-1",
        "/doc/agreement/verbohrad-2",
        "/doc/partnership/verbohrad",
        "/doc/country/ua",
    } <= set(links)
    assert "http://www.wikidata.org/entity/Q9000000001" in links


def test_a_document_s_words_are_one_click_away(client: FlaskClient) -> None:
    page = Page(client.get("/doc/agreement/zabia-laka-2", headers={"Accept": BROWSER}).text)
    lines = [link for link in page.links if link.startswith("/source/2026-05-01#L")]
    assert lines
    source = client.get(lines[0].partition("#")[0], headers={"Accept": BROWSER}).text
    number = lines[0].partition("#")[2]
    [line] = re.findall(rf'<li id="{number}".*?</li>', source)
    assert "Żabia Łąka, Polen Absichtserklärung" in line


def test_an_undated_and_a_renewed_document_say_so(client: FlaskClient) -> None:
    undated = text_of(client.get("/doc/place/brodovec?lang=en", headers={"Accept": BROWSER}).text)
    assert "date not stated" in undated
    renewed = text_of(client.get("/doc/place/valbrume?lang=en", headers={"Accept": BROWSER}).text)
    assert "1972 ; Renewal 3 May 2007" in renewed
    assert "1 January" not in renewed
    extended = text_of(client.get("/doc/place/alfors?lang=en", headers={"Accept": BROWSER}).text)
    assert "21 July 1970 ; Extension 28 May 1999" in extended


def test_a_chosen_language_is_kept_on_links_and_the_switch_keeps_the_place(client: FlaskClient) -> None:
    german = {"Accept": BROWSER, "Accept-Language": "de"}
    chosen = client.get("/doc/place/verbohrad?lang=en", headers=german)
    assert chosen.headers["Content-Language"] == "en"
    links = Page(chosen.text).links
    assert "/doc/agreement/verbohrad-1?lang=en" in links
    assert {"/doc/place/verbohrad?lang=de", "/doc/place/verbohrad?lang=en"} <= set(links)
    unchosen = client.get("/doc/place/verbohrad", headers=german)
    assert unchosen.headers["Content-Language"] == "de"
    assert "/doc/agreement/verbohrad-1" in Page(unchosen.text).links


def test_texts_in_another_language_are_marked(client: FlaskClient) -> None:
    page = client.get("/doc/agreement/prairie-falls-1?lang=en", headers={"Accept": BROWSER}).text
    assert re.search(r'<p lang="de">Städtefreundschaft und Zusammenarbeit</p>', page)
    assert '<html lang="en">' in page
    # A French title that also stands in as the label for readers of English stays French.
    marked = '<span lang="fr">Ville jumelée : Lindenau (Allemagne)</span>'
    assert marked in client.get("/doc/place/valbrume?lang=en", headers={"Accept": BROWSER}).text
    page = client.get("/doc/document/valbrume-jumelage?lang=en", headers={"Accept": BROWSER}).text
    assert f"<h1>{marked}</h1>" in page
    page = client.get("/doc/network/brueckenstaedte?lang=de", headers={"Accept": BROWSER}).text
    assert '<span lang="en">World League of Bridge Cities</span>' in page


@pytest.mark.parametrize(
    "path", ["/", "/doc/place/verbohrad", "/search?q=verbo", "/tables/events", "/evidence"]
)
def test_a_page_names_its_other_languages_and_each_answers_in_its_own(client: FlaskClient, path: str) -> None:
    markup = client.get(path, headers={"Accept": BROWSER}).text
    found = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', markup))
    assert found.keys() == {"de", "en", "x-default"}
    for tag in ("de", "en"):
        address = html.unescape(found[tag]).removeprefix("https://data.example.org/relations")
        other = client.get(address, headers={"Accept": BROWSER})
        assert other.headers["Content-Language"] == tag
        assert f'<html lang="{tag}">' in other.text


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    "path",
    ["/", *(f"/doc/{thing}" for thing in THINGS), "/doc/place/lindenau", "/doc/passage/2026-05-01-13",
     "/ontology", "/shapes", "/report", "/source/2026-05-01", "/data", "/tables",
     "/tables/events", "/problems", "/evidence", "/catalog", "/doc/dataset", "/doc/contact", "/sparql",
     "/sparql?query=SELECT*{?s ?p ?o}LIMIT 20"],
)  # fmt: skip
def test_every_page_is_well_formed_and_every_link_leads_somewhere(
    client: FlaskClient, path: str, language: str
) -> None:
    answer = client.get(path, headers={"Accept": BROWSER, "Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    for part in (
        "<title>",
        'name="description"',
        'rel="canonical"',
        'hreflang="x-default"',
        'rel="stylesheet"',
    ):
        assert part in answer.text
    page = Page(answer.text)
    for link in {link.partition("#")[0] for link in page.links if link.startswith("/")}:
        found = client.get(link, headers={"Accept": BROWSER}, follow_redirects=True)
        assert found.status_code == 200, link
    schemes = ("/", "#", "http://", "https://", "mailto:")
    assert not [link for link in page.links if not link.startswith(schemes)]


def test_home_tells_figures_partners_and_networks(client: FlaskClient, lithuanian: FlaskClient) -> None:
    markup = client.get("/", headers={"Accept": BROWSER, "Accept-Language": "de"}).text
    text = text_of(markup)
    for expected in ("13 Partner", "17 Dokumente", "3 Netzwerke", "21. Juli 1970", "Februar 1991"):
        assert expected in text
    names = re.findall(r'<th scope="row"><a href="/doc/place/[^"]+">([^<]+)</a>', markup)
    assert len(names) == 13
    assert names.index("Ålfors") < names.index("Brodowetz")
    assert names.index("Żabia Łąka") > names.index("Wielkie Brody")
    assert "Brodowetz" not in text_of(client.get("/?lang=en", headers={"Accept": BROWSER}).text)
    text = text_of(lithuanian.get("/?lang=lt", headers={"Accept": BROWSER}).text)
    for expected in ("13 partnerių", "17 dokumentų", "3 tinklai", "1970 m. liepos 21 d.", "1991 m. vasaris"):
        assert expected in text


def test_the_ontology_is_one_graph_in_every_format_and_a_page_in_both_languages(client: FlaskClient) -> None:
    graphs = [
        Graph().parse(data=client.get(f"/ontology.{extension}").data, format=parser)
        for extension, parser in PARSERS.items()
    ]
    assert len({frozenset(graph) for graph in graphs}) == 1
    term = URIRef(f"{VLO}Agreement")
    page = client.get("/ontology", headers={"Accept": BROWSER}).text
    assert '<article class="term" id="Agreement">' in page
    for label in graphs[0].objects(term, RDFS.label):
        assert f">{label}</span>" in page
    assert (
        client.get("/ontology", headers={"Accept": "text/turtle"}).content_type
        == "text/turtle; charset=utf-8"
    )


def test_a_city_is_served_with_its_own_base_and_languages(client: FlaskClient) -> None:
    home = client.get("/", headers={"Accept": BROWSER, "Accept-Language": "de"})
    assert home.headers["Content-Language"] == "de"
    assert "Netzwerk" in home.text
    assert "Vilni" not in re.sub(r"w3id.org/vilnius-lod", "", home.text)
    place = next(link for link in Page(home.text).links if link.startswith("/doc/place/"))
    graph = Graph().parse(data=client.get(f"{place}.ttl").data, format="turtle")
    assert (URIRef(BASE + "id" + place.removeprefix("/doc")), SKOS.prefLabel, None) in graph
    concept = client.get("/doc/agreement-type/cooperation", headers={"Accept": BROWSER})
    assert concept.status_code == 200
    assert "/doc/agreement/" in concept.text


def test_a_mistake_is_reported_by_mail_with_the_address_in_the_subject(
    client: FlaskClient, bare: FlaskClient
) -> None:
    for path, iri in (
        ("/doc/agreement/verbohrad-1", f"{BASE}id/agreement/verbohrad-1"),
        ("/data", f"{BASE}dataset"),
    ):
        page = Page(client.get(path, headers={"Accept": BROWSER, "Accept-Language": "en"}).text)
        [mail] = [urlsplit(link) for link in page.links if link.startswith("mailto:")]
        assert mail.path == "international@lindenau.example"
        [subject] = parse_qs(mail.query)["subject"]
        assert subject.startswith("Mistake: ")
        assert subject.endswith(f"<{iri}>")
    # Who is nobody's contact is not invented.
    for path in ("/doc/place/kirchfels", "/data"):
        links = Page(bare.get(path, headers={"Accept": BROWSER}).text).links
        assert not [link for link in links if link.startswith("mailto:")]
    page = Page(bare.get("/doc/place/kirchfels", headers={"Accept": BROWSER}).text)
    assert "/data#correct" in page.links
    assert "correct" in Page(bare.get("/data", headers={"Accept": BROWSER}).text).ids


def test_a_withdrawn_thing_answers_gone_with_its_history(application: Flask) -> None:
    client = application.test_client()
    [(slug, entry)] = application.extensions["vilnius_lod"].facts.withdrawals.items()
    for path in (f"/id/{slug}", f"/doc/{slug}", f"/doc/{slug}.ttl"):
        answer = client.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 410
        told = json.loads(answer.data)["withdrawn"]
        assert (told["label"], told["reason"]) == (entry.label["en"], entry.reason["en"])
    page = client.get(f"/doc/{slug}", headers={"Accept": BROWSER, "Accept-Language": "de"})
    assert page.status_code == 410
    assert entry.reason["de"] in page.text
