"""No client takes from others what is theirs: places, processors, and word of whether the engine is there."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from vilnius_lod.settings import Settings
from vilnius_lod.sparql.admission import Admission
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine
from vilnius_lod.sparql.engine import Answer
from vilnius_lod.sparql.errors import Busy, QueryError, TimedOut
from vilnius_lod.sparql.fair_share import Shares

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
LIGHT = "SELECT ?o { <https://example.org/id/3> <https://example.org/label> ?o }"


def ask(engine: EmbeddedEngine, query: str, client: str) -> Answer:
    return engine.run(query, solutions="json", graph=None, client=client)


def eventually(check: Callable[[], bool]) -> bool:
    for _ in range(3000):
        if check():
            return True
        time.sleep(0.01)
    return False


def states(engine: EmbeddedEngine) -> list[str]:
    """Of the processes that compute (R) or are paused (T)."""
    found = []
    for pid in Path(f"/proc/{engine.pid}/task/{engine.pid}/children").read_text().split():
        with contextlib.suppress(OSError):
            found.append(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0])
    return sorted(state for state in found if state in "RT")


@contextlib.contextmanager
def besieged(
    engine: EmbeddedEngine, clients: list[str], connections: int
) -> Iterator[list[tuple[str, QueryError]]]:
    """Endless queries on so many connections of each client, asked again and again; who got which error."""
    errors: list[tuple[str, QueryError]] = []
    ended = threading.Event()

    def insist(client: str) -> None:
        while not ended.is_set():
            try:
                ask(engine, ENDLESS, client)
            except QueryError as error:
                errors.append((client, error))
                time.sleep(0.02)

    threads = [threading.Thread(target=insist, args=(c,)) for c in clients for _ in range(connections)]
    for thread in threads:
        thread.start()
    try:
        assert eventually(lambda: len(states(engine)) > 1)
        yield errors
    finally:
        ended.set()
        engine.close()
        for thread in threads:
            thread.join()


def test_a_clients_second_heavy_query_gives_way_to_anothers_first(dataset: Path) -> None:
    settings = Settings(query_seconds=20, queue_seconds=20, heavy_queries=1, light_seconds=0.01)
    with EmbeddedEngine([dataset], settings) as engine, ThreadPoolExecutor(3) as threads:
        theirs = [threads.submit(ask, engine, ENDLESS, "a") for _ in range(2)]
        assert eventually(lambda: states(engine) == ["R", "T"])
        assert b"372100" in ask(engine, HEAVY, "b").body
        # There is room for two: the first one of "a" is still there, the second one had to go.
        assert eventually(lambda: any(query.done() for query in theirs))
        gone = [query.exception() for query in theirs if query.done()]
        assert [(type(error), getattr(error, "client", None)) for error in gone] == [(Busy, True)]
        engine.close()


def test_a_paused_query_goes_on_when_there_is_room_again(dataset: Path) -> None:
    settings = Settings(query_seconds=60, queue_seconds=60, heavy_queries=1, light_seconds=0.01)
    with EmbeddedEngine([dataset], settings) as engine, ThreadPoolExecutor(2) as threads:
        query = f"{HEAVY[:-1]} . <https://example.org/id/3> ?h ?i . <https://example.org/id/4> ?j ?k }}"
        first = threads.submit(ask, engine, query, "a")
        second = threads.submit(ask, engine, query, "b")
        for answered in (first, second):
            assert str(610 * 610 * 9).encode() in answered.result().body


def test_heavy_queries_of_one_client_take_nothing_from_another(dataset: Path) -> None:
    settings = Settings(query_seconds=30, queue_seconds=30, light_seconds=0.01)
    with EmbeddedEngine([dataset], settings) as engine, besieged(engine, ["a"], 20) as errors:
        for _ in range(5):
            assert b"372100" in ask(engine, HEAVY, "b").body
            assert ask(engine, LIGHT, "b")
        assert {(type(error), getattr(error, "client", None)) for _, error in errors} <= {(Busy, True)}


def test_sixty_connections_of_four_clients_refuse_no_light_query_of_a_fifth(dataset: Path) -> None:
    settings = Settings(query_seconds=30, queue_seconds=30, light_seconds=0.01)
    with EmbeddedEngine([dataset], settings) as engine, besieged(engine, ["a", "b", "c", "d"], 15):
        for _ in range(50):
            assert b"thing 3" in ask(engine, LIGHT, "e").body
        assert b"372100" in ask(engine, HEAVY, "e").body


def test_sixty_clients_refuse_no_light_query_of_another(dataset: Path) -> None:
    settings = Settings(query_seconds=30, queue_seconds=30, light_seconds=0.01)
    clients = [f"c{number}" for number in range(60)]
    with EmbeddedEngine([dataset], settings) as engine, besieged(engine, clients, 1) as errors:
        assert eventually(lambda: {client for client, _ in errors} == set(clients))
        for _ in range(20):
            assert b"thing 3" in ask(engine, LIGHT, "other").body


def test_readiness_takes_no_querys_place(dataset: Path) -> None:
    settings = Settings(query_seconds=30, workers=2, queue_length=0, light_seconds=0.01)
    with EmbeddedEngine([dataset], settings) as engine, besieged(engine, ["a", "b"], 2):
        for _ in range(20):
            engine.check()
            time.sleep(0.05)


def test_a_query_is_told_when_its_client_has_too_many_and_when_all_have(dataset: Path) -> None:
    """RFC 6585, section 4, or RFC 9110, section 15.6.4."""
    settings = Settings(query_seconds=2, queue_seconds=2, heavy_queries=1, light_seconds=0.01)
    with EmbeddedEngine([dataset], settings) as engine, ThreadPoolExecutor(8) as threads:
        own = [threads.submit(ask, engine, ENDLESS, "a") for _ in range(4)]
        refused = [error for query in own if isinstance(error := query.exception(), Busy)]
        assert refused
        assert all(error.client for error in refused)
        others = [threads.submit(ask, engine, ENDLESS, client) for client in "bcdefgh"]
        refused = [error for query in others if isinstance(error := query.exception(), Busy)]
        assert refused
        assert not any(error.client for error in refused)
        assert all(error.retry_after >= 1 for error in refused)


def test_a_query_that_waits_too_long_for_its_turn_is_not_said_to_be_too_slow(dataset: Path) -> None:
    settings = Settings(query_seconds=4, queue_seconds=0.5, heavy_queries=1, light_seconds=0.01)
    with EmbeddedEngine([dataset], settings) as engine, ThreadPoolExecutor(2) as threads:
        ends = Counter(type(q.exception()) for q in [threads.submit(ask, engine, ENDLESS, "a") for _ in "12"])
    assert ends == {Busy: 1, TimedOut: 1}


# The two pieces alone, where the order can be told exactly.


class Asked:
    """A query of ``client``."""

    def __init__(self, client: str) -> None:
        self.client = client


def order(shares: Shares, clients: str, running: dict[str, int] | None = None) -> str:
    queries = [Asked(client) for client in clients]
    ranked = shares.ranked(queries, running)
    assert shares.first(queries, running or {}) is ranked[0]
    return "".join(query.client for query in ranked)


def test_first_queries_come_before_second_ones_and_who_used_least_before_others() -> None:
    shares = Shares(half_life=1e9)
    assert order(shares, "aaabbc") == "abcaba"
    assert order(shares, "aaabbc", {"c": 1, "b": 1}) == "aabcab"
    shares.charge("a", 2)
    shares.charge("c", 1)
    assert order(shares, "acb") == "bca"
    assert order(shares, "acba") == "bcaa"


def test_what_was_used_is_forgotten_with_time_and_clients_are_not_kept_for_ever() -> None:
    assert Shares(half_life=1e-9).used("a") == 0
    quick = Shares(half_life=1e-3)
    quick.charge("a", 1)
    assert eventually(lambda: quick.used("a") < 1e-6)
    many = Shares(half_life=1e9)
    many.charge("a", 100)
    for number in range(30_000):
        many.charge(str(number), 0.1)
    assert many.used("a") == pytest.approx(100)
    assert sum(many.used(str(number)) > 0 for number in range(30_000)) <= 10_000


def test_a_place_goes_to_the_client_that_has_none() -> None:
    admission = Admission(Settings(workers=2, queue_seconds=30))
    came: list[str] = []
    go = {client: threading.Semaphore(0) for client in "abc"}

    def enter(client: str) -> None:
        with admission.admitted(client):
            came.append(client)
            go[client].acquire()

    def waits(query: Future[None]) -> bool:
        time.sleep(0.05)
        return not query.done()

    with ThreadPoolExecutor(6) as threads:
        queries = []
        for client in "abaac":  # one place each of the two, the others wait
            queries.append(threads.submit(enter, client))
            assert waits(queries[-1])
        assert came == ["a", "b"]
        go["b"].release()
        assert eventually(lambda: came == ["a", "b", "c"])
        for client in "aaac":
            go[client].release()
        for query in queries:
            query.result()
    assert came == ["a", "b", "c", "a", "a"]


def test_where_too_many_wait_the_one_with_the_least_claim_is_turned_away() -> None:
    admission = Admission(Settings(workers=1, queue_length=2, queue_seconds=30))
    go = threading.Event()

    def enter(client: str) -> str:
        with admission.admitted(client):
            go.wait()
        return client

    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(enter, "a")
        assert eventually(lambda: not first.done() and bool(admission._running))
        mine = [threads.submit(enter, "a") for _ in range(2)]
        assert eventually(lambda: len(admission._waiting) == 2)
        other = threads.submit(enter, "b")
        assert eventually(lambda: any(query.done() for query in mine))
        refused = next(query for query in mine if query.done())
        assert isinstance(error := refused.exception(), Busy)
        assert error.client
        go.set()
        assert other.result() == "b"
        assert first.result() == "a"
