"""Things in RDF and as pages: the same description, every format, both languages."""

from __future__ import annotations

import html
import html.parser
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyld import jsonld
from rdflib import RDF, RDFS, SKOS, Graph, URIRef
from rdflib.compare import to_isomorphic

BASE = "https://w3id.org/vilnius-lod/"
VLO = f"{BASE}ontology#"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
THINGS = [
    "place/kyiv",
    "agreement/strasbourg-1",
    "partnership/erfurt",
    "network/efus",
    "agreement-type/cooperation",
]
PARSERS = {"ttl": "turtle", "nt": "nt", "rdf": "xml"}
VOID = {"meta", "link", "br", "input", "img", "hr"}


class Page(html.parser.HTMLParser):
    """The text, the links and the ids of a page; fails where elements are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.languages: set[str] = set()
        self.feed(text)
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        assert len(given) == len(attributes)
        assert not {"style", "onclick"} & set(given)
        assert tag != "style"
        assert tag != "script" or "src" in given or given["type"] == "application/ld+json"
        if tag not in VOID:
            self.open.append(tag)
        if tag == "a":
            self.links += [given["href"]] if "href" in given else []
        if "id" in given:
            self.ids.append(given["id"])
        if "lang" in given:
            self.languages.add(given["lang"])

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Shapes of SVG: they have neither content nor an end."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def text_of(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).replace("&#39;", "'").split())


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
        data=client.get("/doc/place/kyiv", headers={"Accept": "text/turtle"}).data, format="turtle"
    )
    kyiv, ukraine = URIRef(f"{BASE}id/place/kyiv"), URIRef(f"{BASE}id/country/ua")
    assert (None, SKOS.prefLabel, None) in graph
    assert graph.value(ukraine, SKOS.prefLabel) is not None
    agreements = set(graph.subjects(URIRef(f"{VLO}party"), kyiv)) & set(
        graph.subjects(RDF.type, URIRef(f"{VLO}Agreement"))
    )
    assert agreements == {URIRef(f"{BASE}id/agreement/kyiv-1"), URIRef(f"{BASE}id/agreement/kyiv-2")}


def test_a_place_s_page_shows_its_documents_with_kind_date_and_source(client: FlaskClient) -> None:
    markup = client.get("/doc/place/kyiv", headers={"Accept": BROWSER, "Accept-Language": "lt"}).text
    text = text_of(markup)
    assert "<h1>Kijevas</h1>" in markup
    for expected in (
        "1991 m. birželio 20 d.",
        "1998 m. lapkričio 5 d.",
        "Ukraina",
        f"{BASE}id/place/kyiv",
    ):
        assert expected in text
    assert "išvesta" in text_of(client.get("/doc/partnership/kyiv?lang=lt", headers={"Accept": BROWSER}).text)
    links = Page(markup).links
    assert {
        "/doc/agreement/kyiv-1",
        "/doc/agreement/kyiv-2",
        "/doc/partnership/kyiv",
        "/doc/country/ua",
    } <= set(links)
    assert "http://www.wikidata.org/entity/Q1899" in links


def test_a_document_s_words_are_one_click_away(client: FlaskClient) -> None:
    page = Page(client.get("/doc/agreement/almaty-1", headers={"Accept": BROWSER}).text)
    lines = [link for link in page.links if link.startswith("/source/2026-11-22#L")]
    assert lines
    source = client.get(lines[0].partition("#")[0], headers={"Accept": BROWSER}).text
    number = lines[0].partition("#")[2]
    [line] = re.findall(rf'<li id="{number}".*?</li>', source)
    assert "Almata, Kazachstanas Bendradarbiavimo susitarimas" in line


def test_an_undated_and_a_renewed_document_say_so(client: FlaskClient) -> None:
    undated = text_of(client.get("/doc/place/strasbourg?lang=en", headers={"Accept": BROWSER}).text)
    assert "date not stated" in undated
    renewed = text_of(client.get("/doc/place/erfurt?lang=en", headers={"Accept": BROWSER}).text)
    assert "1972" in renewed
    assert "Extension 23 November 1990" in renewed
    assert "1 January" not in renewed


def test_a_chosen_language_is_kept_on_links_and_the_switch_keeps_the_place(client: FlaskClient) -> None:
    lithuanian = {"Accept": BROWSER, "Accept-Language": "lt"}
    chosen = client.get("/doc/place/kyiv?lang=en", headers=lithuanian)
    assert chosen.headers["Content-Language"] == "en"
    links = Page(chosen.text).links
    assert "/doc/agreement/kyiv-1?lang=en" in links
    assert {"/doc/place/kyiv?lang=lt", "/doc/place/kyiv?lang=en"} <= set(links)
    unchosen = client.get("/doc/place/kyiv", headers=lithuanian)
    assert unchosen.headers["Content-Language"] == "lt"
    assert "/doc/agreement/kyiv-1" in Page(unchosen.text).links


def test_texts_in_another_language_are_marked(client: FlaskClient) -> None:
    page = client.get("/doc/agreement/chicago-1?lang=en", headers={"Accept": BROWSER}).text
    assert re.search(r'<p lang="lt">Miestų draugystės-bendradarbiavimo</p>', page)
    assert '<html lang="en">' in page
    # A German title that also stands in as the label for readers of English stays German.
    marked = '<span lang="de">Partnerstadt Vilnius (Litauen)</span>'
    assert marked in client.get("/doc/place/erfurt?lang=en", headers={"Accept": BROWSER}).text
    page = client.get("/doc/document/erfurt-partnerstadt?lang=en", headers={"Accept": BROWSER}).text
    assert f"<h1>{marked}</h1>" in page
    page = client.get("/doc/network/efus?lang=lt", headers={"Accept": BROWSER}).text
    assert '<span lang="en">European Forum for Urban Security</span>' in page


@pytest.mark.parametrize("path", ["/", "/doc/place/kyiv", "/search?q=kyi", "/tables/events", "/evidence"])
def test_a_page_names_its_other_languages_and_each_answers_in_its_own(client: FlaskClient, path: str) -> None:
    markup = client.get(path, headers={"Accept": BROWSER}).text
    found = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', markup))
    assert found.keys() == {"lt", "en", "x-default"}
    for tag in ("lt", "en"):
        address = html.unescape(found[tag]).removeprefix("https://data.example.org/relations")
        other = client.get(address, headers={"Accept": BROWSER})
        assert other.headers["Content-Language"] == tag
        assert f'<html lang="{tag}">' in other.text


@pytest.mark.parametrize("language", ["lt", "en"])
@pytest.mark.parametrize(
    "path",
    ["/", *(f"/doc/{thing}" for thing in THINGS), "/doc/place/vilnius", "/doc/passage/2026-11-22-60",
     "/ontology", "/shapes", "/report", "/source/2026-11-22", "/data", "/tables",
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


def test_home_tells_figures_partners_and_networks(client: FlaskClient) -> None:
    markup = client.get("/", headers={"Accept": BROWSER, "Accept-Language": "lt"}).text
    text = text_of(markup)
    for expected in ("40 partnerių", "51 dokumentas", "8 tinklai", "1998 m. kovo 3 d.", "1991 m. vasaris"):
        assert expected in text
    names = re.findall(r'<th scope="row"><a href="/doc/place/[^"]+">([^<]+)</a>', markup)
    assert len(names) == 40
    assert names.index("Čikaga") == names.index("Chersonas") + 1
    assert names.index("Šendženas") > names.index("Strasbūras")
    assert "Čikaga" not in text_of(client.get("/?lang=en", headers={"Accept": BROWSER}).text)


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


def test_another_city_is_served_with_its_own_base_and_languages(tiny_application: Flask) -> None:
    client = tiny_application.test_client()
    home = client.get("/", headers={"Accept": BROWSER, "Accept-Language": "de"})
    assert home.headers["Content-Language"] == "de"
    assert "Netzwerk" in home.text
    assert "Vilni" not in re.sub(r"w3id.org/vilnius-lod", "", home.text)
    place = next(link for link in Page(home.text).links if link.startswith("/doc/place/"))
    graph = Graph().parse(data=client.get(f"{place}.ttl").data, format="turtle")
    subject = URIRef("https://lod.example.org/lindenau/id" + place.removeprefix("/doc"))
    assert (subject, SKOS.prefLabel, None) in graph
    concept = client.get("/doc/agreement-type/cooperation", headers={"Accept": BROWSER})
    assert concept.status_code == 200
    assert "/doc/agreement/" in concept.text


def test_a_mistake_is_reported_by_mail_with_the_address_in_the_subject(
    client: FlaskClient, tiny_application: Flask
) -> None:
    for path, iri in (("/doc/agreement/kyiv-1", f"{BASE}id/agreement/kyiv-1"), ("/data", f"{BASE}dataset")):
        page = Page(client.get(path, headers={"Accept": BROWSER, "Accept-Language": "en"}).text)
        [mail] = [urlsplit(link) for link in page.links if link.startswith("mailto:")]
        assert mail.path == "international@vilnius.lt"
        [subject] = parse_qs(mail.query)["subject"]
        assert subject.startswith("Mistake: ")
        assert subject.endswith(f"<{iri}>")
    # Who is nobody's contact is not invented.
    other = tiny_application.test_client()
    for path in ("/doc/place/kirchfels", "/data"):
        links = Page(other.get(path, headers={"Accept": BROWSER}).text).links
        assert not [link for link in links if link.startswith("mailto:")]
    page = Page(other.get("/doc/place/kirchfels", headers={"Accept": BROWSER}).text)
    assert "/data#correct" in page.links
    assert "correct" in Page(other.get("/data", headers={"Accept": BROWSER}).text).ids


def test_a_withdrawn_thing_answers_gone_with_its_history(tiny_application: Flask) -> None:
    client = tiny_application.test_client()
    [(slug, entry)] = tiny_application.extensions["vilnius_lod"].facts["withdrawals"].items()
    for path in (f"/id/{slug}", f"/doc/{slug}", f"/doc/{slug}.ttl"):
        answer = client.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 410
        told = json.loads(answer.data)["withdrawn"]
        assert (told["label"], told["reason"]) == (entry["label"]["en"], entry["reason"]["en"])
    page = client.get(f"/doc/{slug}", headers={"Accept": BROWSER, "Accept-Language": "de"})
    assert page.status_code == 410
    assert entry["reason"]["de"] in page.text
