"""Texts for people in their language: gettext catalogues (``locale/{language}.po``) that a translator edits.

English is the language of the templates in the code; a message without a translation is shown in English.
"""

from __future__ import annotations

import functools
import gettext
import io
import locale
from collections.abc import Callable, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent / "locale"
TEMPLATE_LANGUAGE = "en"
Translate = Callable[[str], str]


class UserError(ValueError):
    """What went wrong, for people: an English template and its values; ``allowed`` is itself a message."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message, self.values = message, values

    def __str__(self) -> str:
        return self.text()

    def text(self, translate: Translate = str) -> str:
        """The sentence in the reader's language."""
        values = {
            name: translate(value) if name == "allowed" and isinstance(value, str) else value
            for name, value in self.values.items()
        }
        return translate(self.message).format(**values)


@functools.cache
def catalog(language: str) -> Catalog | None:
    """The catalogue of a language, or of the one that it is a variety of; None where there is none."""
    path = LOCALES / f"{language}.po"
    if not path.is_file():
        parent, hyphen, _ = language.rpartition("-")
        return catalog(parent) if hyphen else None
    with path.open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"), ignore_obsolete=True)


@functools.cache
def translations(language: str) -> gettext.NullTranslations:
    """The messages of a language's catalogue, or the English ones where there is none."""
    messages = catalog(language)
    if messages is None:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translator(language: str) -> Translate:
    """A function from an English message to its text in ``language``."""
    return translations(language).gettext


def languages() -> tuple[str, ...]:
    """The languages in which messages can be told."""
    return tuple(sorted({TEMPLATE_LANGUAGE, *(path.stem for path in LOCALES.glob("*.po"))}))


def reader(environment: Mapping[str, str]) -> str:
    """The language of the person whose environment this is: the first of ``LC_ALL``, ``LC_MESSAGES`` and
    ``LANG`` that is set decides; unless it is ``C``, ``LANGUAGE`` may prefer others (as in GNU gettext).
    """
    tag = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "C")
    wanted = [] if tag.partition(".")[0] in ("C", "POSIX") else environment.get("LANGUAGE", "").split(":")
    known = (language_of(name) for name in [*wanted, tag] if name)
    return next((language for language in known if language in languages()), TEMPLATE_LANGUAGE)


def language_of(name: str) -> str:
    """The language of a locale or a language tag: ``lt`` of ``lt_LT.UTF-8`` and of ``lt-LT``."""
    normal = name if "-" in name else locale.normalize(name)
    return normal.replace("-", "_").partition("_")[0].partition(".")[0].lower()
