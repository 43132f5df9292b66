"""The records as three CSV tables with CSV on the Web metadata, for spreadsheets, R and Python."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..graphs import minting
from ..graphs.derived import SIGNATURE
from ..graphs.links import GEONAMES, WIKIDATA, identifier
from ..graphs.records import partnerships
from ..i18n.messages import translator
from ..rdf import namespaces
from ..records.model import Membership, Party, Records

# EDTF level 0. Without an IRI of its own: the dataset too carries these dates as plain strings.
_EDTF = {"base": "string", "format": "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"}
_SLUG = {"base": "string", "format": "[a-z0-9]+(-[a-z0-9]+)*"}
# What several columns say of themselves.
_KEY = "A name that stays the same; the thing’s address ends with it."
_NAME = "The name in the language with which the column’s own name ends."
_COUNTRY = "The two letters of the country in which the partner lies."
_DATE = "As precise as the source: a year, a year and month, or a day (EDTF); empty where it states none."
_LINES = "The number of the line, counted from 1; several are joined by semicolons."


@dataclass(frozen=True, slots=True)
class CsvwColumn:
    """A column: title and description are English messages; ``about`` and ``value`` are URI templates,
    absolute or relative to the dataset's base. A column without a property is no statement of the dataset:
    a country's code, a link whose predicate differs from row to row.
    """

    name: str
    title: str
    description: str
    datatype: str | Mapping[str, Any] = "string"
    property: str | None = None
    about: str | None = None
    value: str | None = None
    required: bool = False
    separator: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class CsvwTable:
    """A CSV file: its columns, its rows as text, what identifies a row, and references to other tables."""

    name: str
    title: str
    about: str
    key: tuple[str, ...]
    columns: tuple[CsvwColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    references: Mapping[str, tuple[str, str]]


def tables(records: Records) -> tuple[CsvwTable, CsvwTable, CsvwTable]:
    """``agreements``, ``memberships`` and ``partners``."""
    return _agreements(records), _memberships(records), _partners(records)


def files(records: Records) -> dict[str, bytes]:
    """Each table as ``{name}.csv`` with ``{name}.csv-metadata.json``; ``csv-metadata.json`` has all three."""
    found: dict[str, bytes] = {}
    all_tables = tables(records)
    for table in all_tables:
        found[f"{table.name}.csv"] = _csv(table)
        document = {"@context": _context(records), **_description(records, table)}
        found[f"{table.name}.csv-metadata.json"] = _json(document)
    group = [_description(records, table, references=True) for table in all_tables]
    found["csv-metadata.json"] = _json({"@context": _context(records), "tables": group})
    return found


def _agreements(records: Records) -> CsvwTable:
    languages, source = records.dataset.languages, records.dataset.source.language
    place, document_type = "id/place/{partner}", namespaces.concept("agreement-type", "{type}")
    signatures = _signatures(records)
    columns = (
        CsvwColumn("agreement", "Document", _KEY, _SLUG, required=True),
        CsvwColumn("partner", "Partner", _KEY, _SLUG, "vlo:party", value=place, required=True),
        *_texts(languages, "partner_name", "Partner’s name", _NAME, "skos:prefLabel", about=place),
        CsvwColumn("country", "Country (ISO 3166-1)", _COUNTRY, about=place, required=True),
        CsvwColumn("type", "Type of document", _KEY, _SLUG, "dct:type", value=document_type, required=True),
        *_texts(languages, "title", "Title", _NAME, "dct:title", required=source),
        CsvwColumn("signed", "Signed", _DATE, _EDTF, "vlo:edtf" if signatures else None, about=signatures),
        CsvwColumn(
            "renewed",
            "Renewed or extended",
            "Dates as precise as the source (EDTF); several are joined by semicolons.",
            _EDTF,
            separator=";",
        ),
        CsvwColumn("source_line", "Line of the source", _LINES, "integer", required=True, separator=";"),
    )
    return CsvwTable(
        "agreements",
        "Documents, one row for each document and partner",
        "id/agreement/{agreement}",
        ("agreement", "partner"),
        columns,
        tuple(_agreement_rows(records)),
        {"partner": ("partners", "partner")},
    )


def _signatures(records: Records) -> str | None:
    """The template of the signatures' IRIs, if their registered slugs all follow one."""
    events = [event for event in records.events if event.kind == SIGNATURE]
    if all(event.slug == f"{event.agreement}-{SIGNATURE}" for event in events):
        return f"id/event/{{agreement}}-{SIGNATURE}"
    return None


def _agreement_rows(records: Records) -> Iterator[tuple[str, ...]]:
    languages = records.dataset.languages
    places = {place.slug: place for place in records.places}
    parties: dict[str, list[Party]] = {}
    for party in records.parties:
        parties.setdefault(party.agreement, []).append(party)
    dates: dict[tuple[str, bool], list[str]] = {}
    for event in records.events:
        dates.setdefault((event.agreement, event.kind == SIGNATURE), []).append(str(event.date))
    for row in records.agreements:
        for party in parties.get(row.slug, ()):
            place = places[party.place]
            yield (
                row.slug,
                place.slug,
                *(place.name[language] for language in languages),
                place.country,
                row.type,
                *(row.title.get(language, "") for language in languages),
                ";".join(sorted(dates.get((row.slug, True), ()))),
                ";".join(sorted(dates.get((row.slug, False), ()))),
                _lines(row.quote.lines),
            )


