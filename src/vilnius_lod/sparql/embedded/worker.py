"""The processes in which queries run: a fork server that holds the data, and workers forked from it.

The fork server is an interpreter of its own (``python -m vilnius_lod.sparql.embedded.worker FD``) with one
thread, so that forking it is safe and cheap. A worker answers one query after another and can be killed at
any moment. It cannot open files or sockets, nor write files, and its memory is bounded. Both end when their
parent ends.

The parent's side is :mod:`vilnius_lod.sparql.embedded.forkserver`.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, RdfFormat, Store

from .. import results
from ..errors import EngineAway, EvaluationFailed, MalformedQuery, NotAcceptable, OutOfMemory, QueryError
from .framing import READY, read_frame, send_frame
from .syntax_error import locate

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_LOW_PRIORITY = 5  # enough to let others go first; at the lowest priority it would get no time beside them
_REAP_SECONDS = 0.05
_MAX_GROWTH_KIB = 32 * 1024


def main(control: socket.socket) -> None:
    """Run the fork server: load the data, then follow the parent's commands until it hangs up.

    ``fork`` answers a worker's process id and its socket, or why there is none. ``end PID`` kills the worker;
    ``code PID`` does too, waits for its end and answers its exit code (negative: the signal that ended it).
    ``pause PID`` stops it, ``heavy PID`` lets it go on with low priority; like ``ping`` they answer ``ok``.
    """
    config = json.loads(control.recv(1 << 20))
    store = Store()
    try:
        for path in config["files"]:
            store.bulk_load(path=path, format=RdfFormat.N_QUADS)
    except (OSError, SyntaxError, ValueError) as error:
        control.send(f"{type(error).__name__}: {error}".encode()[:4096])
        return
    gc.collect()
    gc.freeze()
    control.send(READY.encode())
    ending: set[int] = set()
    while command := _command(control, ending):
        name, _, argument = command.partition(" ")
        if name == "fork":
            _fork(store, config, control)
            continue
        pid, reply = int(argument), "ok"
        with contextlib.suppress(ProcessLookupError):
            match name:
                case "end" | "code":
                    os.kill(pid, signal.SIGKILL)
                    ending.add(pid)
                case "pause":
                    os.kill(pid, signal.SIGSTOP)
                case "heavy":
                    os.setpriority(os.PRIO_PROCESS, pid, _LOW_PRIORITY)
                    os.kill(pid, signal.SIGCONT)
        if name == "code":
            ending.discard(pid)
            reply = str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        control.send(reply.encode())


def _command(control: socket.socket, ending: set[int]) -> str:
    """The parent's next command. Meanwhile killed workers are reaped: on a busy machine one of low priority
    takes long to end, and nothing should wait for that.
    """
    while True:
        ending -= {pid for pid in ending if os.waitpid(pid, os.WNOHANG)[0]}
        control.settimeout(_REAP_SECONDS if ending else None)
        with contextlib.suppress(TimeoutError):
            return control.recv(64).decode()


def _fork(store: Store, config: dict[str, Any], control: socket.socket) -> None:
    parent = os.getpid()
    try:
        ours, theirs = socket.socketpair()
    except OSError as error:
        control.send(str(error).encode())
        return
    with ours, theirs:
        try:
            pid = os.fork()
        except OSError as error:
            control.send(str(error).encode())
            return
        if pid == 0:
            try:
                ours.close()
                control.close()
                _start(store, config, theirs, parent)
            finally:
                os._exit(0)
        socket.send_fds(control, [str(pid).encode()], [ours.fileno()])


def _start(store: Store, config: dict[str, Any], channel: socket.socket, parent: int) -> None:
    """Run a worker. One that cannot be confined answers its first request with the cause."""
    try:
        _confine(config, parent)
    except Exception as error:
        message = f"no process for the query: {type(error).__name__}: {error}"
        read_frame(channel)
        send_frame(channel, json.dumps(_failure(EngineAway(message))).encode())
        return
    _work(store, config, channel)


def _confine(config: dict[str, Any], parent: int) -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # the engine reports a failed allocation on stderr before it aborts
        os.dup2(null, stream)
    os.close(null)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    memory = mapped + config["worker_megabytes"] * 2**20
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    if not config["sockets"]:
        limits[resource.RLIMIT_NOFILE] = 0  # what is open stays open, nothing more can be opened
    for limit, value in limits.items():
        hard = resource.getrlimit(limit)[1]  # an operator's own limit may be lower
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (allowed, allowed))


def _work(store: Store, config: dict[str, Any], channel: socket.socket) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while request := read_frame(channel):
        body = b""
        try:
            reply, body = answer(store, json.loads(request), config)
        except QueryError as error:
            reply = {"error": type(error).__name__, "fields": vars(error)}
        except MemoryError:
            reply = {"error": "OutOfMemory", "fields": vars(OutOfMemory(config["worker_megabytes"]))}
        except BaseException as error:  # a panic of the engine is no Exception
            failure = EvaluationFailed(f"{type(error).__name__}: {error}")
            send_frame(channel, json.dumps(_failure(failure)).encode())
            return
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        reply["exhausted"] = grown > _MAX_GROWTH_KIB
        send_frame(channel, json.dumps(reply).encode(), body)


def _failure(error: QueryError) -> dict[str, Any]:
    return {"error": type(error).__name__, "fields": vars(error), "exhausted": True}


def answer(store: Store, request: dict[str, Any], config: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Run one request; raises QueryError. The reply names kind and format and whether it is ``volatile``."""
    limits = {"rows": config["result_rows"], "size": config["result_bytes"]}
    try:
        result = store.query(request["text"], base_iri=config["base"], **_dataset(request))
        if isinstance(result, QuerySolutions | QueryBoolean):
            kind = "select" if isinstance(result, QuerySolutions) else "ask"
            if request["solutions"] is None:
                raise NotAcceptable(kind)
            body = results.write_solutions(result, request["solutions"], **limits)
            return {"kind": kind, "format": request["solutions"], "volatile": False}, body
        kind = "describe" if request["form"] == "describe" else "construct"
        if request["graph"] is None:
            raise NotAcceptable(kind)
        body, blank = results.write_graph(result, request["graph"], config["prefixes"], **limits)
        return {"kind": kind, "format": request["graph"], "volatile": blank}, body
    except SyntaxError:
        raise locate(request["text"], functools.partial(_parse, base=config["base"])) from None
    except UnicodeEncodeError:
        raise MalformedQuery("a surrogate is no character") from None
    except (OSError, RuntimeError, ValueError) as error:
        raise EvaluationFailed(str(error)) from None


def _dataset(request: dict[str, Any]) -> dict[str, Any]:
    """Which graphs are queried: the protocol's parameters, else FROM clauses, else the union of all."""
    if request["default_graphs"] or request["named_graphs"]:
        return {
            "default_graph": [NamedNode(iri) for iri in request["default_graphs"]],
            "named_graphs": [NamedNode(iri) for iri in request["named_graphs"]],
        }
    # With the union switched on the engine ignores FROM.
    return {"use_default_graph_as_union": not request["has_from"]}


def _parse(query: str, base: str | None) -> str | None:
    """The parser's message, None where a query parses."""
    try:
        Store().query(query, base_iri=base)
    except SyntaxError as error:
        return str(error)
    except (OSError, RuntimeError, ValueError):
        pass
    return None


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
