"""Nobody finds a voucher by trying codes, whichever button tells what became of them."""

from itertools import cycle

import pytest
from flask import Flask

from shop.checkout.placing.views import VOUCHER_TRIES
from shop.core.database.engine import Database
from tests.checkout.conftest import Market
from tests.checkout.shopping import checkout_form, pay_data, stand_at_checkout
from tests.checkout.vouchers import voucher
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


@pytest.mark.parametrize("presses", [("hitung",), ("bayar",), ("hitung", "bayar")])
def test_thirty_unknown_codes_an_hour_and_no_more(
    db: Database, market: Market, app: Flask, presses: tuple[str, ...]
) -> None:
    sari = Customer(InProcess(app))
    voucher(db, "RAHASIA")
    page = stand_at_checkout(sari, {market.gayo: 1})
    form, press = checkout_form(page), cycle(presses)
    buttons = {button.name: button for button in form.buttons}

    def guess(code: str) -> int:
        data = form.data({"voucher": code}, press=buttons[next(press)])
        return sari.send("/checkout", data, follow=False).status

    assert VOUCHER_TRIES == 30
    assert {guess(f"TEBAK{number}") for number in range(VOUCHER_TRIES)} == {422}
    assert [guess("TEBAK-LAGI") for _turn in range(2)] == [429, 429]
    # Who types no code goes on as before.
    assert sari.send("/checkout", pay_data(page), follow=False).status == 303
