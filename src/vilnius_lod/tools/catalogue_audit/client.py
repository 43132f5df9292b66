"""Checks a deployed catalogue as a portal would: fetches it and every address in it."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from ...i18n.messages import Translate, UserError
from .audit import Check, FetchResult, addresses, checks, parse, profile

TIMEOUT_SECONDS = 30
MAX_BYTES = 2**30


def check(address: str, profiles: Path | None = None) -> list[Check]:
    """Check the catalogue at an address; ``profiles`` is a folder of further shapes.

    Raises UserError for an address that gives no catalogue and for a folder without shapes.
    """
    answer, content = fetch(address)
    if answer.status != 200:
        raise UserError("{address}: {allowed}", address=address, allowed=str(answer.status or "no answer"))
    graph = parse(content, answer.media_type)
    shapes = profile(profiles) if profiles else {}
    answers = {named: fetch(named)[0] for named in addresses(graph)}
    format_ = Check("format under Accept: */*", True, answer.media_type)
    return [format_, *checks(graph, answers, shapes)]


def fetch(address: str) -> tuple[FetchResult, bytes]:
    """What a harvester gets from an address: unencoded, in the server's default format."""
    if not address.startswith(("http://", "https://")):
        return FetchResult(0), b""
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "vilnius-lod"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - http and https alone
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            content = answer.read(MAX_BYTES)
            media_type = answer.headers.get_content_type()
            return FetchResult(
                answer.status, media_type, len(content), hashlib.sha256(content).hexdigest()
            ), content
    except urllib.error.HTTPError as error:
        with error:
            return FetchResult(error.code), b""
    except OSError:
        return FetchResult(0), b""


def table(checks: Iterable[Check], translate: Translate = str) -> str:
    """The checks as text, one on each line."""
    good, bad = translate("ok"), translate("NOT")
    rows = [(good if check.good else bad, check.name, check.result) for check in checks]
    mark_width = max(len(good), len(bad))
    name_width = max((len(name) for _, name, _ in rows), default=0)
    return "".join(f"{mark:<{mark_width}}  {name:<{name_width}}  {result}\n" for mark, name, result in rows)
