"""The application for a WSGI server, made from the environment when it is first needed:
``granian --interface wsgi vilnius_lod.web.wsgi:application``, or ``--factory vilnius_lod.web.wsgi:make``.

Under any such server queries and the cache have their limits, and few pages of one kind are rendered at
once. The server itself is responsible for what ``vilnius-lod serve`` (:mod:`~vilnius_lod.web.server.rsgi`)
does besides: limits for connections, headers, bodies and slow readers, fairness among the clients that
request pages, and one computation for equal concurrent requests.

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
    """A new application, which switches to the store's next snapshot by itself."""
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
    globals()[name] = application = make()
    return application
