"""What stands on the public pages, and what they cost."""

import gzip
import re
from datetime import date

import pytest
from sqlalchemy import select, update

from shop.catalog.products import actions as products
from shop.catalog.products import product_cards
from shop.catalog.products.models import Product, ProductCard, Variant
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import Policy
from shop.core.values.money import parse_rupiah
from shop.people.cooperatives.models import BookYear, Cooperative
from shop.sales.fees.rules import fee_name
from shop.storefront.search_index.actions import rebuild
from tests.factories import NOON
from tests.support.engines import PAGES
from tests.support.reading import Reading
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

COFFEE = "kopi-arabika-gayo-sangrai-sedang-biji"
PORK = "abon-babi-pedas-manis"
GAYO = "embun-takengon-bersemi"
PUBLIC = (
    "/",
    "/produk",
    "/produk?q=kripik",
    f"/produk/{COFFEE}",
    f"/produk/{PORK}",
    f"/cerita/{COFFEE}",
    "/koperasi",
    f"/koperasi/{GAYO}",
)
HTML_BYTES = 14_000
"""gzip -6: what fits the first round trip."""


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_sound_small_and_the_same_for_everybody(pages: Visitor, path: str) -> None:
    answer = pages.get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert pages.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert len(gzip.compress(answer.data, 6)) <= HTML_BYTES
    page = Markup.of(answer.text)
    assert not page.mistakes
    assert len(page.all("h1")) == 1
    assert "style=" not in answer.text
    assert all(
        "src" in one.attrs or one.attrs["type"] == "application/ld+json"
        for one in page.all("script")
    )


def test_whoever_holds_a_cookie_gets_a_page_that_nobody_keeps(pages: Visitor) -> None:
    pages.set_cookie("lumbung_keranjang", "x")
    for path in PUBLIC:
        assert pages.get(path).headers["Cache-Control"] == "private, no-store", path


PICTURE = "b/a 900 jpg:320,480,800 webp:320,480"
BUDGETS = (
    ("/", 6),
    ("/produk", 4),
    ("/produk?q=kripik&kategori=makanan-olahan&halal=1", 4),
    ("/produk?q=xyzzy", 4),
    ("/produk?q=kripk+talas", 5),
    ("/produk/saran?q=kop", 2),
    (f"/produk/{COFFEE}", 4),
    (f"/cerita/{COFFEE}", 3),
    ("/koperasi", 2),
    (f"/koperasi/{GAYO}", 4),
)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_pages_show_the_pictures_of_goods(market: Database, pages: Visitor) -> None:
    with market.writing() as session:
        session.execute(update(ProductCard).values(pictures=f"front {PICTURE}"))
    for path in ("/", "/produk", f"/produk/{COFFEE}", f"/koperasi/{GAYO}"):
        for _ in range(2):  # the second time from what was kept
            answer = pages.get(path)
            assert answer.status_code == 200, path
            assert "b/a/480.jpg" in answer.text, path


def test_a_page_keeps_its_budget_of_statements(pages: Visitor) -> None:
    database = pages.application.extensions["lumbung"].database
    for path, maximum in BUDGETS:
        with statements(database) as asked:
            pages.get(path)
        assert 1 <= len(asked) <= maximum, path


def test_home_counts_what_is_there(pages: Visitor, market: Database) -> None:
    assert "150 produk, 12 koperasi" in pages.get("/").text
    with market.writing() as session:
        gone = session.scalars(select(Product.id)).first()
        assert gone is not None
        products.hide(session, gone)
    assert "149 produk, 12 koperasi" in pages.get("/").text


def test_home_says_sold_only_when_something_was(pages: Visitor, market: Database) -> None:
    before = pages.get("/").text
    assert "Terlaris" not in before
    assert "terjual" not in before
    with market.writing() as session:
        one = session.scalars(select(Product.id)).first()
        assert one is not None
        products.count_sold(session, {one: 7})
    after = pages.get("/").text
    assert "Terlaris" in after
    assert "7 terjual" in after


