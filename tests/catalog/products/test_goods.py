"""Goods come in as drafts, get an address and a card, and leave again."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from shop.catalog.packaging.actions import NewHalal, NewPack, NewPermit
from shop.catalog.packaging.rules import Claim, HalalState, PermitKind
from shop.catalog.products import actions, product_cards
from shop.catalog.products import actions as products
from shop.catalog.products.errors import CategoryNotFound, NotPublishable
from shop.catalog.products.models import Category, FormerSlug, PhotoView, ProductCard, Variant
from shop.catalog.products.product_detail import find_product
from shop.catalog.products.queries import pictures_of, sellable
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.people.cooperatives.models import Cooperative, Member
from shop.services.media.models import Photo, Rendition
from shop.services.media.rules import PhotoFormat
from shop.storefront.product.queries import find_goods
from tests.catalog.conftest import AddGoods, new_product, new_variant
from tests.factories import NOON
from tests.support.statements import statements

CERTIFIED = NewHalal(state=HalalState.CERTIFIED, number="ID11110000090010224", claim=Claim.CHECKED)


def card(db: Database, product_id: int) -> ProductCard | None:
    with db.reading() as session:
        return session.get(ProductCard, product_id)


def shown(db: Database, product_id: int) -> ProductCard:
    found = card(db, product_id)
    assert found is not None
    return found


def variants(db: Database, product_id: int) -> list[int]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(Variant.id)
                .where(Variant.product_id == product_id)
                .order_by(Variant.position)
            )
        )


def test_a_draft_has_no_card(db: Database, add: AddGoods) -> None:
    assert card(db, add(shown=False)) is None


def test_a_published_product_has_a_card_with_all_a_list_shows(db: Database, add: AddGoods) -> None:
    found = shown(db, add())
    assert (found.name, found.price, found.net, found.place) == (
        "Kopi Gayo",
        45_000,
        "200 g",
        "Aceh Tengah",
    )
    assert found.category_name == "Kopi"
    assert not found.halal_checked
    assert found.permit_checked == ""


def test_a_card_adds_the_only_pack_and_asks_where_there_is_a_choice(
    db: Database, add: AddGoods
) -> None:
    one = add("Teh")
    two = add(
        "Kopi",
        choice_name="giling",
        variants=(new_variant(45_000, "biji"), new_variant(40_000, "halus")),
    )
    minimum = add("Gula", least_packs=3)
    assert shown(db, one).variant_id == variants(db, one)[0]
    found = shown(db, two)
    assert (found.variant_id, found.price, found.has_prices) == (None, 40_000, True)
    assert shown(db, minimum).variant_id is None


def test_goods_nobody_could_send_are_not_shown(db: Database, add: AddGoods) -> None:
    for name, packs in (("Tanpa kemasan", ()), ("Tanpa berat", (new_variant(grams=0),))):
        with pytest.raises(NotPublishable):
            add(name, variants=packs)


def test_a_category_that_does_not_exist_is_refused(db: Database, maker: Member) -> None:
    with pytest.raises(CategoryNotFound), db.writing() as session:
        products.add_product(session, new_product(maker, category_path="rokok"), now=NOON)


def test_planting_the_categories_again_changes_nothing(db: Database, gayo: Cooperative) -> None:
    with db.writing() as session:
        actions.seed_categories(session)
        first = session.scalars(select(Category.path).order_by(Category.id)).all()
        actions.seed_categories(session)
        assert session.scalars(select(Category.path).order_by(Category.id)).all() == first != []


def test_two_goods_of_one_name_get_two_addresses(db: Database, add: AddGoods) -> None:
    slugs = [shown(db, add(sku=str(number))).slug for number in range(3)]
    assert slugs == ["kopi-gayo", "kopi-gayo-2", "kopi-gayo-3"]


def test_an_old_address_leads_to_the_new_one_and_back_again(db: Database, add: AddGoods) -> None:
    product_id = add()
    with db.writing() as session:
        products.rename(session, product_id, "Kopi Takengon")
    with db.reading() as session:
        old, new = find_product(session, "kopi-gayo"), find_product(session, "kopi-takengon")
    assert old is not None
    assert new is not None
    assert old.slug == new.slug == "kopi-takengon"
    with db.writing() as session:
        products.rename(session, product_id, "Kopi Gayo")
    with db.reading() as session:
        back = find_product(session, "kopi-takengon")
        former = session.scalars(select(FormerSlug.slug)).all()
    assert back is not None
    assert back.slug == "kopi-gayo"
    assert former == ["kopi-takengon"]


def test_an_address_that_was_left_behind_is_given_to_no_other(db: Database, add: AddGoods) -> None:
    first = add()
    with db.writing() as session:
        products.rename(session, first, "Kopi Takengon")
    assert shown(db, add(sku="2")).slug == "kopi-gayo-2"
    with db.reading() as session:
        old = find_product(session, "kopi-gayo")
    assert old is not None
    assert old.slug == "kopi-takengon"


def test_a_hidden_product_keeps_its_address_but_has_no_page(db: Database, add: AddGoods) -> None:
    product_id = add()
    with db.writing() as session:
        products.hide(session, product_id)
    with db.reading() as session:
        found = find_product(session, "kopi-gayo")
        assert find_product(session, "tidak-pernah-ada") is None
    assert found is not None
    assert found.sheet is None
    assert found.cooperative_slug == "koperasi-gyo"
    assert card(db, product_id) is None


def test_a_new_price_stands_on_the_card_at_once(db: Database, add: AddGoods) -> None:
    product_id = add()
    with db.writing() as session:
        actions.set_price(session, variants(db, product_id)[0], Rupiah(50_000))
    assert shown(db, product_id).price == 50_000


def test_suspending_a_cooperative_takes_its_goods_out_of_the_shop_and_back(
    db: Database, add: AddGoods, gayo: Cooperative
) -> None:
    product_id = add()
    for moment, there in ((NOON, False), (None, True)):
        with db.writing() as session:
            session.get_one(Cooperative, gayo.id).suspended_at = moment
            product_cards.refresh_cooperative(session, gayo.id)
        assert (card(db, product_id) is not None) is there


def test_only_what_a_manager_checked_is_a_badge(db: Database, add: AddGoods) -> None:
    claimed = NewPack(
        halal=NewHalal(state=HalalState.CERTIFIED, number="ID11110000090010224"),
        permits=(NewPermit(kind=PermitKind.PIRT, number="2063205010072-29"),),
    )
    checked = NewPack(
        halal=CERTIFIED,
        permits=(NewPermit(kind=PermitKind.PIRT, number="2063205010072-29", claim=Claim.CHECKED),),
    )
    one, two = shown(db, add("Satu", pack=claimed)), shown(db, add("Dua", pack=checked))
    assert (one.halal_checked, one.permit_checked) == (False, "")
    assert (two.halal_checked, two.permit_checked) == (True, "P-IRT")


def test_pork_never_shows_a_halal_mark_whoever_ticked_it(db: Database, add: AddGoods) -> None:
    found = shown(db, add(pack=NewPack(ingredients="daging babi 70%", halal=CERTIFIED)))
    assert (found.has_pork, found.halal_checked) == (True, False)


def test_a_permit_gives_no_badge_from_the_day_after_its_last(db: Database, add: AddGoods) -> None:
    permit = NewPermit(
        kind=PermitKind.PIRT,
        number="2063205010072-29",
        valid_until=date(2029, 12, 31),
        claim=Claim.CHECKED,
    )
    product_id = add(pack=NewPack(permits=(permit,)))
    for today, lost in ((date(2029, 12, 31), 0), (date(2030, 1, 1), 1), (date(2030, 1, 2), 0)):
        with db.writing() as session:
            assert product_cards.expire_permits(session, today) == lost
    assert shown(db, product_id).permit_checked == ""


def test_a_card_shows_the_sizes_of_its_photo_as_soon_as_they_exist(
    db: Database, add: AddGoods
) -> None:
    product_id = add()
    with db.writing() as session:
        photo = Photo(key="ab/cdefghijklmnopqrstuvwxyz", side=1000, bytes=9, kept_at=NOON)
        session.add(photo)
        session.flush()
        for _ in range(2):
            actions.add_photo(session, product_id, photo.id, PhotoView.FRONT)
        session.add(
            Rendition(photo_id=photo.id, format=PhotoFormat.WEBP, width=320, height=320, bytes=9)
        )
        session.flush()
        product_cards.refresh_photo(session, photo.id)
    ((view, picture),) = pictures_of(shown(db, product_id).pictures)
    assert view == PhotoView.FRONT
    assert picture.widths == {PhotoFormat.WEBP: (320,)}


def test_what_sells_counts_on_product_and_card(db: Database, add: AddGoods) -> None:
    product_id = add()
    with db.writing() as session:
        actions.count_sold(session, {product_id: 7})
        product_cards.refresh_card(session, product_id)
        actions.count_sold(session, {product_id: -2})
    assert shown(db, product_id).popularity == 5


def test_whoever_listens_hears_of_a_card_in_the_same_commit(db: Database, add: AddGoods) -> None:
    heard: list[int] = []

    def listen(_session: object, product_id: int) -> None:
        heard.append(product_id)

    product_cards.card_changed.append(listen)
    try:
        product_id = add()
        with db.writing() as session:
            products.hide(session, product_id)
    finally:
        product_cards.card_changed.remove(listen)
    assert heard == [product_id, product_id]


def test_a_cart_learns_all_it_needs_in_one_statement(db: Database, add: AddGoods) -> None:
    ids = [
        one
        for number in range(20)
        for one in variants(db, add(f"Kopi {number}", on_hand=number + 1))
    ]
    with db.reading() as session:
        for wanted in (ids[:2], ids):
            with statements(db) as asked:
                assert set(sellable(session, [*wanted, 987_654])) == set(wanted)
            assert len(asked) == 1
        first = sellable(session, ids[:1])[ids[0]]
    assert (first.name, first.price, first.net_label, first.available, first.is_published) == (
        "Kopi 0",
        45_000,
        "200 g",
        1,
        True,
    )
    assert (first.town, first.cooperative_slug, first.picture) == (
        "Aceh Tengah",
        "koperasi-gyo",
        None,
    )


def test_what_left_the_shop_may_not_be_bought(db: Database, add: AddGoods) -> None:
    hidden, draft = add("Kopi"), add("Teh", shown=False)
    with db.writing() as session:
        products.hide(session, hidden)
    ids = [variants(db, hidden)[0], variants(db, draft)[0]]
    with db.reading() as session:
        assert [one.is_published for one in sellable(session, ids).values()] == [False, False]


def test_the_page_of_a_product_has_its_label_permits_and_packs(db: Database, add: AddGoods) -> None:
    permits = (
        NewPermit(kind=PermitKind.PIRT, number="2063205010072-29", claim=Claim.CHECKED),
        NewPermit(kind=PermitKind.MD),
    )
    pack = NewPack(net_content=200, net_unit="g", halal=CERTIFIED, permits=permits)
    add(pack=pack, variants=(new_variant(1, "a"), new_variant(2, "b")))
    with db.reading() as session, statements(db) as asked:
        _found, goods = find_goods(session, "kopi-gayo", NOON)
    assert len(asked) == 4
    assert goods is not None
    assert [permit.kind for permit in goods.sheet.permits] == [PermitKind.PIRT, PermitKind.MD]
    assert goods.sheet.permits[0].checked_at == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert goods.sheet.halal_number == "ID11110000090010224"
    packs = [(pack.name, pack.price, pack.available) for pack in goods.packs]
    assert packs == [("a", 1, 5), ("b", 2, 5)]
