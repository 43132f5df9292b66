"""Names as they are compared: Unicode's compatibility forms, marks, apostrophes of every kind, spellings."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vilnius_lod.i18n.letters import compact, fold, spellings, words

APOSTROPHES = "'’‘ʼʻʹ`´′ˈ‛״׳＇“”«»"


@pytest.mark.parametrize("sign", APOSTROPHES)
def test_an_apostrophe_of_any_kind_inside_a_word_does_not_count(sign: str) -> None:
    assert fold(f"L{sign}viv") == "lviv"
    assert words(f"d{sign}Ivoire") == {"divoire", "d", "ivoire"}


@pytest.mark.parametrize("sign", "-‐‑‒–—−")
def test_a_dash_of_any_kind_parts_words_and_a_name_may_be_one(sign: str) -> None:
    assert fold(f"Tai{sign}pei") == "tai pei"
    assert compact(f"Tai{sign}pei") == ("taipei",)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ｌｉｎｄｅｎａｕ　１９９１", "lindenau 1991"), ("ﬁn", "fin"), ("Ёлка", "елка"), ("İı", "ii"),
        ("ĐÐÞÆŒØŁ", "ddthaeoeol"),
        ("STRASSE straße", "strasse strasse"), ("a\u00adb\u200bc\u200dd\ufe0f", "abcd"),
        ("कीव", "कीव"), ("…", ""),
    ],
)  # fmt: skip
def test_letters_of_any_form_are_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "spelled"),
    [("Göttingen", "goettingen"), ("Århus", "aarhus"), ("Øresund", "oeresund"), ("Zürich", "zuerich")],
)
def test_a_letter_may_be_spelled_out(text: str, spelled: str) -> None:
    assert spellings(text)[1] == spelled
    assert spellings(unicodedata.normalize("NFD", text)) == spellings(text)


@given(st.text())
def test_folding_is_stable_and_knows_no_composition(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == once
