"""Folding: one form for what people write in several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.values.text import (
    as_typed,
    fold,
    fold_spelling,
    has_visible_text,
    one_line,
    slugify,
    words,
)


@pytest.mark.parametrize("written", ["Sa'dan", "SADAN", "Sa\u2019dan", "sa\u02bcdan", "Sàdan"])
def test_accents_case_and_apostrophes_do_not_matter(written: str) -> None:
    assert fold(written) == "sadan"


@pytest.mark.parametrize(
    ("one", "other"),
    [("kerupuk", "krupuk"), ("keripik", "kripik"), ("Terasi", "trasi"), ("serundeng", "srundeng")],
)
def test_spellings_that_sound_alike_fold_into_one(one: str, other: str) -> None:
    assert fold_spelling(one) == fold_spelling(other)


@pytest.mark.parametrize("word", ["sepeda", "beras", "teri", "kelapa", "perak"])
def test_folding_a_folded_spelling_changes_nothing(word: str) -> None:
    assert fold_spelling(fold_spelling(word)) == fold_spelling(word)


def test_words_are_letters_and_digits_only() -> None:
    assert words("Kopi Gayo (250 g), 100%") == ["kopi", "gayo", "250", "g", "100"]
    assert words("% _ ' \" --") == []


def test_names_become_addresses() -> None:
    assert slugify("Kopi Gayo 100%") == "kopi-gayo-100"
    assert slugify("Pa'tedong Sa'dan") == "patedong-sadan"
    assert slugify("*** ") == "tanpa-nama"
    assert slugify("kain " * 60).endswith("kain")


@given(st.text(max_size=300))
def test_every_address_is_safe_and_short(name: str) -> None:
    slug = slugify(name)
    assert 1 <= len(slug) <= 120
    assert all(sign.isascii() and (sign.isalnum() or sign == "-") for sign in slug)
    assert slug == slugify(slug)


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


def test_a_name_is_one_line_and_turns_nothing_round() -> None:
    assert one_line("Ibu\r\n\nREKENING BARU\u202e 123\x00") == "Ibu REKENING BARU 123"
    assert one_line(" Dewi \t Lestari ") == "Dewi Lestari"


def test_a_street_keeps_its_lines() -> None:
    assert as_typed("Jl. Melati 12\r\nRT 03\rBekasi\x07\n") == "Jl. Melati 12\nRT 03\nBekasi"


@given(st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)
    assert as_typed(as_typed(text)) == as_typed(text)


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\x00", "\u00ad\u2060", "\u200d", "\u3164"])
def test_text_that_nobody_sees_is_no_text(text: str) -> None:
    assert not has_visible_text(text)


@pytest.mark.parametrize("text", ["a", " Siti ", "\u200bx", "👩\u200d🌾"])
def test_text_that_shows_is_seen(text: str) -> None:
    assert has_visible_text(text)
