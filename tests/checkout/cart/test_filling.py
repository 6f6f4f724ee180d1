"""Putting goods into a cart, changing them, and what is refused in words."""

import pytest
from flask import Flask
from sqlalchemy import update

from shop.catalog.inventory.models import StockItem
from shop.catalog.products.models import Product, Variant
from shop.checkout.cart.models import Cart, CartLine
from shop.core.database.engine import Database
from shop.core.values.codes import hash_token
from shop.web.http import app_state
from shop.web.security.csrf import CART_COOKIE
from tests.factories import Goods, make_cooperative, make_goods
from tests.support.customer import Answer, Customer, InProcess
from tests.support.engines import PAGES
from tests.support.statements import statements

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

NONSENSE = ("0", "-1", "1.5", "1e3", "10^20", "100000000000000000000", "", "dua", "٣", "9" * 400)


@pytest.fixture
def sari(app: Flask) -> Customer:
    """Sari, who has never been here."""
    return Customer(InProcess(app))


def put_in(sari: Customer, goods: Goods, packs: str | None = None, **rest: str) -> Answer:
    """Press "+" of a card: the page has the token, the button the variant."""
    page = sari.go("/keranjang") if not sari.page.text else sari.page
    form = next(iter(page.markup.all("input", name="csrf_token")), None)
    token = form.attrs["value"] if form else _day_token(sari)
    data = {"csrf_token": token, "varian": str(goods.variant_id), **rest}
    if packs is not None:
        data["jumlah"] = packs
    return sari.send("/keranjang/isi", data.items())


def _day_token(sari: Customer) -> str:
    page = sari.go("/lacak")
    return page.markup.all("input", name="csrf_token")[0].attrs["value"]


def press(sari: Customer, name: str, goods: Goods) -> Answer:
    """Press the − or + of a line: a drawing with a name for ears."""
    form = next(form for form in sari.page.forms if form.action == "/keranjang/ubah")
    button = next(
        one for one in form.buttons if (one.name, one.value) == (name, str(goods.variant_id))
    )
    return sari.send(form.action, form.data(press=button))


def lines(db: Database) -> dict[int, int]:
    with db.reading() as session:
        return {line.variant_id: line.packs for line in session.query(CartLine)}


