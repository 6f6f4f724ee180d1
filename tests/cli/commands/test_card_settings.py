"""Settings of card payment: what is refused, what is made, what the doctor says."""

from pathlib import Path

import pytest

from config import STRIPE, BadSetting, Settings
from tests.cli.commands.test_doctor import SAFE, grades
from tests.cli.conftest import Command
from tests.support.engines import COMMANDS

KEY, SECRET = "sk_live_" + "a" * 24, "whsec_" + "b" * 32

sqlite_only = pytest.mark.only_on("sqlite", because=COMMANDS)


def production(tmp_path: Path, **given: str) -> Settings:
    return Settings.from_environment(
        {"LUMBUNG_ENV": "production", "SECRET_KEY": "x" * 48, "VAR_DIR": str(tmp_path), **given}
    )


def test_production_without_keys_offers_no_cards(tmp_path: Path) -> None:
    found = production(tmp_path)
    assert found.stripe_secret_key is None
    assert found.stripe_webhook_secrets == ()
    assert (found.stripe_api_base, found.has_double) == (STRIPE, False)
    assert not (tmp_path / "secrets").exists()


def test_production_takes_a_live_key_and_several_webhook_secrets(tmp_path: Path) -> None:
    found = production(
        tmp_path, STRIPE_SECRET_KEY=KEY, STRIPE_WEBHOOK_SECRET=f"{SECRET}, whsec_older"
    )
    assert found.stripe_secret_key == KEY
    assert found.stripe_webhook_secrets == (SECRET, "whsec_older")
    assert found.stripe_page_url == "https://checkout.stripe.com"
    assert found.double_port is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"STRIPE_SECRET_KEY": KEY}, "STRIPE_WEBHOOK_SECRET is missing"),
        ({"STRIPE_WEBHOOK_SECRET": SECRET}, "STRIPE_SECRET_KEY is missing"),
        ({"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": " , "}, "STRIPE_WEBHOOK_SECRET is"),
        (
            {"STRIPE_SECRET_KEY": "sk_test_abc", "STRIPE_WEBHOOK_SECRET": SECRET},
            "STRIPE_SECRET_KEY is no live key",
        ),
        (
            {"STRIPE_SECRET_KEY": "pk_live_abc", "STRIPE_WEBHOOK_SECRET": SECRET},
            "STRIPE_SECRET_KEY is no live key",
        ),
        ({"STRIPE_SECRET_KEY": "sk_live_a\nb", "STRIPE_WEBHOOK_SECRET": SECRET}, "no key holds"),
        ({"STRIPE_SECRET_KEY": "sk_live_é", "STRIPE_WEBHOOK_SECRET": SECRET}, "no key holds"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:8001"}, "STRIPE_API_BASE=http://127.0.0.1:8001"),
        ({"STRIPE_API_BASE": "https://api.stripe.com.evil.example"}, "STRIPE_API_BASE="),
    ],
)
def test_production_refuses_what_would_lose_money(
    tmp_path: Path, given: dict[str, str], words: str
) -> None:
    with pytest.raises(BadSetting, match=words):
        production(tmp_path, **given)


@pytest.mark.parametrize("env", ["demo", "test"])
def test_no_live_key_moves_money_in_a_demo(tmp_path: Path, env: str) -> None:
    with pytest.raises(BadSetting, match="real money must not move"):
        Settings.from_environment(
            {"LUMBUNG_ENV": env, "VAR_DIR": str(tmp_path), "STRIPE_SECRET_KEY": KEY}
        )


def test_the_demo_makes_its_keys_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    environ = {"LUMBUNG_ENV": "demo", "VAR_DIR": str(tmp_path), "PORT": "8400"}
    first, again = Settings.from_environment(environ), Settings.from_environment(environ)
    assert first == again
    assert first.stripe_secret_key is not None
    assert first.stripe_secret_key.startswith("sk_test_")
    assert first.stripe_webhook_secrets[0].startswith("whsec_")
    kept = list((tmp_path / "secrets").iterdir())
    assert {path.name for path in kept} == {
        "secret_key",
        "stripe_secret_key",
        "stripe_webhook_secret",
    }
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}


@pytest.mark.parametrize(
    ("given", "base", "page"),
    [
        ({"PORT": "8400"}, "http://127.0.0.1:8401", "http://127.0.0.1:8401"),
        (
            {"PORT": "8400", "HOST": "0.0.0.0", "PUBLIC_URL": "http://192.168.1.5:8400"},
            "http://127.0.0.1:8401",
            "http://192.168.1.5:8401",
        ),
        (
            {"STRIPE_API_BASE": "http://127.0.0.1:9000/", "STRIPE_PAGE_URL": "https://bayar.test"},
            "http://127.0.0.1:9000",
            "https://bayar.test",
        ),
        ({"STRIPE_API_BASE": STRIPE}, STRIPE, "https://checkout.stripe.com"),
    ],
)
def test_the_demo_knows_where_its_double_stands(
    tmp_path: Path, given: dict[str, str], base: str, page: str
) -> None:
    found = Settings.from_environment({"LUMBUNG_ENV": "demo", "VAR_DIR": str(tmp_path), **given})
    assert (found.stripe_api_base, found.stripe_page_url) == (base, page)


@pytest.mark.parametrize("base", ["127.0.0.1:8001", "http://", "http://127.0.0.1:99999", "x://y"])
def test_an_address_that_is_none_is_named(tmp_path: Path, base: str) -> None:
    with pytest.raises(BadSetting, match="STRIPE_API_BASE="):
        Settings.from_environment(
            {"LUMBUNG_ENV": "demo", "VAR_DIR": str(tmp_path), "STRIPE_API_BASE": base}
        )


@sqlite_only
def test_the_doctor_says_whether_cards_are_taken(run: Command) -> None:
    without = run("doctor", **SAFE)
    assert grades(without.output)["cards"] == "warn"
    assert "set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET" in without.output
    with_keys = run("doctor", **SAFE, STRIPE_SECRET_KEY=KEY, STRIPE_WEBHOOK_SECRET=SECRET)
    assert grades(with_keys.output)["cards"] == "ok"
    assert KEY not in with_keys.output
    assert SECRET not in with_keys.output


@sqlite_only
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"STRIPE_SECRET_KEY": KEY}, "settings"),
        ({"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": "whsec_x"}, "STRIPE_WEBHOOK_SECRET"),
    ],
)
def test_the_doctor_stops_at_half_a_card(run: Command, given: dict[str, str], named: str) -> None:
    told = run("doctor", **SAFE, **given)
    assert told.exit_code == 1
    assert grades(told.output)[named] == "stop"
