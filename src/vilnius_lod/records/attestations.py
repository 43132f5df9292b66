"""What other sources say: the tables ``attestations.csv`` and ``cited.csv``, and the rules for their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from .. import edtf
from ..inputs import cells
from ..inputs.cells import CellError
from ..inputs.issues import Issue
from . import model
from .schema import ColumnSchema, TableSchema, TypedRow

CITED, ATTESTATIONS = "cited.csv", "attestations.csv"
KINDS = ("event", "agreement", "partnership", "membership", "network", "place")


def _things(cell: str) -> tuple[str, ...]:
    """One or several things of which a document speaks."""
    things = cells.several(cells.thing)(cell)
    if len(set(things)) < len(things) or any(thing.partition("/")[0] not in KINDS for thing in things):
        raise CellError("this is not in the list", "; ".join(f"{kind}/…" for kind in KINDS))
    return things


def _stated_date(cell: str) -> str:
    try:
        edtf.check(cell)
    except ValueError:
        allowed = "1985-10, 2022-02-28~, XXXX-04-16, ../1991, 2009-06-19/2009-06-21 (EDTF)"
        raise CellError("invalid date", allowed) from None
    return cell


_YES = cells.flag("yes", "no")
TABLES: Mapping[str, TableSchema] = {
    "cited": TableSchema(
        CITED,
        model.CitedDocument,
        ("cited",),
        (
            ColumnSchema("cited", cells.slug, True, "slug"), ColumnSchema("url", cells.web_address, empty=""),
            ColumnSchema("title", cells.name, True), ColumnSchema("publisher", cells.name, True),
            ColumnSchema("language", cells.language, empty=""),
        ),
        optional=True,
    ),
    "attestations": TableSchema(
        ATTESTATIONS,
        model.Attestation,
        ("attestation",),
        (
            ColumnSchema("attestation", cells.slug, True, "slug"), ColumnSchema("about", _things, empty=()),
            ColumnSchema("place_name", cells.name, empty=""), ColumnSchema("cited", cells.slug, True),
            ColumnSchema("statement", cells.text, True), ColumnSchema("stated_date", _stated_date, empty=""),
            ColumnSchema("date", cells.date), ColumnSchema("date_derived", _YES, True),
            ColumnSchema("relation", cells.slug, True, refers="attestation-relation"),
            ColumnSchema("aspect", cells.slug, True, refers="attestation-aspect"),
            ColumnSchema("independent", _YES, True), ColumnSchema("witness", cells.slug, empty=""),
            ColumnSchema("place_of_signing", cells.name, empty=""),
            ColumnSchema(
                "title_basis", cells.choice("seen", "from-address", "described"), True, in_record=False
            ),
            *(ColumnSchema(name, cells.text, empty="") for name in ("note", "reading")),
            *(ColumnSchema(name, cells.text, in_record=False) for name in ("subject_as_given", "city_says")),
        ),
        optional=True,
    ),
}  # fmt: skip
"""The two tables, by the field of Records that they fill. A dataset may have neither."""


def problems(
    rows: Iterable[TypedRow], cited: Iterable[TypedRow] | None, things: Collection[str] | None
) -> Iterator[Issue]:
    """What is wrong between the cells of a row of ``attestations.csv``, and with what it refers to.

    ``cited`` are the rows of that table, ``things`` what the other tables define (None: not known).
    """
    documents = None if cited is None else {document.cells["cited"] for document in cited}
    for row in rows:
        texts, values = row.cells, row.values
        for thing in values.get("about", ()):
            if things is not None and thing not in things:
                yield row.issue("about", "unknown reference", "a thing in the tables", thing)
        if (texts["about"] == "") == (texts["place_name"] == ""):
            yield row.issue("about", "one of these cells is filled, and one alone", "about, place_name")
        if documents is not None and "cited" in values and values["cited"] not in documents:
            yield row.issue("cited", "unknown reference", "a document of cited.csv")
        if {"stated_date", "date"} <= values.keys():
            certain = _certain(values["stated_date"])
            if texts["date"] != certain:
                message = "the date is not the stated date, where that is a plain year, month or day"
                yield row.issue("date", message, certain or "—")
        if values.get("independent") is (texts["witness"] == ""):
            message = "a witness is named where the source is independent, and there alone"
            yield row.issue("witness", message, "independent = yes, witness; independent = no")


def _certain(stated: str) -> str:
    """The stated date, if it is of level 0."""
    try:
        return str(edtf.Edtf(stated))
    except ValueError:
        return ""
