"""The Turtle of a thing, as a person reads it and as another parser does."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from flask.testing import FlaskClient
from rdflib import Graph


def test_turtle_starts_with_the_thing_and_its_type(client: FlaskClient) -> None:
    """Only prefixes that are used, a prefix for each kind of thing, a block for each subject."""
    text = client.get("/doc/partnership/verbohrad.ttl").get_data(as_text=True)
    head, first, *_ = text.split("\n\n")
    assert all(line.startswith("@prefix ") for line in head.splitlines())
    assert all(f"{line.split()[1]}" in text.partition(head)[2] for line in head.splitlines())
    assert first.splitlines()[:2] == ["partnership:verbohrad", "  a vlo:Partnership ;"]
    assert "  vlo:partner place:verbohrad ;" in first.splitlines()


@pytest.mark.contract
@pytest.mark.parametrize(("extension", "name"), [("ttl", "turtle"), ("rdf", "rdfxml"), ("nt", "ntriples")])
def test_rapper_reads_the_same_graph(client: FlaskClient, extension: str, name: str) -> None:
    if shutil.which("rapper") is None:
        pytest.skip("rapper is not installed: sudo apt install raptor2-utils")
    body = client.get(f"/doc/agreement/rasvik-tunholm-1.{extension}").data
    command = ["rapper", "-q", "-i", name, "-o", "ntriples", "-", "https://lod.example.org/lindenau/"]
    read = subprocess.run(command, input=body, capture_output=True, check=True).stdout
    expected = Graph().parse(data=client.get("/doc/agreement/rasvik-tunholm-1.nt").data, format="nt")
    assert set(Graph().parse(data=read, format="nt")) == set(expected)
    assert len(expected) > 20
