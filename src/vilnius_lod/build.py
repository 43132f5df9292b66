"""The whole way from a dataset's directory to the current snapshot, in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path

from . import snapshot
from .catalogue import csvw, dsa, geojson, void
from .catalogue import dumps as distributions
from .catalogue import settings as catalogue_settings
from .catalogue.csvw import CsvwTable
from .catalogue.dcat import FileFacts, catalogue_graph, prefixes, void_graph
from .extract import page_check, patterns
from .facts import ContactFacts, Facts, ReleaseFacts, SourceFacts, WithdrawalFacts
from .graphs import minting
from .graphs.named_graphs import named_graphs, origins, vocabulary_graph
from .graphs.records import partnerships
from .inputs.issues import InputError, Issue, by_file, errors
from .inputs.toml_reader import line_of
from .rdf import namespaces
from .rdf.terms import Graphs, Triple
from .rdf.writers import nquads
from .records import loader
from .records.dataset import SETTINGS
from .records.model import Records
from .validation.shacl import ShaclEngine, ValidationReport, catalogue_shapes, shapes_graph, validate_graphs

# A spreadsheet's own files beside a table begin with one of these signs.
TABLES = ("tables/[!.~]*.csv", "links/[!.~]*.sssom.tsv", "search/[!.~]*.csv", "[!.~]*.csv")


COUNTED = (
    "partnerships", "agreements", "events", "memberships", "networks", "places", "countries", "organizations",
    "links",
)  # fmt: skip
"""What is counted, and can be bounded in dataset.toml: partnerships, and the rows of these tables."""


class BuildRefused(Exception):  # noqa: N818 - the build is refused; nothing went wrong in it
    """The data do not conform: ``verdict`` says where; ``report`` is the folder where the report is kept."""

    def __init__(self, verdict: ValidationReport, report: Path) -> None:
        self.verdict, self.report = verdict, report
        super().__init__(f"violations: {verdict.counts()['Violation']}")


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The snapshot's directory, the verdict with its warnings, the number of statements, and what the input
    should be looked at for.
    """

    snapshot: Path
    verdict: ValidationReport
    triples: int
    remarks: tuple[Issue, ...]


def build(directory: Path, store: Path, site: str | None = None) -> BuildResult:
    """Make the snapshot of a dataset and make it current. Raises InputError or BuildRefused.

    ``site`` is where the files will answer, by default the dataset's base.
    """
    records, graphs, verdict = examine(directory)
    _refuse_unless_conforming(verdict, store)
    dumps = distributions.dumps(
        {minting.graph_name(records.dataset, name).value: graph for name, graph in graphs.items()}
    )
    tables = csvw.tables(records, dumps["nq"])
    files = _files(records, dumps, tables, verdict)
    said = distributions.union(graphs.values())
    files |= _catalogue(records, graphs, said, files, tables, site or records.dataset.base, store)
    inputs = snapshot.fingerprint(directory, site)
    facts = _facts(records, site or records.dataset.base, len(said), verdict, inputs)
    root = snapshot.write(store, files, facts)
    snapshot.forget_refused(store)
    return BuildResult(root, verdict, len(said), records.remarks)


def examine(directory: Path, engine: ShaclEngine = "pyshacl") -> tuple[Records, Graphs, ValidationReport]:
    """Read a dataset, check it in every way, write nothing. Raises InputError for bad input."""
    vocabulary = vocabulary_graph()
    read = loader.read_all(directory, concepts(vocabulary))
    problems = by_file([*read.problems, *_further_problems(read, directory)])
    records = read.records
    if records is None or errors(problems):
        raise InputError(problems)
    graphs = named_graphs(records, vocabulary)
    verdict = validate_graphs(graphs.values(), shapes_graph(), records.dataset.base, origins(records), engine)
    return records, graphs, verdict


