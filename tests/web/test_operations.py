"""docs/operations.md is true: its table is that of the settings, and instances restart as it says."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.serving import free_port
from tests.web.proxying import HOST, MISSING, NGINX, ask, nginx
from tests.web.running import Service, running
from vilnius_lod.settings import describe

PAGE = ROOT / "docs" / "operations.md"


def table() -> str:
    """The settings as the page has to show them."""
    rows = [
        f"| `{name}` | {f'`{default}`' if default else 'none'} | {text} |"
        for name, default, text in describe()
    ]
    return "\n".join(
        [
            "| variable | default | what it sets |",
            "|---|---|---|",
            *(r.replace(" / | ^", r" / \| ^") for r in rows),
        ]
    )


def test_the_table_of_settings_is_theirs() -> None:
    found = re.search(r"<!-- settings -->\n(.*?)\n?<!-- end -->", PAGE.read_text(encoding="utf-8"), re.S)
    assert found is not None
    assert found[1] == table(), f"put this between the marks:\n{table()}"


def test_every_setting_that_the_page_names_exists() -> None:
    known = {name for name, _, _ in describe()}
    text = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"VILNIUS_LOD_[A-Z0-9_]+", text)) <= known
    for short in re.findall(r"`((?!VILNIUS)[A-Z]+_[A-Z_]+)`", text):
        assert f"VILNIUS_LOD_{short}" in known


@pytest.mark.contract
@pytest.mark.skipif(NGINX is None, reason=MISSING)
def test_two_instances_behind_nginx_restart_without_a_lost_request(store: Path, tmp_path: Path) -> None:
    ports = free_port(), free_port()

    def instance(number: int) -> contextlib.AbstractContextManager[Service]:
        return running(
            store, tmp_path / f"log{number}", port=ports[number],
            trusted_proxies=1, allowed_hosts=HOST, metrics="true",
        )  # fmt: skip

    seen: list[object] = []
    ended = threading.Event()

    def hammer(method: str, path: str, body: bytes | None) -> None:
        while not ended.is_set():
            try:
                seen.append(ask(port, method, path, body)[0])
            except OSError as error:
                seen.append(repr(error))

    requests = [
        ("GET", "/doc/place/verbohrad", None),
        ("POST", "/sparql", b"ASK{}"),
        ("GET", "/id/place/verbohrad", None),
    ]
    (tmp_path / "nginx").mkdir()
    with contextlib.ExitStack() as stack:
        instances = [stack.enter_context(contextlib.ExitStack()) for _ in ports]
        for number, one in enumerate(instances):
            one.enter_context(instance(number))
        port = stack.enter_context(nginx(tmp_path / "nginx", ports))
        status, headers, _ = ask(port, "GET", "/doc/place/verbohrad")
        assert (status, headers["strict-transport-security"]) == (200, "max-age=31536000")
        assert ask(port, "GET", "/metrics")[0] == 404
        threads = [threading.Thread(target=hammer, args=request) for request in requests]
        for thread in threads:
            thread.start()
        try:
            for number, one in enumerate(instances):
                time.sleep(0.5)
                one.close()
                time.sleep(0.5)
                one.enter_context(instance(number))
        finally:
            time.sleep(0.5)
            ended.set()
            for thread in threads:
                thread.join()
    assert set(Counter(seen)) == {200, 303}, Counter(seen)
    assert len(seen) > 100
