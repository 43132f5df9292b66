"""nginx with deploy/nginx.conf, on loopback, in front of instances that run already."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.conftest import ROOT
from tests.serving import free_port, stop

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
MISSING = "type: sudo apt install nginx-light openssl"
HOST = "data.example.org"


@contextlib.contextmanager
def nginx(folder: Path, ports: tuple[int, int], changes: Mapping[str, str] | None = None) -> Iterator[int]:
    """Run it, with ``changes`` of its text; the port, which answers by then."""
    assert NGINX is not None
    port = free_port()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", f"/CN={HOST}", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    own = CONFIGURATION.read_text(encoding="utf-8")
    own_changes = {
        "listen 443": f"listen 127.0.0.1:{port}",
        "127.0.0.1:8001": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:8002": f"127.0.0.1:{ports[1]}",
        "/etc/ssl/data.example.org.pem": str(certificate),
        "/etc/ssl/private/data.example.org.key": str(key),
    }
    for old, new in {**own_changes, **(changes or {})}.items():
        assert old in own
        own = own.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 512; }}\nhttp {{ access_log off; {paths}\n{own} }}\n"
    )
    process = subprocess.Popen(
        [NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(configuration)]
    )
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                if ask(port, "GET", "/health")[0] == 200:
                    break
            time.sleep(0.05)
        else:
            raise AssertionError("nginx does not answer")
        yield port
    finally:
        stop(process)


def connect(port: int, source: str = "127.0.0.1", window: int = 0) -> ssl.SSLSocket:
    """A connection with TLS from an address, with a receive buffer of so many bytes."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.socket()
    try:
        plain.settimeout(20)
        if window:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        plain.bind((source, 0))
        plain.connect(("127.0.0.1", port))
        return context.wrap_socket(plain, suppress_ragged_eofs=True)
    except BaseException:
        plain.close()
        raise


def ask(
    port: int, method: str, path: str, body: bytes | None = None, source: str = "127.0.0.1"
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case and body of an answer."""
    connection = http.client.HTTPConnection(HOST)
    connection.sock = connect(port, source)
    try:
        connection.request(method, path, body, {"Content-Type": "application/sparql-query"})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()
