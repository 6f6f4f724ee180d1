"""One cart from three cooperatives, one transfer, three parcels: the whole way, page by page."""

import time
from datetime import timedelta

import pytest

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.fulfilment.deadlines.completion import complete_due_orders
from tests.journeys.people import Manager, Operator, Shopper
from tests.support.browser import PHONE, Window
from tests.support.live import LiveShop

GARUT = ("wangi-cikuray-mandiri", "Wangi Cikuray Mandiri", "pengelola@grt.koperasi.example")
PEKALONGAN = ("canting-pesisir-rahayu", "Canting Pesisir Rahayu", "pengelola@pkl.koperasi.example")
BANTUL = ("lempung-projo-migunani", "Lempung Projo Migunani", "pengelola@btl.koperasi.example")
LONG_AFTER = timedelta(days=14)
"""By then nobody may complain any more."""


@pytest.mark.parametrize(
    ("live_engine", "javascript"),
    [("sqlite", True), ("postgresql", False)],
    indirect=["live_engine"],
    ids=["sqlite-script", "postgresql-no-script"],
)
def test_a_guest_buys_from_three_cooperatives_and_three_parcels_arrive(
    live_market: LiveShop, window: Window, javascript: bool
) -> None:
    window.base_url = live_market.url
    sari = Shopper(window.open("/", size=PHONE, javascript=javascript))

    fill_the_cart(sari)
    amount = pay_by_transfer(sari)
    purchase = sari.page.url
    garut, pekalongan, bantul = sari.order_numbers()

    operator = Operator(window.open(size=PHONE, javascript=javascript))
    operator.sign_in("operator@lumbung.example")
    operator.confirm(amount)
    assert "lunas" in operator.reads.lower()
    sari.go(purchase)
    assert "Terima kasih, sudah dibayar" in sari.reads
    for cooperative in (GARUT, PEKALONGAN, BANTUL):
        wait_for_letter(live_market, to=cooperative[2])
    operator.go("/operator/kabar")  # Sari gave no e-mail: somebody writes to her
    assert "Sari Wulandari" in operator.reads

    def manager_of(cooperative: tuple[str, str, str], number: str) -> Manager:
        slug, _name, login = cooperative
        manager = Manager(window.open(size=PHONE, javascript=javascript))
        manager.sign_in(login)
        manager.take(slug, number)
        return manager

    courier = manager_of(GARUT, garut)
    courier.fill("Nomor resi", "JP1234567890")
    courier.press("Serahkan ke kurir")

    own = manager_of(PEKALONGAN, pekalongan)
    own.press("Berangkat antar")
    own.fill("Nama penerima", "Bu Tini")
    own.press("Sudah diterima")

    pickup = manager_of(BANTUL, bantul)
    sari.go(purchase)
    pickup.fill("Kode ambil", sari.pickup_code(BANTUL[1]))
    pickup.press("Serahkan ke pembeli")

    sari.go(purchase)
    assert "JP1234567890" in sari.parcel(GARUT[1])
    assert "Bu Tini" in sari.parcel(PEKALONGAN[1])
    sari.press("Sudah saya terima")
    sari.go(purchase)
    assert [sari.state(one[1]) for one in (GARUT, PEKALONGAN, BANTUL)] == [
        "Tiba",
        "Tiba",
        "Sudah diambil",
    ]
    assert live_market.broken() == []

    books = Database(live_market.database_url)
    books.write(lambda session: complete_due_orders(session, clock.now() + LONG_AFTER))
    books.dispose()
    sari.go(purchase)
    assert [sari.state(one[1]) for one in (GARUT, PEKALONGAN, BANTUL)] == ["Selesai"] * 3
    assert live_market.broken() == []


def fill_the_cart(sari: Shopper) -> None:
    """One product by search, one from its cooperative's page, one from its own page."""
    sari.search("opak ketan")
    sari.follow("Opak Ketan Bakar Arang")
    sari.press("Keranjang")
    sari.go("/koperasi")
    sari.follow(PEKALONGAN[1])
    sari.press("Tambah Nasi Megono Kering Tabur ke keranjang")
    sari.search("vas gerabah")
    sari.press("Tambah Vas Gerabah Lilit Rotan 30 cm ke keranjang")
    sari.go("/keranjang")
    assert "Satu pembayaran untuk 3 koperasi" in sari.reads


def pay_by_transfer(sari: Shopper) -> str:
    """Through the checkout; the amount to transfer."""
    sari.press("Lanjut bayar")
    sari.give_address()
    sari.press("Lihat ongkir")
    sari.choose(GARUT[1], "courier")
    sari.choose(PEKALONGAN[1], "own")
    sari.choose(BANTUL[1], "pickup")
    sari.choose_to_pay("transfer")
    sari.press("Hitung ulang")
    sari.press("Bayar Rp")
    assert "/pembelian/" in sari.page.url, sari.reads
    return sari.amount_to_pay()


def wait_for_letter(shop: LiveShop, *, to: str) -> None:
    """The worker tells a manager of the new order."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if any(f"To: {to}" in mail.read_text() for mail in (shop.var_dir / "outbox").glob("*.eml")):
            return
        time.sleep(0.2)
    raise AssertionError(f"no letter to {to}")
