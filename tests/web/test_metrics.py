"""What operators see: numbers for Prometheus, and logs."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from vilnius_lod.settings import Settings
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION
from vilnius_lod.web.telemetry.logs import JsonFormatter, RequestRecord
from vilnius_lod.web.telemetry.metrics import Meter, gauge

ENDLESS = "SELECT(COUNT(*)AS ?n){?a ?b ?c. ?d ?e ?f. ?g ?h ?i}"
SAMPLE = re.compile(r'vilnius_lod_\w+(\{(\w+="([^"\\\n]|\\.)*",?)*\})? [0-9.e+-]+')


@pytest.fixture
def app(store: Path) -> Iterator[Flask]:
    app = create_app(store, Settings(metrics=True, log_requests=True, query_seconds=0.3))
    yield app
    app.extensions[EXTENSION].engine.close()


def numbers(app: Flask) -> dict[str, float]:
    """Each sample by its name and labels."""
    answer = app.test_client().get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    lines = answer.text.splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert all(SAMPLE.fullmatch(line) for line in samples), samples
    families = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    for sample in samples:
        name = re.sub(r"_(bucket|sum|count)$", "", sample.partition("{")[0].partition(" ")[0])
        assert name in families
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in samples)}


def test_requests_and_queries_are_counted(app: Flask) -> None:
    client = app.test_client()
    for _ in range(3):
        client.get("/doc/place/verbohrad")
    client.get("/doc/place/nowhere")
    client.open("/", method="BREW")
    client.get("/sparql?query=ASK{}")
    client.get("/sparql?query=ASK{}")
    client.get("/sparql", query_string={"query": ENDLESS})
    client.post("/sparql", data={"query": "CONSTRUCT{?s ?p ?o}{?s ?p ?o}LIMIT 1"})
    client.get("/sparql?query=SELECT*{SERVICE<http://127.0.0.1/>{}}")
    found = numbers(app)

    def requests(**labels: str) -> float:
        inside = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
        return found.get(f"vilnius_lod_requests_total{{{inside}}}", 0)

    rule = "/doc/<path:name_>"
    assert requests(path=rule, method="GET", status="200", cache="miss") == 1
    assert requests(path=rule, method="GET", status="200", cache="hit") == 2
    assert requests(path=rule, method="GET", status="404", cache="none") == 1
    assert requests(path="", method="other", status="405", cache="none") == 1
    assert found['vilnius_lod_queries_total{kind="ask",outcome="answered"}'] == 1
    assert found['vilnius_lod_queries_total{kind="select",outcome="TimedOut"}'] == 1
    assert found['vilnius_lod_queries_total{kind="construct",outcome="answered"}'] == 1
    assert found['vilnius_lod_queries_total{kind="select",outcome="Refused"}'] == 1
    assert found['vilnius_lod_query_seconds_bucket{kind="select",le="0.25"}'] == 1
    assert found['vilnius_lod_query_seconds_bucket{kind="select",le="2.5"}'] == 2
    assert found['vilnius_lod_query_seconds_sum{kind="select"}'] >= 0.3
    assert found["vilnius_lod_request_seconds_count"] == 10
    assert found["vilnius_lod_cache_entries"] > 0
    assert 0 < found["vilnius_lod_cache_bytes"] < found["vilnius_lod_cache_bytes_limit"]
    snapshot = app.extensions[EXTENSION].snapshot
    assert found[f'vilnius_lod_snapshot_info{{dataset="{snapshot.dataset}",name="{snapshot.name}"}}'] == 1


def test_what_runs_and_what_waits_are_told_apart() -> None:
    meter = Meter()
    with meter.running(), meter.running(), meter.running():
        lines = meter.lines(workers=2)
        assert "vilnius_lod_queries_running 2" in lines
        assert "vilnius_lod_queries_waiting 1" in lines
    assert "vilnius_lod_queries_running 0" in meter.lines(workers=2)


def test_numbers_are_exact_and_labels_cannot_break_out() -> None:
    assert gauge("x", "Text.", 12_345_678, (("name", 'a"b\\c\nd'),))[-1] == (
        'vilnius_lod_x{name="a\\"b\\\\c\\nd"} 12345678'
    )


def test_without_the_setting_there_is_nothing(application: Flask) -> None:
    assert application.test_client().get("/metrics").status_code == 404


def test_a_request_is_one_line_without_personal_data(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    client = app.test_client()
    with caplog.at_level(logging.INFO, "vilnius_lod"):
        for _ in range(2):
            client.get(
                "/doc/place/verbohrad?lang=en",
                headers={"User-Agent": "secret-agent", "X-Forwarded-For": "203.0.113.77", "Cookie": "secret"},
                environ_overrides={"REMOTE_ADDR": "198.51.100.23"},
            )
        client.get("/sparql", query_string={"query": 'SELECT ("secret" AS ?x) {}'})
        client.get("/doc/place/secret-name")
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    requests = [line for line in lines if line["logger"] == "vilnius_lod.requests"]
    assert [(line["method"], line["path"], line["status"], line["cache"]) for line in requests] == [
        ("GET", "/doc/<path:name_>", 200, "miss"),
        ("GET", "/doc/<path:name_>", 200, "hit"),
        ("GET", "/sparql", 200, "miss"),
        ("GET", "/doc/<path:name_>", 404, "none"),
    ]
    assert requests[0]["bytes"] == requests[1]["bytes"] > 1000
    assert requests[0]["milliseconds"] > 0
    text = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    for secret in ("secret", "203.0.113.77", "198.51.100.23"):
        assert secret not in text


def test_lines_are_only_written_where_they_are_wanted(store: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(store)
    try:
        with caplog.at_level(logging.INFO, "vilnius_lod"):
            app.test_client().get("/doc/place/verbohrad")
        assert not caplog.records
    finally:
        app.extensions[EXTENSION].engine.close()


def test_a_line_is_one_json_object_whatever_is_in_it() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "ą \n %s", ("b",), (ValueError, error, None))
    record.fields = {"path": Path("/a")}
    line = JsonFormatter().format(record)
    assert "\n" not in line
    found = json.loads(line)
    assert (found["level"], found["message"], found["path"]) == ("error", "ą \n b", "/a")
    assert "two\nlines" in found["error"]
    assert found["time"].endswith("+00:00")


def test_seconds_are_counted_up_to_their_bound() -> None:
    meter = Meter()
    meter.request(RequestRecord("GET", "/", 200, 0.001, 1, "hit"))
    meter.request(RequestRecord("GET", "/", 200, 60, 1, "hit"))
    lines = meter.lines(1)
    assert 'vilnius_lod_request_seconds_bucket{le="0.001"} 1' in lines
    assert 'vilnius_lod_request_seconds_bucket{le="10.0"} 1' in lines
    assert 'vilnius_lod_request_seconds_bucket{le="+Inf"} 2' in lines
