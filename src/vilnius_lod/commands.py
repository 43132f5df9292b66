"""What each command does."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from argparse import Namespace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from . import __version__, output
from .i18n.messages import Translate, UserError
from .rdf import namespaces
from .settings import Settings
from .snapshot import Snapshot, SnapshotError, fingerprint, open_snapshot
from .sparql.errors import QueryError

if TYPE_CHECKING:
    from .records.model import Records
    from .web.http.problems import Problem

DONE, DOES_NOT_CONFORM, WRONG_USE = 0, 1, 2
MAX_STATEMENTS_SHOWN = 10
"""How many of the statements that an engine lost or added are printed for each graph."""


class WrongUse(UserError):  # noqa: N818
    """The command cannot do what it was asked."""


def build(options: Namespace, translate: Translate) -> int:
    """``vilnius-lod build``."""
    from .validation import reporters

    current = _current(options.store)
    if current and current.facts.inputs == fingerprint(options.dataset, options.site):
        _say(translate, "{snapshot}: up to date.", snapshot=current.root)
        return DONE
    # Imported only now: rdflib and pySHACL take longer to import than the check above takes.
    from . import build as builder

    try:
        result = builder.build(options.dataset, options.store, options.site)
    except builder.BuildRefused as refused:
        findings = reporters.from_results(refused.verdict.results, options.lang, ())
        print(reporters.as_text(findings, translate), end="", file=sys.stderr)
        message = "Nothing was published; the report is kept in {folder}."
        _say(translate, message, sys.stderr, folder=refused.report)
        return DOES_NOT_CONFORM
    for remark in result.remarks:
        print(remark.text(translate), file=sys.stderr)
    _say(
        translate, "{snapshot}: {triples} triples, {warnings} warnings.",
        snapshot=result.snapshot, triples=result.triples, warnings=result.verdict.counts()["Warning"],
    )  # fmt: skip
    return DONE


def validate(options: Namespace, translate: Translate) -> int:
    """``vilnius-lod validate``."""
    from .build import examine
    from .inputs.issues import InputError
    from .validation import reporters

    try:
        records, _, verdict = examine(options.dataset, options.shacl)
    except InputError as error:
        findings, conforms, report = reporters.from_problems(error.problems, translate), False, None
    else:
        findings = reporters.from_problems(records.remarks, translate)
        findings += reporters.from_results(verdict.results, options.lang, records.dataset.languages)
        conforms, report = verdict.conforms, verdict.report
    if options.format == "turtle" and report is not None:
        output.data(report)
    elif options.format == "turtle":
        print(reporters.as_text(findings, translate), end="", file=sys.stderr)
        _say(translate, "The tables cannot be read, so there is no SHACL report.", sys.stderr)
    elif options.format == "json":
        output.data(reporters.as_json(findings).encode())
    elif options.format == "sarif":
        output.data(reporters.as_sarif(findings, __version__).encode())
    else:
        print(reporters.as_text(findings, translate), end="")
    return DONE if conforms else DOES_NOT_CONFORM


def serve(options: Namespace, translate: Translate) -> int:
    """``vilnius-lod serve``."""
    from .web.server import granian

    listener = granian.listen(options.host, options.port)
    if options.behind_proxy:
        _trust(options.behind_proxy, listener)
    address = granian.address(listener, options.host)
    if (code := _ensure_snapshot(options, translate, options.site or address)) != DONE:
        return code
    if options.engine:
        os.environ["VILNIUS_LOD_ENGINE"] = options.engine
    if options.behind_proxy:
        message = (
            "Behind a proxy: clients are those that it names (X-Forwarded-For, {count} in a row); "
            "it limits their number and speed."
        )
        _say(translate, message, count=options.behind_proxy)
    granian.serve(
        options.store, listener, workers=options.workers,
        say=lambda _: _say(translate, "Serving at {address}", address=address),
    )  # fmt: skip
    return DONE


def _trust(proxies: int, listener: socket.socket) -> None:
    """Settings for a server that only proxies on this machine can reach."""
    host = listener.getsockname()[0]
    if not ipaddress.ip_address(host).is_loopback:
        raise WrongUse("--behind-proxy with --host {host}: allowed: 127.0.0.1, ::1, localhost", host=host)
    variable = "VILNIUS_LOD_TRUSTED_PROXIES"
    if os.environ.setdefault(variable, str(proxies)) != str(proxies):
        message = "--behind-proxy {proxies}, but {variable}={found}: give one of them"
        raise WrongUse(message, proxies=proxies, variable=variable, found=os.environ[variable])
    # Longer than proxies keep their connections, so that they close them.
    os.environ.setdefault("VILNIUS_LOD_HEADER_SECONDS", "90")


def _ensure_snapshot(options: Namespace, translate: Translate, site: str) -> int:
    """Build if the store holds no snapshot; refuse to serve a snapshot other than the one asked for."""
    if not (options.store / "current").exists():
        options.site = site
        return build(options, translate)
    facts = open_snapshot(options.store).facts
    if options.dataset != namespaces.DATA:
        from .records import dataset

        if (asked := dataset.read(options.dataset).base) != facts.base:
            message = "{store} holds a snapshot of {there}, not of {asked}; give another --store."
            raise WrongUse(message, store=options.store, there=facts.base, asked=asked)
    if options.site and options.site.rstrip("/") != facts.site.rstrip("/"):
        message = "{store} holds a snapshot for {there}, not for {asked}; build it again with --site."
        raise WrongUse(message, store=options.store, there=facts.site, asked=options.site)
    return DONE


def query(options: Namespace, translate: Translate) -> int:
    """``vilnius-lod query``: the engine, the data, the limits and the errors are those of ``/sparql``."""
    from .web import reload
    from .web.routes.sparql import routes

    solutions, graph = ("tsv", "turtle") if options.format is None else _formats(options.format)
    text, settings = _query_text(options.query), Settings.from_environment(os.environ)
    try:
        site = reload.open_site(options.store, settings)
        answer = site.engine.run(text, solutions=solutions, graph=graph)
    except QueryError as error:
        raise WrongUse("{told}", told=_reason(routes.problem(error, text), translate)) from None
    output.data(answer.body)
    return DONE


def _formats(name: str) -> list[str | None]:
    """The formats for rows and for graphs that ``/sparql`` knows by this name (``ttl``, ``srj``); None for a
    kind of answer that has no such format.
    """
    from .formats import GRAPHS, HTML, SOLUTIONS
    from .web.routes.sparql.formats import GRAPHS_BY_NAME, SOLUTIONS_BY_NAME

    offers = (by_name.get(name.lower(), HTML) for by_name in (SOLUTIONS_BY_NAME, GRAPHS_BY_NAME))
    names = [None if offer is HTML else offer.name for offer in offers]
    if not any(names):
        allowed = dict.fromkeys(offer.name for offer in (*SOLUTIONS, *GRAPHS))
        raise WrongUse("--format {found}: allowed: {names}", found=name, names=", ".join(allowed))
    return names


def _reason(problem: Problem, translate: Translate) -> str:
    """Why there is no answer, as ``/sparql`` says it, and where the query is wrong if it is."""
    detail = translate(problem.detail).format(**problem.values)
    sentences = [translate(problem.title), detail]
    if "line" in problem.members:
        sentences.append(translate("Line {line}, column {column}").format(**problem.members))
    return ". ".join(sentence.rstrip(".") for sentence in sentences if sentence) + "."


def _query_text(given: str) -> str:
    """Standard input for ``-``, a file's content, the name of a packaged query, or the text itself."""
    if given != "-" and any(character in given for character in "\n {<"):
        return given
    packaged = namespaces.QUERIES / f"{given}.rq"
    path = packaged if packaged.is_file() else Path(given)
    if given != "-" and not path.is_file():
        raise WrongUse("{found}: neither a query, nor a file, nor the name of a packaged query", found=given)
    content = sys.stdin.buffer.read() if given == "-" else path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongUse("{file}: not UTF-8 at byte {position}", file=given, position=error.start + 1) from None