def test_the_first_add_makes_a_cart_that_only_the_browsers_cookie_opens(
    db: Database, sari: Customer
) -> None:
    goods = make_goods(db)
    put_in(sari, goods, "2")
    with db.reading() as session:
        cart = session.query(Cart).one()
        assert cart.token_hash == hash_token(sari.cookies[CART_COOKIE])
        assert cart.packs == 2
        assert len(sari.cookies[CART_COOKIE]) == 43
    assert "Kopi Gayo" in sari.go("/keranjang").words
    assert "Keranjang masih kosong" in Customer(sari.line).go("/keranjang").words


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    db: Database, app: Flask, sari: Customer
) -> None:
    goods = make_goods(db)
    token = _day_token(sari)
    answer = sari.send(
        "/keranjang/isi",
        {"csrf_token": token, "varian": str(goods.variant_id)}.items(),
        follow=False,
    )
    assert answer.status == 303
    with app.test_client() as client:
        told = client.post(
            "/keranjang/isi",
            data={"varian": goods.variant_id},
            headers={"X-CSRF-Token": token, "Sec-Fetch-Site": "same-origin"},
        ).headers.getlist("Set-Cookie")
    cookie = next(one for one in told if one.startswith(CART_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_adding_leads_back_to_where_the_shopper_was(db: Database, sari: Customer) -> None:
    goods = make_goods(db)
    token = _day_token(sari)
    for wanted, there in (
        ("/produk?q=kopi", "/produk?q=kopi"),
        ("https://example.com/", "/keranjang"),
        ("//example.com/", "/keranjang"),
        ("/\\example.com", "/keranjang"),
        ("", "/keranjang"),
    ):
        data = {"csrf_token": token, "varian": str(goods.variant_id), "kembali": wanted}
        fresh = Customer(sari.line)
        assert fresh.send("/keranjang/isi", data.items(), follow=False).headers["location"] == there


def test_beli_goes_straight_to_the_checkout(db: Database, sari: Customer) -> None:
    token = _day_token(sari)
    data = {"csrf_token": token, "varian": str(make_goods(db).variant_id), "lalu": "checkout"}
    answer = sari.send("/keranjang/isi", data.items(), follow=False)
    assert answer.headers["location"] == "/checkout"


def test_adding_the_same_goods_again_adds_up(db: Database, sari: Customer) -> None:
    goods = make_goods(db)
    put_in(sari, goods, "2")
    put_in(sari, goods)
    assert lines(db) == {goods.variant_id: 3}


def test_a_count_that_is_none_is_refused_in_words_and_kept(db: Database, sari: Customer) -> None:
    goods = make_goods(db)
    for typed in NONSENSE:
        answer = put_in(sari, goods, typed)
        assert answer.status == 422
        assert "Tulis angka bulat dari 1 sampai 999, misalnya 2." in answer.words
        assert answer.markup.all("input", name="jumlah")[0].attrs["value"] == typed[:40]
    assert lines(db) == {}


def test_goods_that_do_not_exist_are_refused_in_words(db: Database, sari: Customer) -> None:
    token = _day_token(sari)
    for varian in ("", "x", "-1", "0", "999999", "9" * 400, "1; DROP TABLE carts"):
        data = {"csrf_token": token, "varian": varian}
        answer = sari.send("/keranjang/isi", data.items())
        assert answer.status == 422
        assert "Barang ini sudah tidak dijual." in answer.words
        assert "Lihat produk lain" in answer.words


def test_hidden_goods_are_refused(db: Database, sari: Customer) -> None:
    goods = make_goods(db)
    with db.writing() as session:
        session.execute(update(Variant).values(is_hidden=True))
    assert "sudah tidak dijual" in put_in(sari, goods).words
    assert lines(db) == {}


def test_sold_out_goods_are_refused(db: Database, sari: Customer) -> None:
    answer = put_in(sari, make_goods(db, on_hand=0))
    assert answer.status == 422
    assert "Habis" in answer.words


def test_more_than_is_left_is_refused_with_what_is_left(db: Database, sari: Customer) -> None:
    goods = make_goods(db, on_hand=5)
    assert "Tersisa 5. Tulis 5 atau kurang." in put_in(sari, goods, "6").words
    put_in(sari, goods, "3")
    assert "Tersisa 5, dan 3 sudah ada di keranjang Anda." in put_in(sari, goods, "3").words
    assert lines(db) == {goods.variant_id: 3}


def test_below_the_minimum_the_minimum_is_offered_and_never_taken_silently(
    db: Database, sari: Customer
) -> None:
    goods = make_goods(db, on_hand=20)
    with db.writing() as session:
        session.execute(update(Product).values(least_packs=6))
    answer = put_in(sari, goods, "1")
    assert answer.status == 422
    assert "Dijual paling sedikit 6 sekali pesan." in answer.words
    assert lines(db) == {}
    sari.press("Masukkan 6")
    assert lines(db) == {goods.variant_id: 6}
    put_in(sari, goods, "1")
    assert lines(db) == {goods.variant_id: 7}


def test_adding_costs_four_statements_at_most(db: Database, app: Flask, sari: Customer) -> None:
    goods = make_goods(db, on_hand=50)
    with app.app_context():
        own = app_state.database()
    token = _day_token(sari)
    for _ in range(2):  # the first makes the cart, the second finds it
        data = {"csrf_token": token, "varian": str(goods.variant_id)}
        with statements(own) as told:
            sari.send("/keranjang/isi", data.items(), follow=False)
        assert len(told) <= 4, told


def test_the_cart_page_costs_the_same_for_two_and_for_twenty_lines(
    db: Database, app: Flask, sari: Customer
) -> None:
    with app.app_context():
        own = app_state.database()
    costs = []
    for count in (2, 18):
        for number in range(count):
            cooperative = make_cooperative(
                db, f"K{chr(65 + number % 5)}X", f"Koperasi {number % 5}"
            )
            put_in(sari, make_goods(db, cooperative))
        with statements(own) as told:
            sari.go("/keranjang")
        costs.append(len(told))
    assert costs[0] == costs[1]
    assert costs[0] <= 4


def test_a_visitor_without_a_cart_costs_the_database_nothing(app: Flask, sari: Customer) -> None:
    with app.app_context():
        own = app_state.database()
    with statements(own) as told:
        assert sari.go("/keranjang").status == 200
    assert told == []


def test_the_header_counts_packs(db: Database, sari: Customer) -> None:
    put_in(sari, make_goods(db), "3")
    assert sari.page.markup.all("span", **{"class": "count"})[0].text == "3"


def test_plus_minus_and_hapus_change_one_line(db: Database, sari: Customer) -> None:
    gayo, other = make_goods(db), make_goods(db, name="Teh")
    put_in(sari, gayo, "2")
    put_in(sari, other, "2")
    sari.go("/keranjang")
    press(sari, "tambah", gayo)
    assert lines(db) == {gayo.variant_id: 3, other.variant_id: 2}
    press(sari, "kurang", other)
    assert lines(db) == {gayo.variant_id: 3, other.variant_id: 1}
    page = sari.press("Hapus Teh")
    assert lines(db) == {gayo.variant_id: 3}
    assert "Teh dikeluarkan dari keranjang." in page.text


def test_enter_in_a_count_only_reckons_again(db: Database, sari: Customer) -> None:
    goods = make_goods(db)
    put_in(sari, goods, "2")
    form = next(form for form in sari.go("/keranjang").forms if form.action == "/keranjang/ubah")
    assert form.buttons[0].words == "Hitung ulang"
    sari.send(form.action, form.data({f"jml-{goods.variant_id}": "4"}, press=form.buttons[0]))
    assert lines(db) == {goods.variant_id: 4}


def test_a_wrong_count_in_the_cart_changes_nothing_and_is_kept(
    db: Database, sari: Customer
) -> None:
    gayo, other = make_goods(db), make_goods(db, name="Teh")
    put_in(sari, gayo, "2")
    put_in(sari, other, "2")
    for typed in NONSENSE:
        sari.go("/keranjang")
        changed = {f"jml-{gayo.variant_id}": typed, f"jml-{other.variant_id}": "3"}
        answer = sari.press("Hitung ulang", changed)
        assert answer.status == 422
        field = answer.markup.all("input", name=f"jml-{gayo.variant_id}")[0]
        assert field.attrs["value"] == typed
        assert field.attrs["aria-invalid"] == "true"
        assert answer.markup.all("a", href=f"#{field.attrs['id']}"), "the summary leads there"
    assert lines(db) == {gayo.variant_id: 2, other.variant_id: 2}


def test_more_than_is_left_is_refused_in_the_cart_too(db: Database, sari: Customer) -> None:
    goods = make_goods(db, on_hand=5)
    put_in(sari, goods, "2")
    sari.go("/keranjang")
    answer = sari.press("Hitung ulang", {f"jml-{goods.variant_id}": "6"})
    assert answer.status == 422
    assert "Tersisa 5. Tulis 5 atau kurang." in answer.words


def test_a_new_price_is_marked_and_counts_only_after_it_is_accepted(
    db: Database, sari: Customer
) -> None:
    goods = make_goods(db, price=45_000)
    put_in(sari, goods, "2")
    with db.writing() as session:
        session.execute(update(Variant).values(price=50_000))
    page = sari.go("/keranjang")
    assert "Harganya berubah: tadi Rp45.000, sekarang Rp50.000." in page.words
    assert "Rp90.000" in page.words
    assert "Rp100.000" not in page.words
    page = sari.press("Setuju")
    assert "Rp100.000" in page.words
    assert "Harganya berubah" not in page.words


def test_fewer_on_the_shelf_is_marked_and_accepting_takes_what_is_left(
    db: Database, sari: Customer
) -> None:
    goods = make_goods(db, on_hand=5)
    put_in(sari, goods, "4")
    with db.writing() as session:
        session.execute(update(StockItem).values(reserved=3))
    page = sari.go("/keranjang")
    assert "Tersisa 2, sedangkan di keranjang ada 4." in page.words
    sari.press("Setuju")
    assert lines(db) == {goods.variant_id: 2}


def test_goods_taken_off_sale_are_marked_and_leave_when_accepted(
    db: Database, sari: Customer
) -> None:
    gone, stays = make_goods(db), make_goods(db, name="Teh")
    put_in(sari, gone)
    put_in(sari, stays)
    with db.writing() as session:
        session.execute(update(Variant).where(Variant.id == gone.variant_id).values(is_hidden=True))
    assert "Sudah tidak dijual" in sari.go("/keranjang").words
    sari.press("Setuju")
    assert lines(db) == {stays.variant_id: 1}


def test_two_windows_do_not_bring_back_what_one_of_them_took_out(
    db: Database, sari: Customer
) -> None:
    gayo, other = make_goods(db), make_goods(db, name="Teh")
    put_in(sari, gayo)
    put_in(sari, other)
    old_window = sari.go("/keranjang")
    sari.press("Hapus Teh")
    form = next(form for form in old_window.forms if form.action == "/keranjang/ubah")
    answer = sari.send(form.action, form.data({f"jml-{gayo.variant_id}": "3"}))
    assert answer.status == 200
    assert lines(db) == {gayo.variant_id: 3}


def test_a_strangers_cart_cannot_be_changed_by_naming_its_goods(
    db: Database, app: Flask, sari: Customer
) -> None:
    goods = make_goods(db)
    put_in(sari, goods, "2")
    joko = Customer(InProcess(app))
    token = _day_token(joko)
    joko.send("/keranjang/ubah", {"csrf_token": token, "hapus": str(goods.variant_id)}.items())
    assert lines(db) == {goods.variant_id: 2}
