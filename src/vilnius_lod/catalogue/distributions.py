"""The files and services by which people get the dataset, as distributions and data services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from ..formats import DISTRIBUTED, GRAPHS, JSON_LD, SPARQL_XML, W3C_FORMATS
from ..graphs import minting
from ..graphs.minting import TermStatement
from ..records.dataset import Dataset
from ..records.model import LanguageMap, Records
from . import dsa
from .authority import licence, term, texts
from .settings import CatalogueSettings, ServiceText

_SPDX_SHA256 = "spdx:checksumAlgorithm_sha256"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that answers at ``site`` + ``path``; size and checksum are those of the unencoded bytes."""

    path: str
    media_type: str
    bytes: int
    sha256: str


FORMATS = {form.media_type: form for form in DISTRIBUTED}


@dataclass(frozen=True, slots=True)
class _Service:
    """A service at ``site`` + ``path``: where it is described, what it follows, a format of its answers."""

    path: str
    description: str
    standard: str
    file_type: str
    media_type: str


SERVICES = {
    "sparql": _Service(
        "sparql",
        "sparql",
        "https://www.w3.org/TR/sparql11-protocol/",
        SPARQL_XML.file_type,
        SPARQL_XML.media_type,
    ),
    "api": _Service(
        "",
        "openapi.json",
        "https://spec.openapis.org/oas/latest.html",
        JSON_LD.file_type,
        JSON_LD.media_type,
    ),
}


def published(data: Dataset, files: Sequence[FileFacts]) -> dict[str, FileFacts]:
    """The files that are distributions, by their slug: dumps of the whole dataset by their ending (``ttl``),
    tables by their name. A CSV file that no metadata file describes is no table of the dataset.
    """
    paths = {file.path for file in files}
    found = {}
    for file in files:
        is_table = file.media_type != "text/csv" or f"{file.path}-metadata.json" in paths
        in_place = file.path.startswith("data/") or file.media_type == "application/geo+json"
        if file.media_type in FORMATS and is_table and in_place:
            found[_slug(data, file)] = file
    return found


def dumps(data: Dataset, files: Sequence[FileFacts]) -> list[FileFacts]:
    """The files that hold the whole dataset."""
    return [file for file in published(data, files).values() if PurePosixPath(file.path).stem == data.name]


def distribution(data: Dataset, slug: str) -> URIRef:
    """The IRI of a distribution."""
    return minting.path(data, f"distribution/{slug}")


def service(data: Dataset, slug: str) -> URIRef:
    """The IRI of a data service."""
    return minting.path(data, f"service/{slug}")


def file_statements(
    records: Records, settings: CatalogueSettings, files: Sequence[FileFacts], site: str
) -> Iterator[TermStatement]:
    """A distribution for each published file, and the description of the tables."""
    data = records.dataset
    structure = URIRef(site + dsa.PATH) if dsa.code_name(records) else None
    if structure:
        yield minting.dataset_iri(data), "foaf:page", structure
        yield from described_as(structure, data, settings.structure, PurePosixPath(dsa.PATH).name)
        yield structure, "dct:conformsTo", URIRef(dsa.STANDARD)
    for slug, file in published(data, files).items():
        it, address, kind = distribution(data, slug), URIRef(site + file.path), FORMATS[file.media_type]
        name = PurePosixPath(file.path).name
        yield from _distribution(records, settings, slug, settings.distributions.get(slug), name)
        yield it, "dcat:accessURL", address
        yield it, "dcat:downloadURL", address
        yield it, "dcat:mediaType", term(f"media:{file.media_type}")
        yield it, "dct:format", term(f"euat:file-type/{kind.file_type}")
        yield it, "dct:type", term("euat:distribution-type/DOWNLOADABLE_FILE")
        yield it, "dct:conformsTo", URIRef(kind.standard)
        # Every file of ours is UTF-8; RDF/XML and JSON could be others.
        yield it, "cnt:characterEncoding", Literal("UTF-8")
        # DCAT-AP 3 wants xsd:nonNegativeInteger, DCAT-AP-LT 2.1 xsd:decimal (E075): the newer is followed.
        yield it, "dcat:byteSize", minting.typed(str(file.bytes), XSD.nonNegativeInteger)
        checksum = URIRef(f"{it}#checksum")
        yield it, "spdx:checksum", checksum
        yield checksum, "rdf:type", term("spdx:Checksum")
        yield checksum, "spdx:algorithm", term(_SPDX_SHA256)
        yield checksum, "spdx:checksumValue", minting.typed(file.sha256, XSD.hexBinary)
        if file.media_type == "text/csv" and structure:
            yield it, "foaf:page", structure
        if kind in GRAPHS:
            yield minting.dataset_iri(data), "void:feature", URIRef(W3C_FORMATS + kind.w3c)


def service_statements(records: Records, settings: CatalogueSettings, site: str) -> Iterator[TermStatement]:
    """Each data service, and a distribution that leads to it: the European portal harvests no services."""
    data = records.dataset
    for slug, facts in SERVICES.items():
        it, endpoint, standard = service(data, slug), URIRef(site + facts.path), URIRef(facts.standard)
        own = settings.services.get(slug)
        yield it, "rdf:type", term("dcat:DataService")
        yield it, "rdf:type", term("dcat:Resource")
        yield it, "dct:identifier", Literal(str(it))
        yield from described_as(it, data, own, slug)
        yield it, "dcat:endpointURL", endpoint
        yield it, "dcat:endpointDescription", URIRef(site + facts.description)
        yield it, "dcat:servesDataset", minting.dataset_iri(data)
        yield it, "dct:conformsTo", standard
        yield it, "dct:format", term(f"euat:file-type/{facts.file_type}")
        it = distribution(data, slug)
        yield from _distribution(records, settings, slug, own, slug)
        yield it, "dcat:accessURL", endpoint
        yield it, "dcat:accessService", service(data, slug)
        yield it, "dcat:mediaType", term(f"media:{facts.media_type}")
        yield it, "dct:format", term(f"euat:file-type/{facts.file_type}")
        yield it, "dct:type", term("euat:distribution-type/WEB_SERVICE")
        yield it, "dct:conformsTo", standard


def described_as(it: URIRef, data: Dataset, own: ServiceText | None, name: str) -> Iterator[TermStatement]:
    """Title and description; without texts of its own those of the dataset, the title with its name."""
    title: LanguageMap = own.title if own else {}
    yield from texts(it, "dct:title", title or {tag: f"{text} ({name})" for tag, text in data.title.items()})
    yield from texts(it, "dct:description", (own.description if own else {}) or data.description)


def _distribution(
    records: Records, settings: CatalogueSettings, slug: str, own: ServiceText | None, name: str
) -> Iterator[TermStatement]:
    data, it = records.dataset, distribution(records.dataset, slug)
    yield minting.dataset_iri(data), "dcat:distribution", it
    yield it, "rdf:type", term("dcat:Distribution")
    yield it, "dct:identifier", Literal(str(it))
    yield from described_as(it, data, own, name)
    yield it, "dct:license", licence(data.licence)
    yield it, "dct:rights", minting.path(data, "rights")
    yield it, "dcatap:availability", URIRef(settings.availability) if settings.availability else None
    if records.releases:
        yield it, "dct:issued", minting.date(records.releases[0].date)
        yield it, "dct:modified", minting.date(records.releases[-1].date)


def _slug(data: Dataset, file: FileFacts) -> str:
    path = PurePosixPath(file.path)
    ending = path.suffix.removeprefix(".")
    if path.stem == data.name:
        return ending
    return path.stem if ending == "csv" else f"{path.stem}-{ending}"