def extract(options: Namespace, translate: Translate) -> int:
    """``vilnius-lod extract``."""
    from .extract import page, patterns
    from .inputs import csv_reader
    from .inputs.issues import InputError
    from .records import dataset

    settings = dataset.read(options.dataset)
    words = patterns.read(options.dataset, settings.source.language)
    try:
        text = csv_reader.decode(options.page.read_bytes(), str(options.page), settings.source.language)
    except InputError as error:
        raise WrongUse("{told}", told=error.problems[0].text(translate)) from None
    extraction = page.extract(text, words, settings, options.page.name)
    tables = {name: page.as_csv(rows) for name, rows in extraction.tables.items() if rows}
    if not extraction.problems and options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        for name, content in tables.items():
            with (options.output / f"{name}.csv").open("x", encoding="utf-8", newline="") as file:
                file.write(content)
    elif not options.output:
        for name, content in tables.items():
            output.data(f"# {name}.csv\n{content}\n".encode())
    for problem in extraction.problems:
        print(problem.text(translate), file=sys.stderr)
    counts = ", ".join(f"{name} {len(rows)}" for name, rows in extraction.tables.items())
    message = "Read: {counts}. Not read: {problems}."
    _say(translate, message, sys.stderr, counts=counts, problems=len(extraction.problems))
    return DOES_NOT_CONFORM if extraction.problems else DONE


