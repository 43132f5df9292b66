"""The application for Granian's RSGI, as ``vilnius-lod serve`` runs it: one event loop takes every request,
answers what is kept at once, and lets threads make the rest.

What any client can do is bounded here, for all and for each: bodies on their way, answers being made, large
answers on their way out. ``/health`` and kept answers wait for nothing.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterable, Awaitable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol
from wsgiref.types import WSGIEnvironment

from flask import Flask

from ...settings import Settings
from .. import wsgi
from ..app import FRONT
from ..http import negotiate
from ..http.cache import OUTCOME, RULE, CachedResponse, CacheKey
from ..http.context import EXTENSION, SITE
from ..http.problems import Problem
from ..middleware import REFUSED, Front
from ..pages.jinja import PROBLEM_OFFERS
from ..routes.sparql.execute import network
from . import environ as environs
from .admission import Full, Places, Ticket
from .request_bodies import Bodies
from .transmission import Connection, Sender

SWITCH_INTERVAL = 0.001
"""Seconds that a thread computes while the event loop wants to: many threads then delay it by little."""
_AT_ONCE = "/health"
_PROBES = frozenset({"/ready", "/metrics"})
_REFUSALS = 256
_SHARED = frozenset({"400", "404", "406", "410", "414"})
"""Problems that depend on the request and the snapshot alone."""


class Exchange(Connection, AsyncIterable[bytes], Protocol):
    """One request and its answer, as RSGI has them."""

    def client_disconnect(self) -> Awaitable[None]:
        """Ends when the client has left."""


class Lane:
    """Threads for one sort of requests, and who may have them."""

    def __init__(self, name: str, threads: int, queue: int, client_limit: int, seconds: float) -> None:
        self.places = Places(threads, queue, client_limit)
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self.seconds = seconds

    async def turn(self, ticket: Ticket) -> None:
        """Wait for a ticket's turn; raises Full where that takes too long."""
        if ticket.turn.done():  # as mostly: a timer costs more than some answers
            return ticket.turn.result()
        try:
            async with asyncio.timeout(self.seconds):
                await asyncio.shield(ticket.turn)
        except TimeoutError:
            raise Full(client=False) from None


@dataclass(eq=False, slots=True)
class Flight:
    """An answer that is being made, for all who ask for the same."""

    ticket: Ticket
    task: asyncio.Task[CachedResponse]
    wanted_by: int = 0


