"""Where a query stops being SPARQL, and how to say it.

The engine's parser tells a place up to 14 characters too far: it reads a keyword's length before it compares.
What it tells reliably is whether it reached the end of a text. So the mistake is the first token without
which the text before it could still have become a query.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from ..errors import MalformedQuery
from ..guard import Token, place, tokenise

_PADDING = " " * 40  # more than the longest keyword


def locate(query: str, parse: Callable[[str], str | None]) -> MalformedQuery:
    """The error for a query that does not parse. ``parse`` returns the parser's message, None if it succeeds.

    It is called some times more: the logarithm of the number of tokens.
    """
    tokens = list(tokenise(query))
    good, bad = 0, len(tokens) + 1  # how many tokens from the start can, and cannot, begin a query
    while bad - good > 1:
        middle = (good + bad) // 2
        last = tokens[middle - 1]
        if _can_go_on(query[: last.start + len(last.text)] + _PADDING, parse):
            good = middle
        else:
            bad = middle
    if good < len(tokens):
        return MalformedQuery(_unexpected(tokens, good), *place(query, tokens[good].start))
    sentence = re.search(r"\b[A-Z]\w+ [a-z]+ [\w' ]+", parse(query) or "")
    end = tokens[-1].start + len(tokens[-1].text) if tokens else 0
    return MalformedQuery(sentence[0] if sentence else "the query ends too early", *place(query, end))


def _can_go_on(text: str, parse: Callable[[str], str | None]) -> bool:
    found = re.match(r"error at (\d+):(\d+):", parse(text) or "")
    return not found or (int(found[1]), int(found[2])) == place(text, len(text))


def _unexpected(tokens: list[Token], index: int) -> str:
    token = tokens[index]
    if token.kind == "name":
        prefix = token.text.partition(":")[0] + ":"
        declared = [two.text for one, two in itertools.pairwise(tokens) if one.text.upper() == "PREFIX"]
        if prefix not in declared:
            return f"the prefix “{prefix}” is not declared"
    shown = token.text if len(token.text) <= 40 else token.text[:39] + "…"
    return f"“{shown}” is not expected here"
