"""Granian, serving the application on one address; says the address once it answers."""

from __future__ import annotations

import ctypes
import errno
import http.client
import ipaddress
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.mp import MPServer

from ...i18n.messages import UserError
from ...settings import Settings
from ..telemetry import logs
from ..wsgi import STORE

APPLICATION = "vilnius_lod.web.server.rsgi:make"
_HEADER_BYTES = 128 * 1024
"""Of a request's header; Granian holds as much of an answer for each reader."""
_UNSENT_BYTES = 256 * 1024
"""Of an answer in the kernel, for each reader."""
_SPARE_FILES = 512
_PR_SET_PDEATHSIG = 1
"""For prctl(2)."""


_REASONS = {
    errno.EADDRINUSE: "the port is in use: does another server run there?",
    errno.EACCES: "no permission",
}


def listen(host: str, port: int) -> socket.socket:
    """A socket that nobody else listens on; port 0 finds a free one. Raises UserError with what to do."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, OverflowError):
        raise UserError(
            "--host {host} --port {port}: no address of this machine", host=host, port=port
        ) from None
    # Of the two that localhost is, the one that every client tries.
    family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # after a restart
        listener.bind(address)
        # At once: of two that are bound, only one gets so far.
        listener.listen(socket.SOMAXCONN)
    except OSError as error:
        listener.close()
        reason = _REASONS.get(error.errno or 0, error.strerror or "")
        message = "cannot listen on {host}, port {port}: {allowed}; choose another with --port"
        raise UserError(message, host=host, port=port, allowed=reason) from None
    return listener


def serve(
    store: Path, listener: socket.socket, *, workers: int = 1, say: Callable[[str], None] = print
) -> None:
    """Serve the current snapshot of ``store`` until the process is told to stop; ``say`` gets the address."""
    os.environ[STORE] = str(store.resolve())
    settings = Settings.from_environment({k: v for k, v in os.environ.items() if k != STORE})
    _set_limits(listener, settings)
    server = _Server(
        listener,
        target=APPLICATION,
        factory=True,
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        workers=workers,
        websockets=False,
        backpressure=_connections(settings.connections),
        http=HTTPModes.auto if settings.http2 else HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(1000 * settings.header_seconds), max_buffer_size=_HEADER_BYTES
        ),
        http2_settings=HTTP2Settings(
            initial_connection_window_size=_HEADER_BYTES,
            initial_stream_window_size=_HEADER_BYTES // 2,
            keep_alive_interval=int(1000 * settings.header_seconds),
            keep_alive_timeout=max(1, int(settings.header_seconds)),
            max_concurrent_streams=32,
            max_headers_size=_HEADER_BYTES,
            max_send_buffer_size=_HEADER_BYTES,
        ),
        log_level=LogLevels.error,
        log_dictconfig=logs.CONFIGURATION,
        respawn_failed_workers=True,
        workers_kill_timeout=int(settings.query_seconds) + 5,
    )
    os.register_at_fork(after_in_child=_end_with_parent)
    threading.Thread(target=_announce, args=(server, listener, say), daemon=True).start()
    server.serve()


def address(listener: socket.socket, host: str = "") -> str:
    """The address to open in a browser; a server that listens everywhere answers at localhost too."""
    there, port = listener.getsockname()[:2]
    if ipaddress.ip_address(there).is_unspecified:
        host = "localhost"
    host = host or there
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


class _Server(MPServer):
    """Granian on a socket that listens already. Its own are shared with whoever binds the same port."""

    def __init__(self, listener: socket.socket, **options: Any) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(address=host, port=port, backlog=socket.SOMAXCONN, **options)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        self._ssp, self._sso = None, None
        holder: Any = SocketHolder  # its stub knows no arguments
        self._shd = holder(self._listener.fileno(), False, self.backlog)

    def _drop_shared_socket(self) -> None:
        self._listener.close()


def _end_with_parent() -> None:
    """In a new worker: being told to end, it ends from the first moment on, and when its parent is killed.

    Until Granian handles signals there, it has the parent's handlers, which do nothing in a worker.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _set_limits(listener: socket.socket, settings: Settings) -> None:
    """What the kernel does for us; a connection has the options of the socket that it came to."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSENT_BYTES)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        listener.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, max(1, int(2000 * settings.sending_seconds))
        )
        # A client that sends nothing is not accepted for so long.
        listener.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, max(1, int(settings.header_seconds / 2))
        )


def _connections(wanted: int) -> int:
    """As many connections as are wanted, or as there can be files."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return wanted if most == resource.RLIM_INFINITY else max(1, min(wanted, most - _SPARE_FILES))


def _announce(server: MPServer, listener: socket.socket, say: Callable[[str], None]) -> None:
    """Ask until the server is ready, then say where."""
    # A worker forked while this thread imports something would wait for that import for ever.
    while len(server.wrks) < server.workers:
        time.sleep(0.01)
    host, port = listener.getsockname()[:2]
    if (there := ipaddress.ip_address(host)).is_unspecified:
        host = "127.0.0.1" if there.version == 4 else "::1"
    for _ in range(1200):
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == 200:
                say(address(listener))
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.05)
