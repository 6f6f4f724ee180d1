"""What packs may differ in: two things, fifty combinations, and no stock lost in a change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.variants.rules import (
    MAX_COMBINATIONS,
    Axis,
    ChoiceFault,
    Pair,
    UnclearChoice,
    checked_axes,
    combinations,
    pack_name,
    read_options,
    same,
    take_over,
)

GRIND = Axis("giling", ("halus", "sedang", "kasar"))
SIZE = Axis("ukuran", ("250 g", "500 g"))


def test_options_are_listed_by_comma_semicolon_or_line() -> None:
    assert read_options(" halus,  sedang;kasar\n ,bubuk ") == ("halus", "sedang", "kasar", "bubuk")


@pytest.mark.parametrize(
    ("axes", "fault"),
    [
        ([Axis("giling", ())], ChoiceFault.NO_VALUE),
        ([GRIND, Axis("ukuran", ())], ChoiceFault.NO_VALUE),
        ([Axis("", ("halus",))], ChoiceFault.NO_NAME),
        ([Axis("giling", ("halus", "Halus"))], ChoiceFault.TWICE),
        ([GRIND, Axis("Giling", ("250 g",))], ChoiceFault.SAME_NAME),
        ([Axis("giling", ("x" * 39,))], ChoiceFault.LONG),
        ([Axis("nomor", tuple(map(str, range(51))))], ChoiceFault.TOO_MANY_COMBINATIONS),
        (
            [Axis("nomor", tuple(map(str, range(17)))), GRIND],
            ChoiceFault.TOO_MANY_COMBINATIONS,
        ),
        ([GRIND, SIZE, Axis("warna", ("merah",))], ChoiceFault.TOO_MANY_CHOICES),
    ],
)
def test_what_a_shopper_could_not_choose_by_is_refused(
    axes: list[Axis], fault: ChoiceFault
) -> None:
    with pytest.raises(UnclearChoice) as refusal:
        checked_axes(axes)
    assert refusal.value.fault is fault


def test_an_empty_first_choice_makes_the_second_the_first() -> None:
    assert checked_axes([Axis("", ()), SIZE]) == (SIZE,)


def test_fifty_combinations_are_enough_and_allowed() -> None:
    axes = [Axis("a", tuple(map(str, range(25)))), Axis("b", ("x", "y"))]
    assert len(combinations(checked_axes(axes))) == MAX_COMBINATIONS


def test_a_pack_is_called_by_both_its_options() -> None:
    assert pack_name(("halus", "250 g")) == "halus · 250 g"
    assert pack_name(("halus", "")) == "halus"
    assert pack_name(("", "")) == ""


@pytest.mark.parametrize(
    ("there", "wanted", "goes_on"),
    [
        ({1: ("", "")}, combinations([GRIND]), {("halus", ""): 1}),
        ({1: ("halus", ""), 2: ("kasar", "")}, [("", "")], {("", ""): 1}),
        (
            {1: ("halus", ""), 2: ("sedang", "")},
            combinations([GRIND, SIZE]),
            {("halus", "250 g"): 1, ("sedang", "250 g"): 2},
        ),
        ({1: ("halus", "250 g"), 2: ("halus", "500 g")}, [("halus", "")], {("halus", ""): 1}),
        ({1: ("halus", ""), 2: ("kasar", "")}, [("Kasar", "")], {("Kasar", ""): 2}),
        ({1: ("halus", "")}, [("biji", "")], {}),
    ],
)
def test_a_pack_goes_on_as_what_it_was(
    there: dict[int, Pair], wanted: list[Pair], goes_on: dict[Pair, int]
) -> None:
    assert take_over(there, wanted) == goes_on


options = st.lists(
    st.sampled_from(["halus", "sedang", "kasar", "biji", "250 g", "1 kg", "é"]),
    min_size=1,
    max_size=6,
    unique_by=lambda option: option,
)


@given(options, options | st.none(), options, options | st.none())
def test_combinations_are_all_different_and_a_change_uses_no_pack_twice(
    first: list[str], second: list[str] | None, later: list[str], other: list[str] | None
) -> None:
    def axes(one: list[str], two: list[str] | None) -> list[Axis]:
        found = [Axis("a", tuple(one))]
        return [*found, Axis("b", tuple(two))] if two else found

    before, after = combinations(axes(first, second)), combinations(axes(later, other))
    assert len(before) == len({same(pair) for pair in before}) == len(first) * len(second or [""])
    there = dict(enumerate(before, 1))
    found = take_over(there, after)
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(after)
    stays = {pair for pair in before if pair in after}
    assert all(there[found[pair]] == pair for pair in stays)
