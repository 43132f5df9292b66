"""The home page."""

from __future__ import annotations

import functools

from flask import Blueprint, Response, request

from ..http.context import reader, site
from ..http.responses import page
from ..pages.drawings import maps
from ..pages.drawings.maps import land
from ..pages.drawings.timeline import Timeline, timeline
from ..pages.home import Filters, Overview, overview, spots
from ..pages.labels import focus

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> Response:
    """What the dataset is, its partners and ways into it; with parameters, a selection of the partners."""
    whole, filters = overview(), Filters.from_parameters(request.args)
    filtered = whole.filtered(filters)
    dated = [document for document in whole.documents if document.date]
    return page(
        "home.html",
        overview=whole,
        filtered=filtered,
        filters=filters,
        filter_labels=_filter_labels(filters, whole),
        figures=_figures(filtered, filters),
        oldest=dated[0] if dated else None,
        maps=_maps(whole),
        shown={partner.iri: partner for partner in filtered.partners},
        timeline=_years(whole, filtered),
    )


def _filter_labels(filters: Filters, whole: Overview) -> list[str]:
    """The filters in words."""
    networks = {network.key: network.network for network in whole.networks}
    named = [
        (filters.country, whole.countries),
        (filters.type, whole.types),
        (filters.network, networks),
    ]
    words = [items[key].text.value for key, items in named if key in items]
    decade = [reader().language("the {year}s", year=filters.decade)] if filters.decade else []
    return [*words, *decade, *filter(None, [filters.year, filters.q])]


def _figures(filtered: Overview, filters: Filters) -> list[tuple[int, str]]:
    """The counts of what is shown; with filters, only those that they can reduce."""
    language = reader().language
    partners, countries = len(filtered.partners), len(filtered.countries)
    documents, networks = len(filtered.documents), len(filtered.networks)
    figures = []
    if filters.apply_to_partners or not filters:
        figures += [
            (partners, language.plural("partner", "partners", partners)),
            (countries, language.plural("country", "countries", countries)),
            (documents, language.plural("document", "documents", documents)),
        ]
    if filters.apply_to_networks or not filters:
        figures.append((networks, language.plural("network", "networks", networks)))
    return figures


def _maps(whole: Overview) -> dict[str, maps.Map]:
    """The near map and the far map, each only if it has partners to show."""
    centre = spots().get(focus())
    if centre is None:
        return {}
    return _drawn(centre, tuple(partner.spot for partner in whole.partners if partner.spot))


@functools.lru_cache(maxsize=16)
def _drawn(centre: maps.Spot, others: tuple[maps.Spot, ...]) -> dict[str, maps.Map]:
    near = maps.near_map(centre, others, land("near"))
    far = maps.far_map(centre, others, land("far"))
    return {name: drawn for name, drawn in (("near", near), ("far", far)) if drawn}


def _years(whole: Overview, filtered: Overview) -> Timeline | None:
    dated, shown = (
        [(int(document.year), document.type) for document in part.documents if document.year]
        for part in (whole, filtered)
    )
    return timeline(dated, shown, until=int(site().facts.source.retrieved[:4]))
