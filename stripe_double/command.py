"""``sandbox``: the payment double alone, and having it there while something else is done."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import click

from config import ROOT, Settings
from shop.cli.common import require_free

READY_SECONDS = 20
STOP_SECONDS = 2.5
DOUBLE = ", for the payment double,"


@click.command()
def sandbox() -> None:
    """Answer in Stripe's place at STRIPE_API_BASE, with no money behind it; demo and test only."""
    found = Settings.from_environment()
    from stripe_double.server import OutsideDemo, Setup, serve

    setup = Setup(
        env=found.env,
        folder=found.var_dir,
        key=found.stripe_secret_key or "",
        webhook_secrets=found.stripe_webhook_secrets,
        page_url=found.stripe_page_url,
        shop_url=found.public_url,
    )
    try:
        setup.require_demo()
    except OutsideDemo as fault:
        raise click.ClickException(str(fault)) from fault
    if found.double_port is None:
        raise click.ClickException(
            "STRIPE_API_BASE names Stripe itself, so nobody would ask the payment double:"
            " leave it out."
        )
    require_free(found, found.double_port, DOUBLE)
    serve(setup, found.host, found.double_port)


@contextmanager
def with_double(found: Settings) -> Iterator[None]:
    """Have the payment double answer while the block runs, and be able to ask it.

    One that answers already is used and left alone. Where Stripe itself is asked, nothing happens.
    """
    from shop.payments.cards import gateway_setup
    from shop.payments.cards.gateway_setup import card_access

    gateway_setup.install(card_access(found))
    if found.double_port is None or answers(found):
        yield
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "shop", "sandbox"],
        cwd=ROOT,
        env={**os.environ, "PUBLIC_URL": found.public_url},
        start_new_session=True,
    )
    try:
        wait_for_double(found, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for_double(found: Settings, process: subprocess.Popen[bytes]) -> None:
    """Return when the double answers.

    :raises click.ClickException: when it has ended, or is silent for too long.
    """
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise click.ClickException("the payment double did not start; its lines say why.")
        if answers(found):
            return
        time.sleep(0.05)
    raise click.ClickException(f"the payment double did not answer within {READY_SECONDS} s.")


def answers(found: Settings) -> bool:
    """Whether our double answers at STRIPE_API_BASE.

    :raises click.ClickException: when something else does.
    """
    ask = urllib.request.Request(  # noqa: S310 - an address from the settings
        f"{found.stripe_api_base}/sandbox/waiting",
        headers={"Authorization": f"Bearer {found.stripe_secret_key}"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with contextlib.closing(direct.open(ask, timeout=3)):
            return True
    except urllib.error.HTTPError as fault:
        raise click.ClickException(
            f"something else than our payment double answers at {found.stripe_api_base}"
            f" (status {fault.code}): end it, or choose another PORT."
        ) from fault
    except OSError:
        return False
