"""Places for work: so many at once, a bounded queue for the rest, and turns that go round the clients.

For one event loop; not safe to use from several threads.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field


class Full(Exception):  # noqa: N818 - a state, not a mistake
    """There is no place; ``client`` tells whether others could still have one."""

    def __init__(self, client: bool) -> None:
        super().__init__(client)
        self.client = client


@dataclass(eq=False, slots=True)
class Ticket:
    """One piece of work, for all the ``clients`` that want it. ``turn`` is done when it may begin."""

    turn: asyncio.Future[None]
    clients: set[str] = field(default_factory=set)
    waits: bool = False


class Places:
    """``at_once`` places; up to ``queue`` tickets wait, of one client at most ``client_limit`` have a place
    or wait. A queue that is full has room for a client with fewer tickets in it than another.
    """

    def __init__(self, at_once: int, queue: int, client_limit: int) -> None:
        self._free = at_once
        self._queue = queue
        self._client_limit = client_limit
        self._tickets: Counter[str] = Counter()
        self._lines: OrderedDict[str, deque[Ticket]] = OrderedDict()
        self.waiting = 0

    def ask(self, client: str) -> Ticket:
        """A ticket for new work; raises Full. It must be handed back by :meth:`leave`."""
        if self._tickets[client] >= self._client_limit:
            raise Full(client=True)
        ticket = Ticket(asyncio.get_running_loop().create_future())
        if self._free:
            self._free -= 1
            ticket.turn.set_result(None)
        else:
            if self.waiting >= self._queue:
                self._make_room(client)
            ticket.waits = True
            self.waiting += 1
        self._add(ticket, client)
        return ticket

    def join(self, ticket: Ticket, client: str) -> None:
        """Another client wants the same: whose turn comes first brings it on."""
        if client not in ticket.clients and self._tickets[client] < self._client_limit:
            self._add(ticket, client)

    def leave(self, ticket: Ticket) -> None:
        """The work is done, or nobody wants it any more."""
        if ticket.waits:
            self._withdraw(ticket)
            ticket.turn.cancel()
        elif not ticket.turn.cancelled() and ticket.turn.exception() is None:
            self._free += 1
            self._next()
        self._tickets -= Counter(ticket.clients)

    def _add(self, ticket: Ticket, client: str) -> None:
        ticket.clients.add(client)
        self._tickets[client] += 1
        if ticket.waits:
            self._lines.setdefault(client, deque()).append(ticket)

    def _next(self) -> None:
        if self._lines:
            client, line = next(iter(self._lines.items()))
            self._lines.move_to_end(client)
            ticket = line[0]
            self._withdraw(ticket)
            self._free -= 1
            ticket.turn.set_result(None)

    def _withdraw(self, ticket: Ticket) -> None:
        """Out of the queue."""
        ticket.waits = False
        self.waiting -= 1
        for client in ticket.clients:
            if (line := self._lines.get(client)) and ticket in line:
                line.remove(ticket)
                if not line:
                    del self._lines[client]

    def _make_room(self, client: str) -> None:
        """The longest line gives way to a client who has less in the queue."""
        line = max(self._lines.values(), key=len, default=deque())
        if len(line) <= len(self._lines.get(client, ())) + 1:
            raise Full(client=False)
        last = line[-1]
        self._withdraw(last)
        last.turn.set_exception(Full(client=False))
