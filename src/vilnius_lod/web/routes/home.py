"""The home page."""

from __future__ import annotations

import functools

from flask import Blueprint, Response, request

from ..http.context import reader, site
from ..http.responses import page
from ..pages import maps
from ..pages.filters import Choice
from ..pages.home import Overview, overview, spots
from ..pages.labels import focus
from ..pages.outlines import land
from ..pages.timeline import Timeline, timeline

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> Response:
    """What this is, who the partners are, and the ways in; with parameters, a part of it."""
    everything, choice = overview(), Choice.of(request.args)
    chosen = everything.chosen(choice)
    dated = [document for document in everything.documents if document.date]
    return page(
        "home.html",
        everything=everything,
        chosen=chosen,
        choice=choice,
        told=_told(choice, everything),
        figures=_figures(chosen, choice),
        oldest=dated[0] if dated else None,
        maps=_maps(everything),
        shown={partner.iri: partner for partner in chosen.partners},
        timeline=_years(everything, chosen),
    )


def _told(choice: Choice, everything: Overview) -> list[str]:
    """What was chosen, in words."""
    networks = {network.key: network.network for network in everything.networks}
    named = [
        (choice.country, everything.countries),
        (choice.type, everything.types),
        (choice.network, networks),
    ]
    found = [items[key].text.value for key, items in named if key in items]
    decade = [reader().language("the {year}s", year=choice.decade)] if choice.decade else []
    return [*found, *decade, *filter(None, [choice.year, choice.q])]


def _figures(found: Overview, choice: Choice) -> list[tuple[int, str]]:
    """The numbers of what is shown; of a choice, those that it makes smaller."""
    language = reader().language
    partners, countries = len(found.partners), len(found.countries)
    papers, networks = len(found.documents), len(found.networks)
    figures = []
    if choice.of_partners or not choice:
        figures += [
            (partners, language.plural("partner", "partners", partners)),
            (countries, language.plural("country", "countries", countries)),
            (papers, language.plural("document", "documents", papers)),
        ]
    if choice.of_networks or not choice:
        figures.append((networks, language.plural("network", "networks", networks)))
    return figures


def _maps(everything: Overview) -> dict[str, maps.Map]:
    """The near map and the far map, of those that are needed."""
    centre = spots().get(focus())
    if centre is None:
        return {}
    return _drawn(centre, tuple(partner.spot for partner in everything.partners if partner.spot))


@functools.lru_cache(maxsize=16)
def _drawn(centre: maps.Spot, others: tuple[maps.Spot, ...]) -> dict[str, maps.Map]:
    near = maps.near_map(centre, others, land("near"))
    far = maps.far_map(centre, others, land("far"))
    return {name: found for name, found in (("near", near), ("far", far)) if found}


def _years(everything: Overview, chosen: Overview) -> Timeline | None:
    dated, shown = (
        [(int(document.year), document.type) for document in found.documents if document.year]
        for found in (everything, chosen)
    )
    return timeline(dated, shown, until=int(site().facts.source.retrieved[:4]))
