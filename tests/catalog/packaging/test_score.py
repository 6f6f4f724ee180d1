"""How complete a label is: what counts, what would bring most, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.packaging.label_score import Label, all_gains, score, weights

FACTS = [name for name in Label.__dataclass_fields__ if name != "is_food"]


@pytest.mark.parametrize("is_food", [True, False])
def test_a_label_with_everything_scores_a_hundred(is_food: bool) -> None:
    whole = score(Label(is_food=is_food, **dict.fromkeys(FACTS, True)))
    assert (whole.points, whole.gains, whole.is_complete) == (100, (), True)
    assert score(Label(is_food=is_food)).points == 0


def test_the_next_three_gains_come_biggest_first() -> None:
    gains = score(Label(is_food=True)).gains
    assert [(gain.fact, gain.points) for gain in gains] == [
        ("front_photo", 20),
        ("label_photo", 15),
        ("contents_photo", 12),
    ]


@given(st.booleans(), st.sets(st.sampled_from(FACTS)), st.sampled_from(FACTS))
def test_one_more_fact_never_costs_points(is_food: bool, there: set[str], more: str) -> None:
    before = score(Label(is_food=is_food, **dict.fromkeys(there, True)))
    after = score(Label(is_food=is_food, **dict.fromkeys({*there, more}, True)))
    assert 0 <= before.points <= after.points <= 100
    assert len(after.gains) <= 3


@given(st.booleans(), st.sets(st.sampled_from(FACTS)))
def test_the_score_and_all_its_gains_make_a_hundred(is_food: bool, there: set[str]) -> None:
    label = Label(is_food=is_food, **dict.fromkeys(there, True))
    assert score(label).points + sum(gain.points for gain in all_gains(label)) == 100
    for gain in all_gains(label):
        mended = Label(is_food=is_food, **dict.fromkeys({*there, gain.fact}, True))
        assert score(mended).points == score(label).points + gain.points


def test_goods_that_are_not_food_are_asked_four_things() -> None:
    assert weights(is_food=False) == {
        "front_photo": 38,
        "label_photo": 29,
        "net_content": 23,
        "pack_type": 10,
    }
