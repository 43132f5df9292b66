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

APPLICATION = "vilnius_lod.web.wsgi:application"


def serve(store: Path, host: str, port: int, *, workers: int, say: Callable[[str], None]) -> None:
    """Serve the current snapshot of ``store`` until the process is told to stop; ``say`` gets the address."""
    os.environ["VILNIUS_LOD_STORE"] = str(store.resolve())
    server = Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=8,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    threading.Thread(target=_announce, args=(host, port, say), daemon=True).start()
    server.serve()


def address(host: str, port: int) -> str:
    """The address to open in a browser; a server that listens everywhere answers at localhost too."""
    name = "localhost" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{name}:{port}/"


def _announce(host: str, port: int, say: Callable[[str], None]) -> None:
    """Ask until the server is ready, then say where."""
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
