from __future__ import annotations

import gzip

import brotli
import pytest
import zstandard
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from vilnius_lod.web.http.compression import CODINGS, encode, preferred, worthwhile

AVAILABLE = ["gzip", "br", "zstd"]


def decode(body: bytes, coding: str) -> bytes:
    if coding == "br":
        return bytes(brotli.decompress(body))
    if coding == "zstd":
        return bytes(zstandard.ZstdDecompressor().decompress(body))
    return gzip.decompress(body) if coding == "gzip" else body


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP;Q=0.5", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, zstd;q=0.6 , gzip;q=0.1", "zstd"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0.3, gzip", "gzip"),
        ("br;q=0, *", "zstd"),
        ("gzip;q=0", "identity"),
        ("*;q=0", "identity"),
        ("gzip;q=0.5, identity;q=0.9", "identity"),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("identity", "identity"),
        ("deflate, compress", "identity"),
        ("gzip;q=2", "identity"),
        ("gzip;level=9", "identity"),
        ("nonsense;;, gzip", "gzip"),
        ("a" * 5000 + ", gzip", "identity"),
    ],
)
def test_the_coding_that_the_client_prefers_is_chosen(header: str | None, coding: str) -> None:
    assert preferred(header) == coding


@given(st.text())
def test_no_header_is_an_accident(header: str) -> None:
    assert preferred(header) in {*CODINGS, "identity"}


@pytest.mark.parametrize(
    ("content_type", "size", "expected"),
    [
        ("text/html; charset=utf-8", 2000, True),
        ("application/ld+json", 2000, True),
        ("image/svg+xml", 2000, True),
        ("text/html", 200, False),
        ("font/woff2", 20_000, False),
        ("image/png", 20_000, False),
        ("application/zip", 20_000, False),
    ],
)
def test_what_gains_nothing_is_sent_as_it_is(content_type: str, size: int, expected: bool) -> None:
    assert worthwhile(content_type, size) is expected


@pytest.mark.parametrize("coding", AVAILABLE)
@pytest.mark.parametrize("size", [0, 100, 300_000])
def test_a_coding_gives_back_what_went_in_and_is_always_the_same(coding: str, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert decode(encode(body, coding), coding) == body
    assert encode(body, coding) == encode(body, coding)


@pytest.mark.parametrize("coding", AVAILABLE)
@pytest.mark.parametrize(
    "path",
    [
        "/doc/place/verbohrad",
        "/data/lindenau-lod.nt",
        "/sparql?query=SELECT*{?s ?p ?o}LIMIT 100",
        "/ontology.ttl",
    ],
)
def test_an_answer_is_the_same_in_every_coding_and_has_a_tag_of_its_own(
    client: FlaskClient, path: str, coding: str
) -> None:
    plain, coded = client.get(path), client.get(path, headers={"Accept-Encoding": coding})
    assert (coded.status_code, coded.headers["Content-Encoding"]) == (200, coding)
    assert decode(coded.data, coding) == plain.data
    assert coded.headers["Content-Length"] == str(len(coded.data))
    assert len(coded.data) < len(plain.data) / 2
    assert "Accept-Encoding" in coded.headers["Vary"]
    assert plain.headers["Vary"] == coded.headers["Vary"]
    tags = plain.headers["ETag"], coded.headers["ETag"]
    assert tags[0] != tags[1]
    assert tags[1].startswith('"')
    for tag, status in zip(tags, (200, 304), strict=True):
        again = client.get(path, headers={"Accept-Encoding": coding, "If-None-Match": tag})
        assert (again.status_code, "Content-Encoding" in again.headers) == (status, status == 200)
        assert again.headers["Vary"] == coded.headers["Vary"]
    head = client.head(path, headers={"Accept-Encoding": coding})
    assert (head.data, dict(head.headers)) == (b"", dict(coded.headers))


def test_what_is_not_kept_is_encoded_too(client: FlaskClient) -> None:
    query = {"query": "SELECT * { ?s ?p ?o } LIMIT 200"}
    plain = client.post("/sparql", data=query)
    coded = client.post("/sparql", data=query, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(coded.data) == plain.data
    assert (coded.headers["Cache-Control"], "ETag" in coded.headers) == ("no-store", False)


def test_small_answers_and_problems_are_sent_as_they_are(client: FlaskClient) -> None:
    for path in ("/health", "/id/place/verbohrad", "/doc/place/nowhere"):
        assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip"}).headers
