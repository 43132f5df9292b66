"""docs/operations.md is true: its table is that of the settings, its nginx lines work."""

from __future__ import annotations

import contextlib
import http.client
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.serving import free_port
from tests.web.running import Service, running
from vilnius_lod.settings import describe

PAGE = ROOT / "docs" / "operations.md"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


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
    assert set(re.findall(r"VILNIUS_LOD_[A-Z_]+", text)) <= known
    for short in re.findall(r"`((?!VILNIUS)[A-Z]+_[A-Z_]+)`", text):
        assert f"VILNIUS_LOD_{short}" in known


@contextlib.contextmanager
def nginx(folder: Path, ports: tuple[int, int]) -> Iterator[int]:
    """nginx with the page's lines, on loopback; the port."""
    assert NGINX is not None
    lines = re.search(r"```nginx\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert lines is not None
    port = free_port()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=data.example.org", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    own = (
        lines[1].replace("listen 443", f"listen 127.0.0.1:{port}")
        .replace("127.0.0.1:8001", f"127.0.0.1:{ports[0]}").replace("127.0.0.1:8002", f"127.0.0.1:{ports[1]}")
        .replace("/etc/ssl/data.example.org.pem", str(certificate))
        .replace("/etc/ssl/private/data.example.org.key", str(key))
    )  # fmt: skip
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 256; }}\nhttp {{ access_log off; {paths}\n{own} }}\n"
    )
    process = subprocess.Popen(
        [NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(configuration)]
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


def ask(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, str]]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
    try:
        headers = {"Host": "data.example.org", "Content-Type": "application/sparql-query"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


@pytest.mark.contract
@pytest.mark.skipif(NGINX is None, reason="type: sudo apt install nginx-light openssl")
def test_two_instances_behind_nginx_restart_without_a_lost_request(store: Path, tmp_path: Path) -> None:
    ports = free_port(), free_port()

    def instance(number: int) -> contextlib.AbstractContextManager[Service]:
        return running(
            store, tmp_path / f"log{number}", port=ports[number],
            trusted_proxies=1, allowed_hosts="data.example.org 127.0.0.1", metrics="true",
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
        for _ in range(100):
            with contextlib.suppress(OSError):
                assert ask(port, "GET", "/health")[0] == 200
                break
            time.sleep(0.05)
        status, headers = ask(port, "GET", "/doc/place/verbohrad")
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
