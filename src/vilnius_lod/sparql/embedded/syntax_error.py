"""Where the syntax error of a query is, and what to say of it.

The engine's parser reports a place up to 14 characters too far: it reads a keyword's length before it
compares. What it reports reliably is whether it reached the end of the text. So the error is the first token
before which the text could still have become a query.
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

    It is called about as often as the logarithm of the number of tokens.
    """
    tokens = list(tokenise(query))
    valid, invalid = 0, len(tokens) + 1  # numbers of tokens that can, and cannot, begin a query
    while invalid - valid > 1:
        middle = (valid + invalid) // 2
        last = tokens[middle - 1]
        if _can_continue(query[: last.start + len(last.text)] + _PADDING, parse):
            valid = middle
        else:
            invalid = middle
    if valid < len(tokens):
        return MalformedQuery(_unexpected(tokens, valid), *place(query, tokens[valid].start))
    sentence = re.search(r"\b[A-Z]\w+ [a-z]+ [\w' ]+", parse(query) or "")
    end = tokens[-1].start + len(tokens[-1].text) if tokens else 0
    return MalformedQuery(sentence[0] if sentence else "the query ends too early", *place(query, end))


def _can_continue(text: str, parse: Callable[[str], str | None]) -> bool:
    place_reported = re.match(r"error at (\d+):(\d+):", parse(text) or "")
    return not place_reported or (int(place_reported[1]), int(place_reported[2])) == place(text, len(text))


def _unexpected(tokens: list[Token], index: int) -> str:
    token = tokens[index]
    if token.kind == "name":
        prefix = token.text.partition(":")[0] + ":"
        declared = [name.text for word, name in itertools.pairwise(tokens) if word.text.upper() == "PREFIX"]
        if prefix not in declared:
            return f"the prefix “{prefix}” is not declared"
    shown = token.text if len(token.text) <= 40 else token.text[:39] + "…"
    return f"“{shown}” is not expected here"