def _memberships(records: Records) -> CsvwTable:
    languages = records.dataset.languages
    networks = {network.slug: network for network in records.networks}
    network = "id/network/{network}"

    def row(membership: Membership) -> tuple[str, ...]:
        of = networks[membership.network]
        return (
            membership.slug,
            of.slug,
            *(of.name[language] for language in languages),
            of.acronym,
            str(membership.since or ""),
            _lines(membership.quote.lines),
        )

    columns = (
        CsvwColumn("membership", "Membership", _KEY, _SLUG, required=True),
        CsvwColumn("network", "Network", _KEY, _SLUG, "org:organization", value=network, required=True),
        *_texts(languages, "network_name", "Network’s name", _NAME, "skos:prefLabel", about=network),
        CsvwColumn(
            "acronym",
            "Acronym",
            "The network’s short name, where it has one.",
            property="schema:alternateName",
            about=network,
        ),
        CsvwColumn("since", "Member since", _DATE, _EDTF, "vlo:edtf"),
        CsvwColumn("source_line", "Line of the source", _LINES, "integer", required=True, separator=";"),
    )
    rows = tuple(row(membership) for membership in records.memberships)
    about = "id/membership/{membership}"
    return CsvwTable("memberships", "Memberships in networks", about, ("membership",), columns, rows, {})


def _partners(records: Records) -> CsvwTable:
    languages = records.dataset.languages
    partners = partnerships(records)
    columns = (
        CsvwColumn("partner", "Partner", _KEY, _SLUG, required=True),
        *_texts(languages, "name", "Name", _NAME, "skos:prefLabel"),
        CsvwColumn("country", "Country (ISO 3166-1)", _COUNTRY, required=True),
        CsvwColumn("lat", "Latitude (WGS84)", "Decimal degrees, northwards.", "decimal", "geo:lat"),
        CsvwColumn("long", "Longitude (WGS84)", "Decimal degrees, eastwards.", "decimal", "geo:long"),
        CsvwColumn(
            "wikidata",
            "Wikidata item",
            "The partner’s identifier in Wikidata.",
            {"base": "string", "format": "Q[0-9]+"},
        ),
        CsvwColumn("geonames", "GeoNames feature", "The partner’s number in GeoNames.", "integer"),
    )
    rows = tuple(
        (
            place.slug,
            *(place.name[language] for language in languages),
            place.country,
            "" if place.lat is None else f"{place.lat:f}",
            "" if place.long is None else f"{place.long:f}",
            identifier(records, place.slug, WIKIDATA),
            identifier(records, place.slug, GEONAMES),
        )
        for place in records.places
        if place.slug in partners
    )
    return CsvwTable("partners", "Partners", "id/place/{partner}", ("partner",), columns, rows, {})


def _texts(
    languages: Sequence[str],
    stem: str,
    title: str,
    description: str,
    predicate: str,
    about: str | None = None,
    required: str = "",
) -> Iterator[CsvwColumn]:
    """A column for each language; ``required`` is the one language that must be there, if not all."""
    for language in languages:
        needed = not required or language == required
        name = f"{stem}_{language}"
        yield CsvwColumn(
            name, title, description, "string", predicate, about, required=needed, language=language
        )


def _lines(lines: Iterable[int]) -> str:
    return ";".join(map(str, lines))


def _csv(table: CsvwTable) -> bytes:
    """RFC 4180: CRLF, UTF-8 without a byte order mark, the header first."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows(table.rows)
    return text.getvalue().encode()


def _context(records: Records) -> list[Any]:
    return ["http://www.w3.org/ns/csvw", {"@language": records.dataset.languages[0]}]


def _description(records: Records, table: CsvwTable, *, references: bool = False) -> dict[str, Any]:
    """The table as CSV on the Web describes it; references only where the other tables are there too."""
    data = records.dataset
    about = _template(data.base, table.about)
    schema: dict[str, Any] = {
        "aboutUrl": about,
        "columns": [_column(records, column) for column in table.columns],
        "primaryKey": list(table.key),
    }
    if references and table.references:
        schema["foreignKeys"] = [
            {"columnReference": column, "reference": {"resource": f"{name}.csv", "columnReference": key}}
            for column, (name, key) in table.references.items()
        ]
    return {
        "url": f"{table.name}.csv",
        "dc:title": _in_each_language(data.languages, table.title),
        "dc:license": {"@id": data.licence},
        "dc:source": {"@id": str(minting.dataset_iri(data))},
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
        "tableSchema": schema,
    }


def _column(records: Records, column: CsvwColumn) -> dict[str, Any]:
    data = records.dataset
    # The header's own words come first: a reader compares them with the titles.
    titles = {tag: [column.name, _title(column, translator(tag))] for tag in data.languages}
    found: dict[str, Any] = {
        "name": column.name,
        "titles": titles,
        "dc:description": _in_each_language(data.languages, column.description),
        "datatype": column.datatype,
    }
    if column.required:
        found["required"] = True
    if column.separator:
        found["separator"] = column.separator
    if column.language:
        found["lang"] = column.language
    if column.about:
        found["aboutUrl"] = _template(data.base, column.about)
    if column.property:
        found["propertyUrl"] = namespaces.expand(column.property)
    else:
        found["suppressOutput"] = True
    if column.value:
        found["valueUrl"] = _template(data.base, column.value)
    return found


def _in_each_language(languages: Iterable[str], message: str) -> list[dict[str, str]]:
    return [{"@value": translator(tag)(message), "@language": tag} for tag in languages]


def _template(base: str, template: str) -> str:
    return template if "://" in template else base + template


def _title(column: CsvwColumn, translate: Callable[[str], str]) -> str:
    title = translate(column.title)
    return f"{title} ({column.language})" if column.language else title


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
