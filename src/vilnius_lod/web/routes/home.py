"""The home page."""

from __future__ import annotations

import functools

from flask import Blueprint, Response, request

from ..http.context import reader, site
from ..http.responses import page
from ..pages.drawings import maps
from ..pages.drawings.maps import land
from ..pages.drawings.timeline import Timeline, timeline
from ..pages.home import Choice, Overview, overview, spots
from ..pages.labels import focus

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> Response:
    """What the dataset is, the partners, and where to go on; with parameters, a selection of the partners."""
    everything, choice = overview(), Choice.of(request.args)
    chosen = everything.chosen(choice)
    dated = [document for document in everything.documents if document.date]
    return page(
        "home.html",
        everything=everything,
        chosen=chosen,
        choice=choice,
        told=_chosen_words(choice, everything),
        figures=_figures(chosen, choice),
        oldest=dated[0] if dated else None,
        maps=_maps(everything),
        shown={partner.iri: partner for partner in chosen.partners},
        timeline=_years(everything, chosen),
    )


def _chosen_words(choice: Choice, everything: Overview) -> list[str]:
    """The choice in words."""
    networks = {network.key: network.network for network in everything.networks}
    named = [
        (choice.country, everything.countries),
        (choice.type, everything.types),
        (choice.network, networks),
    ]
    words = [items[key].text.value for key, items in named if key in items]
    decade = [reader().language("the {year}s", year=choice.decade)] if choice.decade else []
    return [*words, *decade, *filter(None, [choice.year, choice.q])]


def _figures(shown: Overview, choice: Choice) -> list[tuple[int, str]]:
    """The counts of what is shown; with a choice, only those that it can reduce."""
    language = reader().language
    partners, countries = len(shown.partners), len(shown.countries)
    documents, networks = len(shown.documents), len(shown.networks)
    figures = []
    if choice.of_partners or not choice:
        figures += [
            (partners, language.plural("partner", "partners", partners)),
            (countries, language.plural("country", "countries", countries)),
            (documents, language.plural("document", "documents", documents)),
        ]
    if choice.of_networks or not choice:
        figures.append((networks, language.plural("network", "networks", networks)))
    return figures


def _maps(everything: Overview) -> dict[str, maps.Map]:
    """The near map and the far map, as far as there are partners to show on them."""
    centre = spots().get(focus())
    if centre is None:
        return {}
    return _drawn(centre, tuple(partner.spot for partner in everything.partners if partner.spot))


@functools.lru_cache(maxsize=16)
def _drawn(centre: maps.Spot, others: tuple[maps.Spot, ...]) -> dict[str, maps.Map]:
    near = maps.near_map(centre, others, land("near"))
    far = maps.far_map(centre, others, land("far"))
    return {name: drawn for name, drawn in (("near", near), ("far", far)) if drawn}


def _years(everything: Overview, chosen: Overview) -> Timeline | None:
    dated, shown = (
        [(int(document.year), document.type) for document in part.documents if document.year]
        for part in (everything, chosen)
    )
    return timeline(dated, shown, until=int(site().facts.source.retrieved[:4]))
