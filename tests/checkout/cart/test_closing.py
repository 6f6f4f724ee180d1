"""A cooperative that closes for a while says so where its goods lie in a cart (rule R14)."""

from datetime import date

import pytest
import time_machine
from flask import Flask

from shop.core.database.engine import Database
from shop.people.cooperatives.models import Closing
from tests.checkout.cart.test_filling import put_in
from tests.factories import NOON, make_cooperative, make_goods
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


def test_the_cart_says_who_closes_and_until_when_in_the_readers_language(
    db: Database, app: Flask
) -> None:
    gayo, other = make_cooperative(db), make_cooperative(db, "KTM", "Koperasi Kintamani")
    sari = Customer(InProcess(app))
    for cooperative in (gayo, other):
        put_in(sari, make_goods(db, cooperative))
    with db.writing() as session:
        session.add(
            Closing(
                cooperative_id=gayo.id,
                last_sending=date(2026, 11, 24),
                reopens=date(2026, 12, 3),
                note="Pulang kampung",
                planned_at=NOON,
            )
        )
    with time_machine.travel(NOON, tick=False):
        page = sari.go("/keranjang").words
        assert page.count("Kirim terakhir 24 November 2026, buka lagi 3 Desember 2026") == 1
        assert "Pulang kampung" in page
        assert "3 December 2026" in sari.go("/en/keranjang").words
    with time_machine.travel(date(2026, 12, 4), tick=False):
        assert "buka lagi" not in sari.go("/keranjang").words
