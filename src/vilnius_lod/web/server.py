"""Granian, serving the WSGI application on one address; says the address once it answers."""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from ..settings import Settings
from .http import logs
from .wsgi import STORE

APPLICATION = "vilnius_lod.web.wsgi:application"


def serve(store: Path, host: str, port: int, *, workers: int, say: Callable[[str], None]) -> None:
    """Serve the current snapshot of ``store`` until the process is told to stop; ``say`` gets the address."""
    os.environ[STORE] = str(store.resolve())
    settings = Settings.from_environment({k: v for k, v in os.environ.items() if k != STORE})
    server = Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # One for each query that runs or waits and each body on its way, so that others find some free.
        blocking_threads=settings.workers + settings.queue_length + settings.bodies_at_once + 8,
        # Its one warning is about that number of threads, of which most sleep.
        log_level=LogLevels.error,
        log_dictconfig=logs.CONFIGURATION,
        respawn_failed_workers=True,
    )
    threading.Thread(target=_announce, args=(server, host, port, say), daemon=True).start()
    server.serve()


def address(host: str, port: int) -> str:
    """The address to open in a browser; a server that listens everywhere answers at localhost too."""
    name = "localhost" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{name}:{port}/"


def _announce(server: MPServer, host: str, port: int, say: Callable[[str], None]) -> None:
    """Ask until the server is ready, then say where."""
    # A worker forked while this thread imports something would wait for that import for ever.
    while len(server.wrks) < server.workers:
        time.sleep(0.01)
    name = "127.0.0.1" if host == "0.0.0.0" else "::1" if host == "::" else host  # noqa: S104
    for _ in range(1200):
        connection = http.client.HTTPConnection(name, port, timeout=5)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == 200:
                say(address(host, port))
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.05)
