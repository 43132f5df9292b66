"""What other sources say: the tables ``attestations.csv`` and ``cited.csv``, and what holds in their rows."""

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
    found = cells.several(cells.thing)(cell)
    if len(set(found)) < len(found) or any(thing.partition("/")[0] not in KINDS for thing in found):
        raise CellError("this is not in the list", "; ".join(f"{kind}/…" for kind in KINDS))
    return found


def _stated_date(cell: str) -> str:
    try:
        edtf.check(cell)
    except ValueError:
        allowed = "1985-10, 2022-02-28~, XXXX-04-16, ../1991, 2009-06-19/2009-06-21 (EDTF)"
        raise CellError("invalid date", allowed) from None
    return cell


def _yes(cell: str) -> bool:
    return cells.choice("yes", "no")(cell) == "yes"


TABLES: Mapping[str, TableSchema] = {
    "cited": TableSchema(
        CITED,
        model.Cited,
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
            ColumnSchema("date", cells.date), ColumnSchema("date_derived", _yes, True),
            ColumnSchema("relation", cells.slug, True, refers="attestation-relation"),
            ColumnSchema("aspect", cells.slug, True, refers="attestation-aspect"),
            ColumnSchema("independent", _yes, True), ColumnSchema("witness", cells.slug, empty=""),
            ColumnSchema("place_of_signing", cells.name, empty=""),
            ColumnSchema("title_basis", cells.choice("seen", "from-address", "described"), True),
            *(
                ColumnSchema(name, cells.text, empty="")
                for name in ("note", "reading", "subject_as_given", "city_says")
            ),
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
    documents = None if cited is None else {texts["cited"] for _, texts, _ in cited}
    for line, texts, values in rows:

        def problem(column: str, message: str, allowed: str, found: str = "", line: int = line) -> Issue:
            return Issue(ATTESTATIONS, line, column, message, {}, found, allowed)

        for thing in values.get("about", ()):
            if things is not None and thing not in things:
                yield problem("about", "unknown reference", "a thing in the tables", thing)
        if (texts["about"] == "") == (texts["place_name"] == ""):
            message = "one of these cells is filled, and one alone"
            yield problem("about", message, "about, place_name", texts["about"])
        if documents is not None and "cited" in values and values["cited"] not in documents:
            yield problem("cited", "unknown reference", "a document of cited.csv", values["cited"])
        if {"stated_date", "date"} <= values.keys():
            certain = _certain(values["stated_date"])
            if texts["date"] != certain:
                message = "the date is not the stated date, where that is a plain year, month or day"
                yield problem("date", message, certain or "—", texts["date"])
        if values.get("independent") is (texts["witness"] == ""):
            message = "a witness is named where the source is independent, and there alone"
            yield problem(
                "witness", message, "independent = yes, witness; independent = no", texts["witness"]
            )


def _certain(stated: str) -> str:
    """The stated date, if it is of level 0."""
    try:
        return str(edtf.Edtf(stated))
    except ValueError:
        return ""