class Service:
    """The RSGI application around the WSGI one."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.extensions[EXTENSION].settings
        self._front: Front = app.extensions[FRONT]
        longest: int = app.config["MAX_CONTENT_LENGTH"]
        self._bodies = Bodies(
            settings.bodies_at_once,
            settings.queries_per_client,
            longest,
            settings.body_bytes,
            settings.body_seconds,
        )
        self._sender = Sender(settings.sending_bytes, settings.sending_seconds)
        # Queries have an admission of their own. A thread for each that it lets in, and some for refusals.
        threads = settings.workers + settings.queue_length + 8
        self._queries = Lane("query", threads, 4 * threads, 2 * threads, settings.queue_seconds)
        self._pages = Lane(
            "page",
            settings.pages_at_once,
            settings.pages_queued,
            settings.pages_per_client,
            settings.page_seconds,
        )
        self._probes = Lane(
            "probe", 2, settings.pages_queued, settings.pages_per_client, settings.page_seconds
        )
        self._flights: dict[CacheKey, Flight] = {}
        self._refusals: dict[CacheKey, CachedResponse] = {}

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called once in each process of the server, before the first request."""
        sys.setswitchinterval(SWITCH_INTERVAL)

    async def __rsgi__(self, scope: environs.Scope, exchange: Exchange) -> None:
        """Answer one request."""
        began = time.perf_counter()
        environ = environs.environ(scope)
        self._front.prepare(environ)
        client = network(environ["REMOTE_ADDR"])
        reply = self._at_once(environ)
        if reply is None:
            try:
                reply = await self._make(environ, exchange, client)
            except (Problem, Full) as refusal:
                reply = self._refused(environ, _without_frames(refusal))
            if reply is None:
                return
        reply = self._front.finish(reply, environ, began)
        try:
            await self._send(exchange, reply, client)
        except Full as refusal:
            await self._send(exchange, self._refused(environ, refusal), client)

    async def _send(self, exchange: Exchange, reply: CachedResponse, client: str) -> None:
        await self._sender.send(exchange, int(reply.status[:3]), reply.headers, reply.body, client)

    def _at_once(self, environ: WSGIEnvironment) -> CachedResponse | None:
        """The answer, if no thread is needed for it."""
        reply = self._front.cache.find(environ)
        if reply is None and (problem := environ.get(REFUSED)) is not None:
            return self._refused(environ, problem)
        if reply is None and environ["PATH_INFO"] == _AT_ONCE:
            return self._front.cache.make(environ)
        return reply

    async def _make(self, environ: WSGIEnvironment, exchange: Exchange, client: str) -> CachedResponse | None:
        """An answer that threads make; None where the client leaves before. Raises a Problem or Full."""
        if environ["REQUEST_METHOD"] == "POST" and environs.has_body(environ):
            body = await self._bodies.read(exchange, environs.length(environ), client)
            environs.put_body(environ, body)
        key = self._front.cache.key(environ)
        if key is None:
            return await self._make_alone(environ, exchange, client)
        flight = self._flights.get(key)
        if flight is None:
            return await self._land(self._start(environ, client, key), exchange)
        self._lane(environ).places.join(flight.ticket, client)
        reply = await self._land(flight, exchange)
        if reply is None:
            return None
        if reply.storable or reply.status[:3] in _SHARED:
            environ[OUTCOME], environ[RULE] = "hit", reply.rule
            return reply
        return await self._make_alone(environ, exchange, client)

    def _start(self, environ: WSGIEnvironment, client: str, key: CacheKey) -> Flight:
        ticket = self._lane(environ).places.ask(client)
        task = asyncio.ensure_future(self._compute(environ, ticket))
        flight = self._flights[key] = Flight(ticket, task)
        task.add_done_callback(lambda _: self._flights.pop(key))
        task.add_done_callback(lambda task: task.cancelled() or task.exception())  # nobody may be waiting
        return flight

    async def _land(self, flight: Flight, exchange: Exchange) -> CachedResponse | None:
        """Wait for an answer that is being made; None where the client leaves before. What nobody waits for
        any more gives up its turn.
        """
        flight.wanted_by += 1
        gone = asyncio.ensure_future(exchange.client_disconnect())
        try:
            await asyncio.wait({flight.task, gone}, return_when=asyncio.FIRST_COMPLETED)
            return flight.task.result() if flight.task.done() else None
        finally:
            gone.cancel()
            flight.wanted_by -= 1
            if not flight.wanted_by and flight.ticket.waits:
                flight.task.cancel()

    async def _make_alone(
        self, environ: WSGIEnvironment, exchange: Exchange, client: str
    ) -> CachedResponse | None:
        ticket = self._lane(environ).places.ask(client)
        task = asyncio.ensure_future(self._compute(environ, ticket))
        return await self._land(Flight(ticket, task), exchange)

    async def _compute(self, environ: WSGIEnvironment, ticket: Ticket) -> CachedResponse:
        """The answer, made in a thread when it is this ticket's turn."""
        lane = self._lane(environ)
        try:
            await lane.turn(ticket)
            work = asyncio.get_running_loop().run_in_executor(lane.threads, self._front.cache.make, environ)
            return await work
        finally:
            lane.places.leave(ticket)

    def _lane(self, environ: WSGIEnvironment) -> Lane:
        path = environ["PATH_INFO"]
        if path == "/sparql" and (environ["REQUEST_METHOD"] == "POST" or "query=" in environ["QUERY_STRING"]):
            return self._queries
        return self._probes if path in _PROBES else self._pages

    def _refused(self, environ: WSGIEnvironment, refusal: Problem | Full) -> CachedResponse:
        """The problem's answer, made once for all who would get the same: refusing has to cost little."""
        if isinstance(refusal, Full):
            refusal = Problem("too-many-queries" if refusal.client else "busy", headers={"Retry-After": "2"})
        site = environ[SITE]
        accept, language = environ.get("HTTP_ACCEPT"), environ.get("HTTP_ACCEPT_LANGUAGE")
        key = (
            str(site.snapshot.root), refusal.kind, refusal.detail,
            negotiate.media_type(accept, PROBLEM_OFFERS), negotiate.language(language, site.languages),
        )  # fmt: skip
        reply = self._refusals.get(key)
        if reply is None:
            neutral = {
                **environ,
                REFUSED: refusal,
                "PATH_INFO": "/",
                "QUERY_STRING": "",
                "REQUEST_METHOD": "GET",
            }
            reply = self._front.cache.make(neutral)
            _without_frames(refusal)
            if len(self._refusals) >= _REFUSALS:
                self._refusals.clear()
            self._refusals[key] = reply
        return reply


def _without_frames(refusal: Problem | Full) -> Problem | Full:
    """The frames it went through would keep an unread body, and so its connection, until the next garbage
    collection.
    """
    refusal.__traceback__ = refusal.__context__ = None
    return refusal


def make() -> Service:
    """The application from the environment, as :func:`vilnius_lod.web.wsgi.make` has it."""
    return Service(wsgi.make())
