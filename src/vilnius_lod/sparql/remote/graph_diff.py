"""How the statements that an engine returns differ from those that it was sent.

Engines keep values, not lexical forms: ``8.0`` comes back as ``8``. Two statements count as the same if their
normal forms are equal; a rule of :data:`RULES` leads from a statement to its normal form. What no rule
explains is lost or added. (Language tags are read in lower case, and so compared.)
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

from pyoxigraph import Literal, NamedNode, Triple

_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_GEOMETRIES = (
    "http://www.opengis.net/ont/geosparql#wktLiteral",
    "http://www.openlinksw.com/schemas/virtrdf#Geometry",
)
_INTEGER = NamedNode(_XSD + "integer")
_INTEGERS = frozenset(
    _XSD + name
    for name in ("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger")
)
_TIMES = frozenset(_XSD + name for name in ("date", "dateTime", "time", "gYear", "gYearMonth"))
RULES = {
    "number": "a decimal or an integer is compared by its value; a type derived from xsd:integer is that",
    "boolean": "1 is true, 0 is false",
    "time zone": "Z is +00:00",
    "geometry": "WKT is compared in single precision, and whether it is a wktLiteral or Virtuoso's own type",
}


@dataclass(frozen=True, slots=True)
class AlteredStatement:
    """A statement that came back in another lexical form; ``rule`` is one of :data:`RULES`."""

    sent: str
    found: str
    rule: str


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """How a graph came back; each hash is that of the sorted normal forms as N-Triples."""

    sent_hash: str
    found_hash: str
    altered: tuple[AlteredStatement, ...]
    lost: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def explained(self) -> bool:
        """Whether the rules explain everything that differs."""
        return self.sent_hash == self.found_hash


def compare(sent: set[Triple], found: set[Triple]) -> GraphDiff:
    """What differs between the statements sent and those read back."""
    sent_forms = {normal(triple)[0]: triple for triple in sent}
    found_forms = {normal(triple)[0]: triple for triple in found}
    altered = [
        AlteredStatement(str(triple), str(other), normal(triple)[1] or normal(other)[1])
        for form, triple in sent_forms.items()
        if (other := found_forms.get(form)) and other != triple and triple not in found
    ]
    return GraphDiff(
        _hash(sent_forms),
        _hash(found_forms),
        tuple(sorted(altered, key=attrgetter("sent"))),
        tuple(sorted(str(triple) for form, triple in sent_forms.items() if form not in found_forms)),
        tuple(sorted(str(triple) for form, triple in found_forms.items() if form not in sent_forms)),
    )


def normal(triple: Triple) -> tuple[Triple, str]:
    """A statement's normal form, and the rule that leads there (empty if it is its own)."""
    value = triple.object
    if not isinstance(value, Literal):
        return triple, ""
    form, rule = _normal(value)
    return (triple, "") if form == value else (Triple(triple.subject, triple.predicate, form), rule)


def properties(statements: Iterable[Triple]) -> Counter[str]:
    """How many different statements there are with each property."""
    return Counter(form.predicate.value for form in {normal(triple)[0] for triple in statements})


def classes(statements: Iterable[Triple]) -> Counter[str]:
    """How many things there are of each class."""
    return Counter(
        triple.object.value
        for triple in statements
        if triple.predicate.value == _TYPE and isinstance(triple.object, NamedNode)
    )


def _hash(forms: Iterable[Triple]) -> str:
    return hashlib.sha256("".join(sorted(f"{form} .\n" for form in forms)).encode()).hexdigest()


def _normal(value: Literal) -> tuple[Literal, str]:
    datatype, text = value.datatype.value, value.value
    if datatype == _XSD + "decimal" and re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text):
        number = format(Decimal(text), "f")
        number = number.rstrip("0").rstrip(".") if "." in number else number
        return Literal("0" if number in ("-0", "") else number, datatype=value.datatype), "number"
    if datatype in _INTEGERS and re.fullmatch(r"[+-]?\d+", text):
        return Literal(str(int(text)), datatype=_INTEGER), "number"
    if datatype == _XSD + "boolean" and text in ("0", "1"):
        return Literal("true" if text == "1" else "false", datatype=value.datatype), "boolean"
    if datatype in _TIMES and text.endswith(("+00:00", "-00:00")):
        return Literal(text[:-6] + "Z", datatype=value.datatype), "time zone"
    if datatype in _GEOMETRIES:
        return Literal(_single_precision(text), datatype=NamedNode(_GEOMETRIES[0])), "geometry"
    return value, ""


def _single_precision(text: str) -> str:
    """WKT with each number replaced by the nearest single-precision one."""

    def nearest(match: re.Match[str]) -> str:
        return repr(struct.unpack("f", struct.pack("f", float(match[0])))[0])

    return re.sub(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", nearest, text)
