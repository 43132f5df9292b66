"""Triples to compact JSON-LD: a flat list of nodes in the words of one context.

Of JSON-LD 1.1 contexts it knows prefixes, keyword aliases, and terms with ``@id``, ``@type``, ``@language``
and the containers ``@set`` and ``@language``. A term that asks for more (``@reverse``, ``@list``, a context
of its own …) is left unused and its property written as a CURIE, so that the graph is the same in any case.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .namespaces import curies
from .terms import IRI, RDF_LANG_STRING, XSD_STRING, Literal, Term, Triple

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_KNOWN = {"@id", "@type", "@language", "@container", "@prefix", "@protected"}


@dataclass(frozen=True, slots=True)
class _Term:
    """``type`` and ``language`` are the coercion; ``""`` for none."""

    name: str
    iri: str
    type: str
    language: str
    containers: frozenset[str]


def compact(triples: Iterable[Triple], context: Context) -> dict[str, Any]:
    """A JSON-LD document with the context embedded and one node in ``@graph`` for each subject, sorted."""
    return {"@context": dict(context.entries), "@graph": nodes(triples, context)}


def nodes(triples: Iterable[Triple], context: Context) -> list[dict[str, Any]]:
    """The nodes of :func:`compact` alone."""
    subjects: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in sorted(set(triples)):
        subjects[subject.value][predicate.value].append(value)
    return [context.node(subject, statements) for subject, statements in subjects.items()]


class Context:
    """The ``entries`` of a context, prepared for looking terms up by IRI; made once for many documents."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self.entries = entries
        self.names = frozenset(entries)
        self.aliases = {iri: name for name, iri in entries.items() if isinstance(iri, str) and iri in _KNOWN}
        self.default_language = entries.get("@language") or ""
        self.prefixes = {
            name: value
            for name, entry in entries.items()
            if (value := _prefix(entry)) is not None and not name.startswith("@")
        }
        self.terms: dict[str, list[_Term]] = defaultdict(list)
        for name, entry in sorted(entries.items()):
            if not name.startswith("@") and name not in self.prefixes and (term := self._term(name, entry)):
                self.terms[term.iri].append(term)

    def node(self, subject: str, statements: Mapping[str, list[Term]]) -> dict[str, Any]:
        """One subject with all its statements."""
        found: dict[str, Any] = {}
        for predicate, values in statements.items():
            if predicate == _RDF_TYPE and all(isinstance(value, IRI) for value in values):
                types = sorted(self.word(value.value) for value in values)
                found[self._keyword("@type")] = types[0] if len(types) == 1 else types
                continue
            for value in values:
                self._add(found, predicate, value)
        type_key = self._keyword("@type")
        head = {self._keyword("@id"): self._reference(subject)}
        if type_key in found:
            head[type_key] = found.pop(type_key)
        return head | dict(sorted(found.items()))

    def word(self, iri: str) -> str:
        """An IRI as a term, a CURIE or in full: what stands as key, class or datatype."""
        for term in self.terms.get(iri, ()):
            if not (term.type or term.language or term.containers):
                return term.name
        return self._reference(iri)

    def _add(self, found: dict[str, Any], predicate: str, value: Term) -> None:
        term, written = self._written(predicate, value)
        if term is None:
            _append(found, self._reference(predicate), written, as_list=False)
        elif "@language" in term.containers:
            assert isinstance(value, Literal)  # noqa: S101 - a language map holds texts alone
            by_language = found.setdefault(term.name, {})
            _append(by_language, value.language, written, as_list="@set" in term.containers)
        else:
            _append(found, term.name, written, as_list="@set" in term.containers)

    def _written(self, predicate: str, value: Term) -> tuple[_Term | None, Any]:
        """The term that says most of the value, and the little that is left to write."""
        candidates = self.terms.get(predicate, [])
        if isinstance(value, IRI):
            for term in candidates:
                if term.type == "@id":
                    return term, self._reference(value.value)
                if term.type == "@vocab":
                    return term, self.word(value.value)
        else:
            for term in candidates:
                if value.datatype == RDF_LANG_STRING:
                    if "@language" in term.containers or term.language == value.language:
                        return term, value.value
                elif term.type == value.datatype and value.datatype != XSD_STRING:
                    return term, _native(value)
        plain = [t for t in candidates if not (t.type or t.language or "@language" in t.containers)]
        return (plain[0] if plain else None), self._in_full(value)

    def _in_full(self, value: Term) -> Any:
        if isinstance(value, IRI):
            return {self._keyword("@id"): self._reference(value.value)}
        if value.datatype == RDF_LANG_STRING:
            return {"@language": value.language, "@value": value.value}
        if value.datatype == XSD_STRING:
            return {"@value": value.value} if self.default_language else value.value
        if not isinstance(native := _native(value), str):
            return native
        return {self._keyword("@type"): self.word(value.datatype), "@value": value.value}

    def _term(self, name: str, entry: Any) -> _Term | None:
        entry = {"@id": entry} if isinstance(entry, str) else entry
        if not isinstance(entry, Mapping) or not set(entry) <= _KNOWN:
            return None
        written = entry.get("@container", [])
        containers = frozenset([written] if isinstance(written, str) else written or [])
        iri = entry.get("@id", name)
        if not containers <= {"@set", "@language"} or not isinstance(iri, str) or iri.startswith("@"):
            return None
        coercion = entry.get("@type") or ""
        type_ = coercion if coercion.startswith("@") else self._expand(coercion)
        return _Term(name, self._expand(iri), type_, entry.get("@language") or "", containers)

    def _expand(self, text: str) -> str:
        prefix, colon, local = text.partition(":")
        return self.prefixes[prefix] + local if colon and prefix in self.prefixes else text

    def _reference(self, iri: str) -> str:
        """An IRI as a CURIE or in full, as it stands for a node."""
        for prefix, local in curies(iri, self.prefixes):
            if not local.startswith("//") and f"{prefix}:{local}" not in self.names:
                return f"{prefix}:{local}"
        scheme, _, rest = iri.partition(":")
        if scheme in self.prefixes and not rest.startswith("//"):
            raise ValueError(f"{iri} cannot be told from a CURIE: {scheme} is a prefix of the context")
        return iri

    def _keyword(self, keyword: str) -> str:
        return self.aliases.get(keyword, keyword)


def _prefix(entry: Any) -> str | None:
    """The namespace, if JSON-LD 1.1 lets the entry be a prefix."""
    if isinstance(entry, str) and not entry.startswith("@") and entry[-1:] in tuple(":/?#[]@"):
        return entry
    if isinstance(entry, Mapping) and entry.get("@prefix") is True:
        return str(entry["@id"])
    return None


def _native(value: Literal) -> str | int | bool:
    """Integers and booleans in canonical form as JSON's own; anything else as it is written."""
    if value.datatype == _XSD + "boolean" and value.value in {"true", "false"}:
        return value.value == "true"
    if value.datatype == _XSD + "integer" and value.value.lstrip("-").isascii() and len(value.value) < 16:
        try:
            number = int(value.value)
        except ValueError:
            return value.value
        return number if str(number) == value.value else value.value
    return value.value


def _append(target: dict[str, Any], key: str, value: Any, *, as_list: bool) -> None:
    if key not in target:
        target[key] = [value] if as_list else value
    elif isinstance(target[key], list):
        target[key].append(value)
    else:
        target[key] = [target[key], value]


def dumps(document: Mapping[str, Any]) -> bytes:
    """The document as UTF-8 text, always the same bytes for the same document."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
