"""Who has a place, who waits, and whose turn is next; and how many bodies may be on their way."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Coroutine

import pytest

from vilnius_lod.web.http.problems import Problem
from vilnius_lod.web.server.admission import Full, Places, Ticket
from vilnius_lod.web.server.request_bodies import Bodies


def in_a_loop(test: Callable[..., Coroutine[None, None, None]]) -> Callable[..., None]:
    @functools.wraps(test)
    def run(**arguments: object) -> None:
        asyncio.run(test(**arguments))

    return run


def begun(tickets: list[Ticket]) -> list[int]:
    return [number for number, ticket in enumerate(tickets) if ticket.turn.done()]


def refused(places: Places, client: str) -> bool:
    """Whether it is this client who has too much."""
    with pytest.raises(Full) as caught:
        places.ask(client)
    return caught.value.client


@in_a_loop
async def test_turns_go_round_the_clients() -> None:
    places = Places(1, queue=10, client_limit=5)
    tickets = [places.ask(client) for client in ("a", "a", "a", "a", "b", "b", "c")]
    order = []
    for _ in range(7):
        done = next(n for n in begun(tickets) if n not in order)
        order.append(done)
        places.leave(tickets[done])
    assert order == [0, 1, 4, 6, 2, 5, 3]
    assert places.waiting == 0


@in_a_loop
async def test_a_client_has_a_bound_and_so_has_the_queue() -> None:
    places = Places(1, queue=3, client_limit=2)
    mine = [places.ask("a"), places.ask("a")]
    assert refused(places, "a")
    others = [places.ask("b"), places.ask("c")]
    assert not refused(places, "d")
    places.leave(mine[1])  # it gave up waiting
    others.append(places.ask("d"))
    for ticket in (mine[0], *others):
        places.leave(ticket)
    assert begun([places.ask("a")]) == [0]


@in_a_loop
async def test_in_a_full_queue_the_longest_line_gives_way() -> None:
    places = Places(1, queue=4, client_limit=10)
    mine = [places.ask("a") for _ in range(5)]
    other = places.ask("b")
    assert isinstance(mine[-1].turn.exception(), Full)
    places.leave(mine[-1])
    places.leave(mine[0])
    assert begun([other, mine[1]]) == [1]
    places.leave(mine[1])
    assert begun([other, mine[2]]) == [0]


@in_a_loop
async def test_who_wants_the_same_brings_it_on() -> None:
    places = Places(1, queue=10, client_limit=10)
    first, second, wanted = places.ask("a"), places.ask("a"), places.ask("a")
    places.join(wanted, "b")
    places.join(wanted, "b")
    places.leave(first)
    places.leave(second)
    assert wanted.turn.done()
    places.leave(wanted)
    assert (places.waiting, places._tickets.total(), places._free) == (0, 0, 1)


async def some(*parts: bytes, forever: bool = False) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
    if forever:
        await asyncio.Event().wait()


@in_a_loop
async def test_bodies_on_their_way_are_counted_in_all_and_for_each_client() -> None:
    bodies = Bodies(3, client_limit=2, longest=10, limit=20, seconds=60)
    slow = [
        asyncio.ensure_future(bodies.read(some(b"x", forever=True), None, client))
        for client in ("a", "a", "b")
    ]
    await asyncio.sleep(0)
    for client, kind in (("a", "too-many-queries"), ("c", "busy")):
        with pytest.raises(Problem) as caught:
            await bodies.read(some(), None, client)
        assert (caught.value.kind, caught.value.headers) == (kind, {"Retry-After": "1"})
    slow[0].cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await slow[0]
    assert await bodies.read(some(b"whole", b" body", b""), None, "c") == b"whole body"
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    assert (bodies._bytes, bodies._clients) == (0, {})


@pytest.mark.parametrize(
    ("parts", "length", "kind"),
    [([], 11, "too-large"), ([b"x" * 6, b"x" * 6], None, "too-large")],
)
@in_a_loop
async def test_a_body_is_bounded_whatever_it_says_of_itself(
    parts: list[bytes], length: int | None, kind: str
) -> None:
    with pytest.raises(Problem) as caught:
        await Bodies(3, 2, longest=10, limit=20, seconds=60).read(some(*parts), length, "a")
    assert caught.value.kind == kind


@in_a_loop
async def test_all_bodies_share_a_bound_in_bytes() -> None:
    bodies = Bodies(10, client_limit=10, longest=10, limit=25, seconds=60)
    slow = [
        asyncio.ensure_future(bodies.read(some(b"x" * 10, forever=True), None, client))
        for client in ("a", "b")
    ]
    await asyncio.sleep(0)
    with pytest.raises(Problem) as caught:
        await bodies.read(some(b"x" * 10), None, "c")
    assert caught.value.kind == "busy"
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)


@in_a_loop
async def test_a_body_has_its_time() -> None:
    with pytest.raises(Problem) as caught:
        await Bodies(3, 2, longest=10, limit=20, seconds=0.01).read(some(b"x", forever=True), None, "a")
    assert caught.value.status == 408
