"""``lumbung synth`` says what it did, and what to do where it does nothing."""

import pytest

from tests.cli.conftest import Command
from tests.support.engines import COMMANDS

pytestmark = pytest.mark.only_on("sqlite", because=COMMANDS)


def test_a_market_is_invented_once(run: Command) -> None:
    told = run("synth", "--products", "20", "--cooperatives", "2")
    assert "20 goods of 2 cooperatives after" in told.output
    again = run("synth", "--products", "20", "--cooperatives", "2")
    assert again.exit_code == 1
    assert "run `lumbung db upgrade`, or say --beside" in again.output
    assert run("verify").exit_code == 0


def test_what_cannot_be_invented_names_the_way_out(run: Command) -> None:
    told = run("synth", "--products", "5", "--cooperatives", "9")
    assert told.exit_code == 1
    assert "ask for --cooperatives 5 or fewer" in told.output
    told = run("synth", LUMBUNG_ENV="production", SECRET_KEY="x" * 48)
    assert told.exit_code == 1
    assert "stay out of production" in told.output


def test_orders_of_a_year_come_with_the_goods(run: Command) -> None:
    told = run("synth", "--products", "20", "--cooperatives", "2", "--orders", "30")
    assert "20 goods of 2 cooperatives and 30 orders after" in told.output
    assert run("verify").exit_code == 0
