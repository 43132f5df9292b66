"""Opens the site of a snapshot, and switches to the next one while requests are answered.

The new site is opened beside the old one and replaces it at once. A request keeps the site with which it
began; the old site's engine is closed after the last of these requests.
"""

from __future__ import annotations

import json
import logging
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask

from ..rdf.jsonld import Context
from ..rdf.namespaces import prefixes
from ..settings import Settings
from ..snapshot import Snapshot, SnapshotError, open_snapshot
from ..sparql.descriptions import Descriptions
from ..sparql.embedded.engine import EmbeddedEngine
from ..sparql.engine import SparqlEngine
from ..sparql.errors import QueryError
from .http.context import EXTENSION, Site
from .pages import jinja
from .telemetry.metrics import EXTENSION as METER
from .telemetry.metrics import Meter

log = logging.getLogger(__name__)


def open_site(store: Path, settings: Settings) -> Site:
    """A site of the current snapshot of a store. Raises SnapshotError if there is none that is whole, and
    EngineAway if its data cannot be queried.
    """
    snapshot = open_snapshot(store)
    files = [snapshot.path("dataset.nq"), snapshot.path("catalogue.nq")]
    context = Context(json.loads(snapshot.read("vocabulary/context.jsonld"))["@context"])
    descriptions = Descriptions(files, inverse_limit=settings.inverse_statements)
    engine = _engine(files, settings, snapshot)
    site = Site(snapshot, descriptions, engine, settings, context, prefixes())
    weakref.finalize(site, engine.close)
    return site


def _engine(files: Sequence[Path], settings: Settings, snapshot: Snapshot) -> SparqlEngine:
    """The engine that answers queries: the operator's, or an embedded one with the snapshot's files."""
    names: dict[str, Any] = {"prefixes": prefixes(), "base": snapshot.facts.base}
    if settings.engine:
        from ..sparql.remote.endpoint import RemoteEngine  # its libraries are an extra

        user, password = settings.engine_user, settings.engine_password
        return RemoteEngine(settings.engine, settings, user=user, password=password, **names)
    return EmbeddedEngine(files, settings, snapshot=snapshot.dataset, **names)


def watch(app: Flask, store: Path, settings: Settings) -> threading.Event:
    """Watch the store for a new current snapshot, in a thread; setting the event ends that.

    A snapshot that cannot be served is refused and logged, and not tried again until ``current`` is set anew.
    """
    ended = threading.Event()
    seen: tuple[object, ...] = ()  # a change before the first look counts too

    def look() -> None:
        nonlocal seen
        while not ended.wait(settings.switch_seconds):
            try:
                if (version := _version(store)) != seen:
                    seen = version
                    switch(app, store, settings)
                    jinja.warm(app)
            except Exception:  # the next attempt may succeed
                log.exception("looking for a snapshot failed")

    threading.Thread(target=look, name="switching", daemon=True).start()
    return ended


def switch(app: Flask, store: Path, settings: Settings) -> bool:
    """Serve the store's current snapshot from now on; False, with a line in the log, if it cannot be."""
    old: Site = app.extensions[EXTENSION]
    meter: Meter = app.extensions[METER]
    try:
        if (store / "current").resolve() == old.snapshot.root:
            return True
        new = open_site(store, settings)
    except Exception as error:  # the old snapshot can still be served
        expected = isinstance(error, (SnapshotError, QueryError, OSError))
        fields = {"reason": str(error) or type(error).__name__, "kept": old.snapshot.name}
        log.error("snapshot refused", exc_info=None if expected else error, extra={"fields": fields})
        meter.switched("refused")
        return False
    app.extensions[EXTENSION] = new
    meter.switched("done")
    log.info("snapshot switched", extra={"fields": {"from": old.snapshot.name, "to": new.snapshot.name}})
    return True


def _version(store: Path) -> tuple[object, ...]:
    """What changes when ``current`` is set, even to the same snapshot."""
    link = store / "current"
    try:
        state = link.lstat()
        return link.readlink(), state.st_ino, state.st_mtime_ns
    except OSError:
        return ()
