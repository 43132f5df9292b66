"""Texts for people in their language: gettext catalogues (``locale/{language}.po``) that a translator edits.

English is the language of the templates in the code; a message without a translation is shown in English.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent / "locale"
TEMPLATE_LANGUAGE = "en"


@functools.cache
def catalog(language: str) -> Catalog | None:
    """The catalogue of a language, or of the one that it is a variety of; None where there is none."""
    path = LOCALES / f"{language}.po"
    if not path.is_file():
        parent, hyphen, _ = language.rpartition("-")
        return catalog(parent) if hyphen else None
    with path.open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"), ignore_obsolete=True)


def translator(language: str) -> Callable[[str], str]:
    """A function from an English message to its text in ``language``."""
    messages = catalog(language)

    def translate(message: str) -> str:
        found = messages.get(message) if messages is not None else None
        return str(found.string) if found is not None and found.string else message

    return translate
