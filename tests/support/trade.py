"""What people do again and again, page by page, for tests that begin after it."""

from collections.abc import Sequence

from shop.core.values import clock
from tests.support.customer import Answer, Customer

PASSWORD = "lumbung-demo"
AT_HOME = {
    "alamat": "Jl. Melati No. 12, RT 03/RW 05",
    "kel": "Buaran Kradenan",
}
"""In Pekalongan, where the batik cooperative brings its parcels itself."""


def stand_at_the_till(
    customer: Customer,
    *slugs: str,
    ways: Sequence[str] = ("pickup",),
    name: str = "Sari",
    phone: str = "0812 3456 7890",
) -> Answer:
    """Take one product of each of several cooperatives so far that Pay is all that is left.

    :param ways: how each parcel goes: ``pickup``, ``own`` or ``courier``.
    """
    for slug in slugs:
        customer.go(f"/produk/{slug}")
        page = customer.press("Keranjang", of="/keranjang/isi")
        assert page.status == 200, page.words
    customer.go("/checkout")
    who = {"nama": name, "wa": phone}
    page = customer.press("Lihat ongkir", {**who, **AT_HOME})
    page = customer.press("Hitung ulang", {**who, **_chosen(page, ways)})
    assert page.status == 200, page.words
    return page


def pay(customer: Customer) -> str:
    """Choose a transfer and press Pay; the code of the purchase."""
    page = customer.press("Bayar Rp", {"cara": "transfer"})
    assert page.path.startswith("/pembelian/"), page.words
    return page.path.rpartition("/")[2]


def sign_in(customer: Customer, login: str) -> Answer:
    """Enter with one of the demo accounts."""
    customer.go("/masuk")
    page = customer.press("Masuk", {"login": login, "sandi": PASSWORD}, of="/masuk")
    assert page.path != "/masuk", page.words
    return page


def confirm_money(operator: Customer, order_number: str, amount: str) -> Answer:
    """Type what the bank shows for the bill of this order.

    :param amount: as written on the shopper's page, ``Rp200.274``.
    """
    page = operator.go(f"/operator/uang-masuk?cari={order_number}")
    bill = next(link for link in page.markup.all("a") if link.text.startswith("Cocokkan"))
    operator.go(bill.attrs["href"])
    day = clock.day_in(clock.HOME_ZONE, clock.now()).isoformat()
    return operator.press("Catat uang masuk", {"jumlah": amount, "tanggal": day})


def _chosen(page: Answer, ways: Sequence[str]) -> dict[str, str]:
    """The radio of each parcel, in the order of the page, that goes the wanted way."""
    options: dict[str, list[str]] = {}
    for radio in page.markup.all("input", type="radio"):
        if radio.attrs["name"].startswith("kirim-"):
            options.setdefault(radio.attrs["name"], []).append(radio.attrs["value"])
    return {
        name: next(value for value in values if value.startswith(f"{way}:"))
        for (name, values), way in zip(options.items(), ways, strict=True)
    }
