"""Four digits are few: every door that asks for those of one phone counts with the others."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.sales.orders.models import Order
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.checkout.conftest import Market
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.factories import make_person
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES
from tests.support.entering import sign_in

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


@dataclass
class FromAnywhere(InProcess):
    """A guesser with as many addresses as tries."""

    tries: int = 0

    def ask(
        self, method: str, path: str, body: bytes | None, headers: object
    ) -> tuple[int, bytes, list[tuple[str, str]]]:
        """Status, body, headers."""
        from werkzeug.test import Client

        self.tries += 1
        answer = Client(self.app, use_cookies=False).open(
            path,
            method=method,
            data=body,
            headers=dict(headers),  # type: ignore[call-overload]
            base_url="http://localhost",
            environ_base={"REMOTE_ADDR": f"198.51.100.{self.tries % 250}"},
        )
        return answer.status_code, answer.get_data(), list(answer.headers.items())


def test_all_doors_to_one_purchase_give_ten_tries_an_hour_together(
    app: Flask, db: Database, market: Market
) -> None:
    sari, joko = Customer(InProcess(app)), Customer(FromAnywhere(app))
    page = stand_at_checkout(sari, {market.gayo: 1, market.kintamani: 1, market.sari_bumi: 1})
    bought = sari.send("/checkout", pay_data(page)).path
    with db.reading() as session:
        numbers = session.scalars(select(Order.number)).all()
    assert len(numbers) == 3
    answered = []
    for guess in range(5):
        for number in numbers:
            joko.go("/lacak")
            told = joko.press("Lihat pesanan", {"nomor": number, "digit": f"000{guess}"})
            answered.append(told.status)
        joko.go(bought)
        answered.append(joko.press("Buka", {"digit": f"000{guess}"}).status)
    assert answered.count(422) == 10
    assert set(answered) == {422, 429}
    assert "Sari Dewi" in sari.go(bought).words, "the rightful browser is not locked out"


def test_what_digits_opened_is_closed_again_when_somebody_signs_out(
    app: Flask, db: Database, market: Market
) -> None:
    sari, budi = Customer(InProcess(app)), Customer(InProcess(app))
    bought = sari.send("/checkout", pay_data(stand_at_checkout(sari, {market.gayo: 1}))).path
    budi.cookies[SIGN_IN_COOKIE] = sign_in(app.test_client(), db, make_person(db, "Budi"))
    budi.go(bought)
    assert "Sari Dewi" in budi.press("Buka", {"digit": "7890"}).words
    budi.go("/akun")
    budi.press("Keluar", of="/keluar")
    assert "Sari Dewi" not in budi.go(bought).words