def test_a_market_without_goods_still_has_a_front_door(client: Visitor) -> None:
    for path in ("/", "/produk", "/koperasi"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert not Markup.of(answer.text).mistakes


def test_the_label_shows_its_facts_in_the_fixed_order_and_leaves_out_the_missing(
    pages: Visitor,
) -> None:
    page = Markup.of(pages.get(f"/produk/{COFFEE}").text)
    (panel,) = page.all("dl", class_="pack__facts")
    words = [one.text.strip() for one in page.all("dt") if one.inside("dl") is panel]
    assert words == [
        "Berat bersih",
        "Masa simpan",
        "Penyimpanan",
        "Jenis kemasan",
        "Halal",
        "P-IRT",
        "Ukuran paket",
        "Dikemas",
    ]
    bag = Markup.of(pages.get("/produk/dompet-kerawang-gayo").text)
    (panel,) = bag.all("dl", class_="pack__facts")
    words = [one.text.strip() for one in bag.all("dt") if one.inside("dl") is panel]
    assert "Masa simpan" not in words
    assert "Halal" not in words
    assert "Isi" in words
    assert not {"Berat bersih", "Isi bersih"} & set(words), "a purse is neither weighed nor poured"
    honey = Markup.of(pages.get("/produk/madu-hutan-pinus-salwa").text)
    assert "Isi bersih" in [one.text.strip() for one in honey.all("dt")]


def test_the_label_says_who_stands_for_a_number(pages: Visitor, market: Database) -> None:
    assert "Diperiksa pengurus" in pages.get(f"/produk/{COFFEE}").text
    with market.reading() as session:
        claimed = session.scalars(
            select(Product.slug)
            .join(ProductCard, ProductCard.product_id == Product.id)
            .where(Product.sku == "GYO-010")
        ).one()
    page = pages.get(f"/produk/{claimed}").text
    assert "Diaku pembuat, belum diperiksa" in page
    assert 'tag--ok">' not in page


def test_pork_is_named_and_never_bears_a_halal_mark(pages: Visitor) -> None:
    page = pages.get(f"/produk/{PORK}")
    assert page.text.count("Mengandung babi") >= 2
    assert "Tidak halal" in page.text
    marks = [tag.text for tag in Markup.of(page.text).all("span", class_="tag--ok")]
    assert all("Halal" not in mark for mark in marks)
    card = pages.get("/produk?q=abon babi").text
    assert "Mengandung babi" in card


def test_the_price_is_divided_to_the_last_rupiah(pages: Visitor) -> None:
    page = pages.get(f"/produk/{COFFEE}").text
    maker, treasury = (
        parse_rupiah(found) for found in re.findall(r'<td class="num"><b>(Rp[\d.]+)</b>', page)[:2]
    )
    assert (maker, treasury, maker + treasury) == (84_640, 7_360, 92_000)
    assert "biaya toko Rp2.760" in page


def test_the_story_divides_the_price_as_the_page_of_the_goods_does(
    pages: Visitor, market: Database
) -> None:
    with market.writing() as session:
        card = session.scalars(select(ProductCard).where(ProductCard.slug == COFFEE)).one()
        fee = fee_name(card.cooperative_id, card.category_path)
        session.add(Policy(name=fee, since=date(2026, 1, 1), value=1_234))
    taken = [
        re.findall(r"biaya toko (Rp[\d.]+)", pages.get(f"/{room}/{COFFEE}").text)
        for room in ("produk", "cerita")
    ]
    assert len(taken[0]) == 1
    assert taken[0] == taken[1]


def test_wholesale_steps_stand_on_the_page_and_per_hundred_grams_is_about(pages: Visitor) -> None:
    def written(path: str) -> str:
        return " ".join(one.text for one in Reading.of(pages.get(path).text).pieces)

    ground = written("/produk/kopi-arabika-gayo-bubuk-halus-tubruk")
    assert "≥ 12 Rp44.000 ≥ 24 Rp42.000" in ground
    beans = written(f"/produk/{COFFEE}")
    assert "≈ Rp46.000 per 100 g" in beans
    assert "≥ 6 ≈ Rp43.000 per 100 g Rp86.000" in beans


def test_a_product_with_a_choice_is_put_in_the_cart_by_its_variant(pages: Visitor) -> None:
    page = Markup.of(pages.get(f"/produk/{COFFEE}").text)
    assert len(page.all("input", type="radio", name="varian")) == 4
    assert page.all("input", name="jumlah")
    assert page.all("button", name="lalu", value="checkout")
    assert "Pilih giling" in pages.get(f"/produk/{COFFEE}").text
    assert "Choose grind" in pages.get(f"/en/produk/{COFFEE}").text
    single = Markup.of(pages.get("/produk/kopi-arabika-gayo-bubuk-halus-tubruk").text)
    assert single.all("input", type="hidden", name="varian")


def test_packs_are_called_in_the_readers_language_where_the_word_is_usual(pages: Visitor) -> None:
    home = Reading.of(pages.get(f"/produk/{COFFEE}").text)
    english = Reading.of(pages.get(f"/en/produk/{COFFEE}").text)
    usual = {"biji", "kasar", "sedang", "halus"}
    assert usual <= {piece.text for piece in home.pieces}
    said = {piece.text for piece in english.pieces}
    assert {"whole beans", "coarse", "medium", "fine"} <= said
    assert not usual & said


def test_what_is_sold_out_says_so_and_has_no_buttons(pages: Visitor, market: Database) -> None:
    with market.reading() as session:
        slug = session.scalars(
            select(ProductCard.slug).where(ProductCard.name == "Minyak Kelapa Murni VCO Dingin")
        ).one()
    page = pages.get(f"/produk/{slug}").text
    assert "Stok habis" in page
    assert 'name="lalu"' not in page


def test_an_old_address_leads_on_for_good(pages: Visitor, market: Database) -> None:
    with market.writing() as session:
        product_id = session.scalars(select(Product.id).where(Product.slug == COFFEE)).one()
        products.rename(session, product_id, "Kopi Baru")
    for root in ("/produk/", "/cerita/"):
        answer = pages.get(f"{root}{COFFEE}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{root}kopi-baru")


def test_what_left_the_shop_answers_404_with_a_way_on(pages: Visitor, market: Database) -> None:
    with market.writing() as session:
        product_id = session.scalars(select(Product.id).where(Product.slug == COFFEE)).one()
        products.hide(session, product_id)
    answer = pages.get(f"/produk/{COFFEE}")
    assert answer.status_code == 404
    assert "tidak dijual lagi" in answer.text
    assert f"/produk?koperasi={GAYO}" in answer.text


def test_what_lost_its_last_pack_while_its_page_is_made_has_left_the_shop(
    pages: Visitor, market: Database
) -> None:
    with market.writing() as session:  # its card still stands, as the first question saw it
        product = session.scalar(select(Product.id).where(Product.slug == COFFEE))
        session.execute(update(Variant).where(Variant.product_id == product).values(is_hidden=True))
    answer = pages.get(f"/produk/{COFFEE}")
    assert answer.status_code == 404
    assert "tidak dijual lagi" in answer.text


def test_what_never_was_answers_404_with_a_way_on(pages: Visitor) -> None:
    for path in ("/produk/tidak-ada", "/cerita/tidak-ada", "/koperasi/tidak-ada", "/produk/%00"):
        answer = pages.get(path)
        assert answer.status_code == 404, path
        assert 'href="/produk"' in answer.text, path


def test_a_suspended_cooperative_has_no_page(pages: Visitor, market: Database) -> None:
    with market.writing() as session:
        found = session.scalars(select(Cooperative).where(Cooperative.slug == GAYO)).one()
        found.suspended_at = NOON
        product_cards.refresh_cooperative(session, found.id)
    rebuild(market)
    assert pages.get(f"/koperasi/{GAYO}").status_code == 404
    assert GAYO not in pages.get("/koperasi").text
    assert pages.get(f"/produk/{COFFEE}").status_code == 404
    assert "138 produk, 11 koperasi" in pages.get("/").text


def test_a_cooperatives_page_tells_only_what_its_meeting_decided(
    pages: Visitor, market: Database
) -> None:
    page = pages.get(f"/koperasi/{GAYO}").text
    assert "RAT 5 Mei 2026" in page
    assert "Rp59.463.076" in page
    with market.writing() as session:
        found = session.scalars(select(Cooperative.id).where(Cooperative.slug == GAYO)).one()
        year = session.scalars(select(BookYear).where(BookYear.cooperative_id == found)).one()
        year.meeting_on = None
    assert "RAT" not in Reading.of(pages.get(f"/koperasi/{GAYO}").text).text


def test_public_pages_name_businesses_and_no_member_beside_an_amount(
    pages: Visitor, market: Database
) -> None:
    page = Markup.of(pages.get(f"/produk/{COFFEE}").text)
    (table,) = page.all("table", class_="legend")
    rows = [cell.text.strip() for cell in page.all("th") if cell.inside("table") is table]
    assert rows == ["Anggota pembuat", "Kas koperasi"]
