"""A client that meets a deployed catalogue as a portal does: fetch it and all that it names, judge, tell."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from ...i18n.messages import Told, Translate
from .audit import Check, FetchResult, addresses, checks, parse, profile

SECONDS = 30
LARGEST = 2**30


def check(address: str, profiles: Path | None = None) -> list[Check]:
    """The verdict on the catalogue at an address; ``profiles`` is a folder of further shapes.

    Raises Told for an address that gives no catalogue and for a folder without shapes.
    """
    answer, content = fetch(address)
    if answer.status != 200:
        raise Told("{address}: {allowed}", address=address, allowed=str(answer.status or "no answer"))
    graph = parse(content, answer.media_type)
    shapes = profile(profiles) if profiles else {}
    answers = {named: fetch(named)[0] for named in addresses(graph)}
    format_ = Check("format under Accept: */*", True, answer.media_type)
    return [format_, *checks(graph, answers, shapes)]


def fetch(address: str) -> tuple[FetchResult, bytes]:
    """What a harvester gets from an address: unencoded, in the format given to who asks for none."""
    if not address.startswith(("http://", "https://")):
        return FetchResult(0), b""
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "vilnius-lod"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - http and https alone
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            content = answer.read(LARGEST)
            media_type = answer.headers.get_content_type()
            return FetchResult(
                answer.status, media_type, len(content), hashlib.sha256(content).hexdigest()
            ), content
    except urllib.error.HTTPError as error:
        with error:
            return FetchResult(error.code), b""
    except OSError:
        return FetchResult(0), b""


def table(found: Iterable[Check], translate: Translate = str) -> str:
    """The verdict for people, a line for each check."""
    good, bad = translate("ok"), translate("NOT")
    rows = [(good if check.good else bad, check.name, check.found) for check in found]
    width, most = max((len(name) for _, name, _ in rows), default=0), max(len(good), len(bad))
    return "".join(f"{mark:<{most}}  {name:<{width}}  {what}\n" for mark, name, what in rows)
