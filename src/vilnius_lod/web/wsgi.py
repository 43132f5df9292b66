"""The application for a WSGI server, made from the environment when it is first asked for:
``granian --interface wsgi vilnius_lod.web.wsgi:application``, or ``--factory vilnius_lod.web.wsgi:make``.

Under any such server queries have their limits, kept answers their bounds, and few pages of one sort are
rendered at once. What ``vilnius-lod serve`` does besides (:mod:`~vilnius_lod.web.server.rsgi`) is then the
server's to do: time limits and bounds for connections, headers, bodies and slow readers, turns among the
clients that ask for pages, one computation for many who ask for the same.

``VILNIUS_LOD_STORE`` is the folder with the snapshots (default: ``snapshots``); the other variables are those
of :mod:`vilnius_lod.settings`.
"""

from __future__ import annotations

import logging.config
import os
from pathlib import Path

from flask import Flask

from ..settings import PREFIX, Settings
from . import reload
from .app import create_app
from .telemetry import logs

STORE = f"{PREFIX}STORE"


def make() -> Flask:
    """A new application, which goes over to the store's next snapshot by itself."""
    logging.config.dictConfig(logs.CONFIGURATION)
    environment = dict(os.environ)
    store = Path(environment.pop(STORE, "snapshots"))
    settings = Settings.from_environment(environment)
    app = create_app(store, settings)
    reload.watch(app, store, settings)
    return app


def __getattr__(name: str) -> Flask:
    """``application`` is made when a server takes it, so that to import this module starts nothing."""
    if name != "application":
        raise AttributeError(name)
    globals()[name] = found = make()
    return found