def _further_problems(read: loader.Reading, directory: Path) -> Iterator[Issue]:
    """What is wrong beyond the cells. The tables are compared with the page where both could be read."""
    records = read.records
    if records is None:
        return
    yield from _count_problems(records, read.sizes, read.registered)
    yield from catalogue_settings.problems(records, read.registered)
    try:
        words = patterns.read(directory, records.dataset.source.language)
    except InputError as error:
        yield from error.problems
        return
    spoilt = {problem.file for problem in errors(read.problems)}
    settings = {SETTINGS, f"{records.dataset.settings['source']}/retrieval.toml"}
    if spoilt.isdisjoint(settings | page_check.FILES):
        yield from page_check.check(read, words)


def _refuse_unless_conforming(verdict: ValidationReport, store: Path) -> None:
    if not verdict.conforms:
        report = {"report.ttl": verdict.report, "report.json": verdict.json()}
        raise BuildRefused(verdict, snapshot.keep_refused(store, report))


def _catalogue(
    records: Records,
    graphs: Graphs,
    said: Sequence[Triple],
    files: Mapping[str, bytes],
    tables: Sequence[CsvwTable],
    site: str,
    store: Path,
) -> dict[str, bytes]:
    """What describes the files, made after them: the catalogue as files and as a graph to query, VoID,
    and the data structure description. What the dataset has ``said`` is not said again in that graph: each
    statement is in one graph, so that none counts twice in their union.
    """
    listed = [
        FileFacts(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in sorted(files.items())
    ]
    facts = void.statistics(graphs, records)
    catalogue = catalogue_graph(records, listed, facts, site)
    _refuse_unless_conforming(
        validate_graphs([catalogue], catalogue_shapes(), records.dataset.base, {}), store
    )
    name = minting.graph_name(records.dataset, "catalogue").value
    known = frozenset(said)
    new = [triple for triple in catalogue if triple not in known]
    found = {"catalogue.nq": nquads({name: new})}
    for stem, triples in {"catalogue": catalogue, "void": void_graph(records, listed, facts, site)}.items():
        found |= {
            f"{stem}.{extension}": content
            for extension, content in distributions.single(triples, prefixes()).items()
        }
    structure = dsa.description(records, tables, graphs["vocabulary"], site)
    return found | ({dsa.PATH: structure} if structure else {})


def concepts(vocabulary: Iterable[Triple]) -> dict[str, frozenset[str]]:
    """The slugs of each concept scheme: what the cells of the tables may hold."""
    found: dict[str, set[str]] = {}
    space = namespaces.VOCABULARY_BASE + "id/"
    is_concept = (minting.term("rdf:type"), minting.term("skos:Concept"))
    for iri, predicate, value in vocabulary:
        if (predicate, value) == is_concept and iri.value.startswith(space):
            scheme, _, slug = iri.value.removeprefix(space).partition("/")
            found.setdefault(scheme, set()).add(slug)
    return {scheme: frozenset(slugs) for scheme, slugs in found.items()}


def counts(records: Records) -> dict[str, int]:
    """How many things of each class there are; the names are those of ``[counts]`` in dataset.toml."""
    rows = {name: len(getattr(records, name)) for name in COUNTED[1:]}
    return {"partnerships": len(partnerships(records)), **rows}


def _count_problems(
    records: Records, sizes: Mapping[str, int], registered: Mapping[str, frozenset[str]]
) -> Iterator[Issue]:
    """Counts of rows, those with errors too, that are out of the bounds in dataset.toml."""
    found = {**sizes, "partnerships": len(registered.get("partner", ()))}
    text = (records.dataset.directory / SETTINGS).read_text(encoding="utf-8-sig")
    for name, (least, most) in records.dataset.counts.items():
        key = f"counts.{name}"
        line = line_of(key, text)
        if name not in COUNTED:
            nearest = get_close_matches(name, COUNTED, 1)
            allowed = ", ".join(dict.fromkeys([*nearest, *COUNTED]))
            yield Issue(SETTINGS, line, key, "unknown count", {}, name, allowed)
        elif name in found and not least <= found[name] <= most:
            message = "the number of {name} is out of bounds"
            allowed, count = f"{least} … {most}", str(found[name])
            yield Issue(SETTINGS, line, key, message, {"name": name}, count, allowed)


def _files(
    records: Records, dumps: Mapping[str, bytes], tables: Sequence[CsvwTable], verdict: ValidationReport
) -> dict[str, bytes]:
    """The files of the snapshot by their names in it."""
    files = {f"data/{records.dataset.name}.{extension}": content for extension, content in dumps.items()}
    files |= {f"data/{name}": content for name, content in csvw.files(records.dataset, tables).items()}
    files |= {f"queries/{path.name}": path.read_bytes() for path in sorted(namespaces.QUERIES.glob("*.rq"))}
    report = distributions.single(verdict.statements, namespaces.prefixes())
    return files | {
        snapshot.CANONICAL: dumps["nq"],
        "partners.geojson": geojson.partners(records),
        "vocabulary/ontology.ttl": _joined(namespaces.TERMS),
        "vocabulary/shapes.ttl": _joined(sorted(namespaces.SHAPES.glob("*.ttl"))),
        "vocabulary/context.jsonld": (namespaces.ONTOLOGY / "context.jsonld").read_bytes(),
        **{f"report.{extension}": content for extension, content in report.items()},
        "report.json": verdict.json(),
        "source/page.txt": records.dataset.source.path.read_bytes(),
        **_tables(records.dataset.directory),
        "origins.json": _origins(records),
        "search-names.json": _search_names(records),
    }


def _tables(directory: Path) -> dict[str, bytes]:
    """The tables as people edit them, by their names in the dataset's directory below ``input/``."""
    found = (path for pattern in TABLES for path in sorted(directory.glob(pattern)))
    return {f"input/{path.relative_to(directory).as_posix()}": path.read_bytes() for path in found}


def _origins(records: Records) -> bytes:
    """File and line of each thing's row, by its IRI; what a row makes beside its thing comes later."""
    rows = {iri: asdict(origin) for iri, origin in origins(records).items()}
    return (json.dumps(rows, ensure_ascii=False) + "\n").encode()


def _search_names(records: Records) -> bytes:
    """The names that serve the search alone, by the IRI of their thing, and whose they are."""
    names: dict[str, list[dict[str, object]]] = {}
    for row in records.search_names:
        iri = minting.path(records.dataset, f"id/{row.thing}").value
        names.setdefault(iri, []).append({"name": row.name, "languages": row.languages, "source": row.source})
    sources = {
        row.slug: {
            "name": row.name, "version": row.version, "address": row.address,
            "licence": row.licence, "licence_label": row.licence_label,
        }
        for row in records.search_sources
    }  # fmt: skip
    return (json.dumps({"sources": sources, "names": names}, ensure_ascii=False) + "\n").encode()


def _joined(files: Iterable[Path]) -> bytes:
    """Turtle files as one, as people wrote them."""
    return b"\n".join(path.read_bytes() for path in files)


def _facts(records: Records, site: str, triples: int, verdict: ValidationReport, inputs: str) -> Facts:
    data, source, releases = records.dataset, records.dataset.source, records.releases
    settings = catalogue_settings.read(records)
    return Facts(
        base=data.base,
        site=site,
        name=data.name,
        languages=data.languages,
        focus=data.focus,
        municipality=data.municipality,
        title=data.title,
        description=data.description,
        licence=data.licence,
        licence_label=data.licence_label,
        rights=settings.rights,
        contact=ContactFacts(**asdict(settings.contact)) if settings.contact else ContactFacts({}, "", ""),
        publisher=data.publisher,
        publisher_name=data.publisher_name,
        source=SourceFacts(
            source.slug, source.title, source.language, source.retrieved, source.sha256, source.publisher
        ),
        version=releases[-1].version if releases else None,
        issued=str(releases[0].date) if releases else None,
        modified=str(releases[-1].date) if releases else None,
        releases=tuple(ReleaseFacts(row.version, str(row.date), row.changes) for row in releases),
        counts=counts(records),
        triples=triples,
        results=verdict.counts(),
        withdrawals={
            row.thing: WithdrawalFacts(row.label, row.reason, str(row.date), row.replaced_by)
            for row in records.withdrawals
        },
        inputs=inputs,
    )
