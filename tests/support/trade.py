"""What shoppers do again and again, page by page, for tests that begin after it."""

from tests.support.customer import Answer, Customer

PASSWORD = "lumbung-demo"


def stand_at_the_till(
    customer: Customer, slug: str, *, name: str = "Sari", phone: str = "0812 3456 7890"
) -> Answer:
    """Take one product to the checkout, to be picked up: all that is left is to press Pay."""
    customer.go(f"/produk/{slug}")
    page = customer.press("Beli", of="/keranjang/isi")
    assert page.path == "/checkout", page.words
    way = next(
        (radio.attrs["name"], radio.attrs["value"])
        for radio in page.markup.all("input", type="radio")
        if radio.attrs["value"].startswith("pickup:")
    )
    page = customer.press("Hitung ulang", {"nama": name, "wa": phone, **dict([way])})
    assert page.status == 200, page.words
    return page


def sign_in(customer: Customer, login: str) -> Answer:
    """Enter with one of the demo accounts."""
    customer.go("/masuk")
    page = customer.press("Masuk", {"masuk": login, "sandi": PASSWORD}, of="/masuk")
    assert page.path != "/masuk", page.words
    return page