def load(options: Namespace, translate: Translate) -> int:
    """``vilnius-lod load``."""
    from .sparql.remote import loader
    from .sparql.remote.graph_diff import RULES
    from .web.routes.sparql import routes

    snapshot, settings = open_snapshot(options.store), Settings.from_environment(os.environ)
    target = loader.Target(
        query=options.engine,
        update=options.update,
        store=options.graphs,
        user=settings.engine_user,
        password=settings.engine_password,
    )
    files = [snapshot.path("dataset.nq"), snapshot.path("catalogue.nq")]
    try:
        report = loader.load(files, target, base=snapshot.facts.base, snapshot=snapshot.dataset)
    except QueryError as error:
        reason = f"{_reason(routes.problem(error, ''), translate)} {getattr(error, 'message', '')}"
        raise WrongUse("{engine}: {told}", engine=options.engine, told=reason.strip()) from None
    for graph in report.graphs:
        diff = graph.diff
        numbers = f"{graph.sent} → {graph.counted}; {len(diff.altered)}, {len(diff.lost)}, {len(diff.added)}"
        message = "{graph}: {numbers} (sent → counted; altered, lost, added)"
        _say(translate, message, graph=graph.graph, numbers=numbers)
        for rule, altered in groupby(sorted(diff.altered, key=attrgetter("rule")), attrgetter("rule")):
            example = next(altered)
            print(f"  {translate(RULES[rule])}:\n    {example.sent}\n  → {example.found}")
        for sign, statements in (("-", diff.lost), ("+", diff.added)):
            for statement in statements[:MAX_STATEMENTS_SHOWN]:
                print(f"  {sign} {statement}")
        for count in graph.count_mismatches:
            print(f"  {count.kind} <{count.iri}>: {count.sent} → {count.found}")
    message = "Switched over." if report.switched else "Not switched over: what was current there still is."
    print(translate(message))
    return DONE if report.switched else DOES_NOT_CONFORM


def links(options: Namespace, translate: Translate) -> int:
    """``vilnius-lod links``."""
    from importlib.metadata import PackageNotFoundError

    from .records import loader as tables

    records = tables.read(options.dataset)
    run = _check_links if options.action == "check" else _collect_names
    try:
        return run(records, translate)
    except PackageNotFoundError as missing:
        message = "{package} is missing: pip install --no-deps -r requirements/check.txt"
        raise WrongUse(message, package=missing.name) from None


def _check_links(records: Records, translate: Translate) -> int:
    """``vilnius-lod links check``."""
    from .tools.link_audit import audit, gazetteers

    result = audit.check(records, gazetteers.read(audit.wanted(records)))
    print(audit.as_text(result, translate), end="")
    return DOES_NOT_CONFORM if result.findings else DONE


def _collect_names(records: Records, translate: Translate) -> int:
    """``vilnius-lod links names``."""
    from .tools import search_names

    for file, content in search_names.tables(records).items():
        path = records.dataset.directory / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="")
        _say(translate, "{file}: {rows} rows.", file=path, rows=content.count("\n") - 1)
    return DONE


def catalogue(options: Namespace, translate: Translate) -> int:
    """``vilnius-lod catalogue``."""
    from .tools.catalogue_audit import client

    checks = client.check(options.check, options.profiles)
    print(client.table(checks, translate), end="")
    return DONE if all(check.good for check in checks) else DOES_NOT_CONFORM


def _say(translate: Translate, message: str, file: TextIO | None = None, /, **values: object) -> None:
    """Print a message in the reader's language at once, to standard output unless ``file`` is given."""
    print(translate(message).format(**values), file=file, flush=True)


def _current(store: Path) -> Snapshot | None:
    """The current snapshot, or None where there is none that is whole."""
    try:
        return open_snapshot(store)
    except SnapshotError:
        return None
