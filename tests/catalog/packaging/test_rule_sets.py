"""What a label must say: rule sets by sort of goods, allergens, units and measures."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.packaging.allergens import (
    ALLERGENS,
    allergen_parts,
    allergens_named,
    read_allergens,
    write_allergens,
)
from shop.catalog.packaging.label_rules import (
    RULE_SETS,
    Fact,
    Goods,
    LabelFacts,
    PermitOnLabel,
    goods_of,
    missing_for,
)
from shop.catalog.packaging.measures import (
    Net,
    NotANetContent,
    Wrong,
    read_net,
    wrong_sides,
    wrong_weight,
)
from shop.catalog.packaging.rules import Claim, HalalState, PermitKind, Technique
from shop.catalog.products.rules import CATEGORY_NAMES

WHOLE = LabelFacts(
    product_id=1,
    cooperative_id=1,
    sku="GYO-001",
    slug="keripik",
    category_path="makanan-olahan/keripik-kerupuk",
    name="Keripik Singkong",
    brand="Dapur Bu Wati",
    cooperative="Koperasi Gayo",
    village="Kayukul",
    district="Pegasing",
    regency="Kabupaten Aceh Tengah",
    province="Aceh",
    postcode="24561",
    net="250 g",
    pack_type=None,
    shelf_life_days=60,
    storage=None,
    after_opening=None,
    ingredients="singkong, minyak, garam",
    allergens=(),
    directions="oleskan",
    care="cuci tangan",
    technique=Technique.WRITTEN,
    halal=HalalState.CERTIFIED,
    halal_number="ID11110000090010224",
    halal_claim=Claim.CHECKED,
    permits=(PermitOnLabel(kind=PermitKind.PIRT, number="2063205010072-29", claim=Claim.CLAIMED),),
    batch_code="GYO261102A",
    produced_on=None,
    best_before="01-01-2027",
)


@pytest.mark.parametrize("path", list(CATEGORY_NAMES))
def test_every_category_has_its_rules_and_a_whole_label_lacks_nothing(path: str) -> None:
    assert RULE_SETS[goods_of(path)].mandatory
    assert missing_for(replace(WHOLE, category_path=path)) == ()


@pytest.mark.parametrize(
    ("path", "goods"),
    [
        ("batik-tenun/batik", Goods.BATIK),
        ("batik-tenun/tenun", Goods.CLOTH),
        ("kesehatan-kecantikan/jamu-herbal", Goods.HERBAL),
        ("kesehatan-kecantikan/minyak-aroma", Goods.COSMETIC),
        ("hasil-tani", Goods.FRESH),
        ("minuman/kopi", Goods.FOOD),
        ("rumah-tangga", Goods.CRAFT),
    ],
)
def test_sorts_of_goods_follow_their_category(path: str, goods: Goods) -> None:
    assert goods_of(path) is goods


def test_what_a_label_lacks_is_named_in_the_order_of_its_rules() -> None:
    bare = replace(WHOLE, net="", ingredients=None, permits=(), best_before=None, postcode=None)
    assert missing_for(bare) == (
        Fact.INGREDIENTS,
        Fact.NET,
        Fact.MAKER,
        Fact.EXPIRY,
        Fact.PERMIT,
    )


def test_food_that_keeps_a_week_needs_no_permit() -> None:
    assert Fact.PERMIT not in missing_for(replace(WHOLE, permits=(), shelf_life_days=7))
    assert Fact.PERMIT in missing_for(replace(WHOLE, permits=(), shelf_life_days=8))


def test_batik_says_how_its_motif_was_made_and_crisps_do_not() -> None:
    assert Fact.TECHNIQUE not in missing_for(replace(WHOLE, technique=None))
    batik = replace(WHOLE, technique=None, category_path="batik-tenun/batik")
    assert missing_for(batik) == (Fact.TECHNIQUE,)


def test_a_certificate_without_its_number_is_no_answer() -> None:
    assert missing_for(replace(WHOLE, halal_number=None)) == (Fact.HALAL,)


def test_pork_must_be_called_not_halal_and_never_shows_the_certificate() -> None:
    pork = replace(WHOLE, ingredients="daging babi, garam")
    assert missing_for(pork) == (Fact.PORK,)
    assert not pork.shows_halal
    assert WHOLE.shows_halal
    assert not replace(WHOLE, halal_claim=Claim.CLAIMED).shows_halal
    assert missing_for(replace(pork, halal=HalalState.NOT_HALAL, halal_number=None)) == ()


# ------------------------------------------------------------------ allergens


def test_allergens_are_kept_once_each_in_the_order_of_the_list() -> None:
    assert write_allergens(["telur", "gandum", "telur"]) == "gandum, telur"
    assert read_allergens("telur, biji labu, gandum") == ("gandum", "telur", "biji labu")


@given(st.sets(st.sampled_from(ALLERGENS)))
def test_a_set_of_allergens_is_read_as_it_was_written(names: set[str]) -> None:
    assert set(read_allergens(write_allergens(names))) == names


@pytest.mark.parametrize(
    ("ingredients", "named"),
    [
        ("tepung terigu, telur 10%, santan", ("gandum", "telur")),
        ("susu kelapa, gula", ()),
        ("susu kedelai", ("kedelai",)),
        ("petani, ikanan", ()),
        ("terasi (rebon)", ("udang",)),
        (None, ()),
    ],
)
def test_the_ingredients_tell_which_ticks_were_forgotten(
    ingredients: str | None, named: tuple[str, ...]
) -> None:
    assert allergens_named(ingredients) == named


@given(st.text(max_size=200))
def test_pieces_of_the_ingredients_make_the_whole(text: str) -> None:
    assert "".join(piece for piece, _is_bold in allergen_parts(text)) == text


def test_allergens_among_the_ingredients_are_marked() -> None:
    assert allergen_parts("gula, telur 10%") == (
        ("gula, ", False),
        ("telur", True),
        (" 10%", False),
    )


# ------------------------------------------------------------------ contents and measures


@pytest.mark.parametrize(
    ("typed", "net"),
    [
        ("250 g", Net(250, "g")),
        ("250gr", Net(250, "g")),
        ("250 Gram.", Net(250, "g")),
        ("2 ons", Net(200, "g")),
        ("2,5 ons", Net(250, "g")),
        ("1,5 kg", Net(1_500, "g")),
        ("1.000 g", Net(1_000, "g")),
        ("500cc", Net(500, "ml")),
        ("0,75 liter", Net(750, "ml")),
        ("3 buah", Net(3, "pcs")),
        ("1 lembar", Net(1, "lembar")),
    ],
)
def test_net_contents_become_units_of_the_law(typed: str, net: Net) -> None:
    assert read_net(typed) == net


@pytest.mark.parametrize(
    "typed",
    ["", "250", "g", "0 g", "-1 g", "2,5 g", "1 botol", "0,0001 kg", "9" * 40, "٢ g", "1,5 buah"],
)
def test_what_no_label_may_say_is_refused(typed: str) -> None:
    with pytest.raises(NotANetContent):
        read_net(typed)


@given(st.integers(1, 1_000_000), st.sampled_from(["g", "ml", "pcs", "set"]))
def test_a_net_content_that_is_written_is_read_again(content: int, unit: str) -> None:
    assert read_net(f"{content} {unit}") == Net(content, unit)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader_of_contents(typed: str) -> None:
    try:
        net = read_net(typed)
    except NotANetContent:
        return
    assert 0 < net.content <= 1_000_000


def test_a_pack_is_not_lighter_than_what_is_in_it() -> None:
    assert wrong_weight(249, 250, "g") is Wrong.BELOW_NET
    assert wrong_weight(250, 250, "g") is None
    assert wrong_weight(240, 250, "ml") is None
    assert wrong_weight(50_001, 250, "g") is Wrong.TOO_HEAVY
    assert wrong_weight(None, 250, "g") is None


def test_measures_come_all_three_or_not_at_all() -> None:
    assert wrong_sides(100, None, None) is Wrong.ONE_OF_THREE
    assert wrong_sides(None, None, None) is None
    assert wrong_sides(100, 2_001, 50) is Wrong.TOO_LONG
    assert wrong_sides(100, 2_000, 50) is None
