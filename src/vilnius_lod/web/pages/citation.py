"""How to cite the dataset, or one thing of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..http.context import site
from .labels import localized

_SPECIAL = re.compile(r"[\\{}$&#%_~^]")
_ESCAPED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation; ``part`` is the name of the cited thing, empty for the whole dataset."""

    author: str
    year: str
    dataset: str
    version: str
    address: str
    key: str
    part: str = ""

    @property
    def apa(self) -> str:
        """In the style of the American Psychological Association, without italics."""
        whole = f"{self.dataset} (Version {self.version}) [Data set]"
        title = f"{self.part}. In {whole}" if self.part else whole
        return f"{self.author}. ({self.year}). {title}. {self.address}"

    @property
    def bibtex(self) -> str:
        """As a BibTeX entry."""
        fields = {
            "author": f"{{{_escaped(self.author)}}}",
            "title": f"{{{_escaped(self.part or self.dataset)}}}",
            "howpublished": _escaped(f"In: {self.dataset}") if self.part else "Data set",
            "version": self.version,
            "year": self.year,
            "url": self.address,
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@misc{{{self.key},\n{lines}}}"


def citation(iri: str = "", part: str = "") -> Citation:
    """How to cite a thing, or the whole dataset."""
    facts = site().facts
    return Citation(
        author=str(localized(facts.publisher_name) or facts.name),
        year=(facts.modified or facts.source.retrieved)[:4],
        dataset=str(localized(facts.title) or facts.name),
        version=str(facts.version),
        address=iri or site().dataset,
        key="-".join([facts.name, *iri.split("/")[-2:]]) if iri else facts.name,
        part=part,
    )


def _escaped(text: str) -> str:
    """The text with TeX's special characters escaped."""
    return _SPECIAL.sub(lambda match: _ESCAPED.get(match[0], "\\" + match[0]), text)
