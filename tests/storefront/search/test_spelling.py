"""What a mistyped word may have meant: rules without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.storefront.search_index.rules import spelled
from shop.storefront.search_index.spelling import (
    Neighbour,
    is_correctable,
    keys_of,
    mistakes,
    nearest,
    split_word,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = st.text(LETTERS, min_size=4, max_size=14)


@st.composite
def mistyped(draw: st.DrawFn) -> tuple[str, str]:
    """A word in one spelling, and the same with as many mistakes as are forgiven."""
    word = spelled(draw(WORDS.filter(lambda one: is_correctable(spelled(one)))))
    typed = word
    for _ in range(draw(st.integers(0, mistakes(word)))):
        at = draw(st.integers(0, len(typed) - 1))
        letter = draw(st.sampled_from(LETTERS))
        typed = draw(
            st.sampled_from(
                (
                    typed[:at] + typed[at + 1 :],
                    typed[:at] + letter + typed[at:],
                    typed[:at] + letter + typed[at + 1 :],
                    typed[:at] + typed[at : at + 2][::-1] + typed[at + 2 :],
                )
            )
        )
    return word, typed


@given(mistyped())
def test_a_word_with_as_many_mistakes_as_are_forgiven_is_found(pair: tuple[str, str]) -> None:
    word, typed = pair
    own = spelled(typed)
    # What was typed may be shorter than what was meant, and is then judged as a shorter word.
    if not is_correctable(own) or mistakes(own) < mistakes(word) or spelled(own) != own:
        return
    if nearest(typed, [Neighbour(word, 1)]) == word:
        assert keys_of(word) & keys_of(typed)


def test_fewest_mistakes_then_the_first_letter_then_what_most_goods_have() -> None:
    assert nearest("kripk", [Neighbour("keripik", 1), Neighbour("kripto", 90)]) == "keripik"
    assert nearest("gatul", [Neighbour("batul", 9), Neighbour("garul", 1)]) == "garul"
    assert nearest("tenum", [Neighbour("tenun", 5), Neighbour("tenuk", 50)]) == "tenuk"
    assert nearest("rendng", [Neighbour("batik", 500)]) is None


def test_what_is_said_without_its_h_is_heard_first() -> None:
    assert nearest("pait", [Neighbour("pati", 90), Neighbour("pahit", 5)]) == "pahit"
    assert nearest("utan", [Neighbour("ulan", 9), Neighbour("hutan", 1)]) == "hutan"


def test_the_shortest_words_begin_alike() -> None:
    assert nearest("cair", [Neighbour("hair", 90)]) is None
    assert nearest("cairr", [Neighbour("hairr", 90)]) == "hairr"
    assert nearest("kipi", [Neighbour("kopi", 1)]) == "kopi"


@pytest.mark.parametrize("word", ["kop", "12345", "70", "a" * 25, "k0pi", ""])
def test_short_words_numbers_and_what_is_no_word_are_left_alone(word: str) -> None:
    assert keys_of(word) == frozenset()
    assert nearest(word, [Neighbour("kopi", 1)]) is None if word else True


def test_a_word_may_be_two_without_their_space() -> None:
    assert ("rumput", "laut") in split_word("rumputlaut")
    assert split_word("kopi") == []
    assert split_word("a" * 200) == []


@given(WORDS)
def test_no_word_has_many_keys(word: str) -> None:
    assert len(keys_of(word)) <= 29
