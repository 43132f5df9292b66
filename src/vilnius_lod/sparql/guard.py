"""What is refused before it reaches the engine: SERVICE, updates, queries too long or deep for its parser.

The engine's parser is a PEG without word boundaries: it reads ``SERVICE:x {`` and ``trueSERVICE<x>{`` as a
SERVICE, and decides by context whether ``<`` opens an IRI. Where its reading and the grammar's could differ,
the guard takes the reading in which something is refused.

Codepoint escapes (SPARQL 1.1, section 19.2) are resolved first, as some engines do before they parse: the
query that was inspected has none, and it is the one to be sent on.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..settings import Settings
from .errors import MalformedQuery, Refused, TooDeep, TooLong

_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:[\w:]|{_ESCAPED})(?:[\w·:-]|{_ESCAPED}|\.+(?=[\w·:-]|{_ESCAPED}))*+"
# A word may have dots and hyphens, as a prefix may: else "a.a.a.a…" would be read again from each letter.
_TOKEN = re.compile(
    rf"""
    (?: [ \t\r\n]++ | \#[^\r\n]*+ )*+
    (?: (?P<iri>      <[^\x00-\x20<>"{{}}|^`]*+> )
      | (?P<variable> [?$][\w·]++ )
      | (?P<label>    _:\w(?:[\w·-]|\.+(?=[\w·-]))*+ )
      | (?P<name>     : (?:{_LOCAL})? )
      | (?P<word>     [^\W\d_](?:[\w·-]|\.+(?=[\w·-]))*+ (?P<colon> : (?:{_LOCAL})? )? | \w++ )
      | (?P<string>   \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+'''
                    | "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+' )
      | (?P<open>     ["'] )
      | (?P<tag>      @[A-Za-z]++(?:-[A-Za-z0-9]+)*+ )
      | (?P<sign>     \^\^ | \|\| | && | [!<>]= | . )
      | \Z
    )""",
    re.VERBOSE | re.DOTALL,
)
_CODEPOINT = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_ESCAPE = re.compile(rf"\\\\|{_CODEPOINT.pattern}")
_IN_STRINGS = str.maketrans({"\\": "\\\\", '"': '\\"', "'": "\\'", "\n": "\\n", "\r": "\\r"})
_PAIRS = {"(": ")", "{": "}", "[": "]"}
_OPERANDS = frozenset({"iri", "string", "variable", "tag", "label", "name", "word"})
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_VOLATILE = ("NOW", "RAND", "UUID", "BNODE")
_WORDS_TO_INSPECT = ("SERVICE", "FROM", *_VOLATILE)


class Token(NamedTuple):
    """A piece of a query that is neither white space nor comment; ``kind`` names its rule."""

    kind: str
    text: str
    start: int


class Inspection(NamedTuple):
    """What the guard saw: the query without codepoint escapes, its form (``select``; empty if unclear),
    whether it has FROM clauses, and whether it calls a function whose value differs from call to call.
    """

    query: str
    form: str
    has_from: bool
    volatile: bool


def inspect(query: str, settings: Settings) -> Inspection:
    """Let a query pass, or raise Refused, TooLong or TooDeep; MalformedQuery where a string is not closed and
    the check depends on it.

    What passes need not be valid SPARQL: that is for the parser to decide.
    """
    if len(query) > settings.query_length:
        raise TooLong(settings.query_length, "characters", *place(query, settings.query_length))
    query = resolve(query)
    if _is_plain(query, settings):
        return Inspection(query, form(query, tokenise(query)), has_from=False, volatile=False)
    tokens = list(tokenise(query))
    _measure(query, tokens, settings)
    query_form = form(query, tokens)
    if "SERVICE" in _upper(query):
        _refuse_services(query, tokens, settings.service_allowed)
    return Inspection(query, query_form, _has_from(tokens), _is_volatile(tokens))


def resolve(query: str) -> str:
    """The query with its codepoint escapes resolved; in strings, so that their values stay the same."""
    if not _CODEPOINT.search(query):
        return query
    pieces: list[str] = []
    end = 0
    for match in _TOKEN.finditer(query):
        if match.lastgroup == "string":
            pieces.append(_resolved(query[end : match.start("string")]))
            pieces.append(_ESCAPE.sub(_escape, match["string"]))
            end = match.end()
    return "".join([*pieces, _resolved(query[end:])])


def _resolved(text: str) -> str:
    """Text between strings with its escapes resolved. Raises MalformedQuery if that makes new ones, which an
    engine that resolves escapes itself would resolve again.
    """
    resolved = _CODEPOINT.sub(_character, text)
    if resolved != text and _CODEPOINT.search(resolved):
        raise MalformedQuery("a codepoint escape that makes another one")
    return resolved


def _character(match: re.Match[str]) -> str:
    """The character of a codepoint escape; an invalid one stays, for the parser to refuse."""
    code = int(match[1] or match[2], 16)
    return match[0] if 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


def _escape(match: re.Match[str]) -> str:
    if match[0] == "\\\\":
        return match[0]
    character = _character(match)
    return character if character == match[0] else character.translate(_IN_STRINGS)


def _upper(text: str) -> str:
    """In capital letters, as the most lenient engine might read them: ``ſ`` and ``Ｓ`` are an S."""
    if text.isascii():
        return text.upper()
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).upper()


def tokenise(query: str) -> Iterator[Token]:
    """The tokens of a query. Raises MalformedQuery where a string is left open."""
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup
        if kind == "open":
            raise MalformedQuery("a string is not closed", *place(query, match.start(kind)))
        if kind is not None:
            yield Token("name" if match["colon"] else kind, match[kind], match.start(kind))


def _is_plain(query: str, settings: Settings) -> bool:
    """Whether a query has none of the words to inspect and few brackets and operators, in any reading: most
    queries are so, and tokenising one takes longer than many answers.
    """

    def few(symbols: str, limit: int) -> bool:
        return sum(map(query.count, symbols)) <= limit

    upper = _upper(query)
    return (
        not any(word in upper for word in _WORDS_TO_INSPECT)
        and few("({[", settings.query_nesting)
        and few("!-+^", settings.query_nesting)
        and few("/|^", settings.query_path_operators)
    )


def _measure(query: str, tokens: list[Token], settings: Settings) -> None:
    open_brackets = prefixes = path_operators = 0
    for kind, text, start in tokens:
        if kind != "sign":
            prefixes = 0
            continue
        if text in "({[":
            open_brackets += 1
        elif text in ")}]":
            open_brackets = max(0, open_brackets - 1)
        prefixes = prefixes + len(text) if text in ("!", "-", "+", "^", "^^") else 0
        if max(open_brackets, prefixes) > settings.query_nesting:
            raise TooDeep(settings.query_nesting, *place(query, start))
        path_operators += text in ("/", "|", "^")
        if path_operators > settings.query_path_operators:
            raise TooLong(settings.query_path_operators, "path operators", *place(query, start))


def form(query: str, tokens: Iterable[Token]) -> str:
    """The first keyword after the prologue; raises Refused for an update's."""
    for kind, text, start in tokens:
        word = _upper(text)
        if kind != "word" or word in ("PREFIX", "BASE"):
            continue
        # Keywords may be glued to the next: ASKWHERE{}.
        if word.startswith(_UPDATES):
            raise Refused("update", *place(query, start))
        return next((name.lower() for name in _FORMS if word.startswith(name)), "")
    return ""


def _refuse_services(query: str, tokens: list[Token], allowed: tuple[str, ...]) -> None:
    brackets: list[str] = []
    for index, (kind, text, start) in enumerate(tokens):
        before = tokens[index - 1] if index else None
        after = tokens[index + 1 : index + 3]
        if kind == "sign" and text in _PAIRS:
            brackets.append(text)
        elif kind == "sign" and brackets and text == _PAIRS[brackets[-1]]:
            brackets.pop()
        elif kind == "iri" and brackets[-1:] == ["("] and _may_be_less_than(text, before):
            raise Refused("ambiguous", *place(query, start))
        elif kind == "word" and "SERVICE" in _upper(text):
            target = after[1:] if after and after[0].text.upper() == "SILENT" else after[:1]
            if not target or target[0].kind != "iri" or target[0].text[1:-1] not in allowed:
                raise Refused("service", *place(query, start))
        elif kind == "name" and "SERVICE" in _upper(text.partition(":")[0]):
            is_graph = before is not None and before.text.upper() == "GRAPH"
            if after and after[0].text == "{" and not is_graph:
                raise Refused("service", *place(query, start))


def _may_be_less_than(text: str, before: Token | None) -> bool:
    """Whether ``<…>`` after an operand could be read as "less than", and what follows it then differs.

    An address with ``//`` cannot: no expression has two slashes in a row.
    """
    after_operand = before is not None and (before.kind in _OPERANDS or before.text in (")", "}"))
    return (
        after_operand
        and bool(re.search(r"[)'#]", text))
        and not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*://", text)
    )


def _has_from(tokens: list[Token]) -> bool:
    return any(kind == "word" and "FROM" in text.upper() for kind, text, _ in tokens)


def _is_volatile(tokens: list[Token]) -> bool:
    return any(
        token.kind == "word" and token.text.upper().endswith(_VOLATILE) and following.text == "("
        for token, following in itertools.pairwise(tokens)
    )


def place(query: str, offset: int) -> tuple[int, int]:
    """Line and column, both 1-based, of an offset."""
    return query.count("\n", 0, offset) + 1, offset - query.rfind("\n", 0, offset)
