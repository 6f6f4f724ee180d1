"""``reconcile``: what the card gateway knows and the shop may not have heard."""

import json
from dataclasses import asdict
from datetime import timedelta

import click

from shop.cli.common import open_database, settings

NO_ANSWER = 3
MAX_DAYS = 30
"""Gateways list no older events."""


@click.command()
@click.option(
    "--days",
    type=click.IntRange(1, MAX_DAYS),
    default=MAX_DAYS,
    show_default=True,
    help="How far back to look.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def reconcile(days: int, as_json: bool) -> None:
    """Ask the card gateway for what never arrived; settle, refund, finish.

    Safe to repeat. Exit 0: nothing is left; 1: something needs a person (see /operator/kartu);
    3: the gateway did not answer everything, so run it again.
    """
    from shop.app import create_app
    from shop.checkout.card_payment.reconciliation import reconcile as walk
    from shop.core.values import clock
    from shop.payments.cards import gateway_setup

    found = settings()
    database = open_database(found)
    app = create_app(found)  # every room's tables, and the gateway
    gateway = gateway_setup.gateway()
    if gateway is None:
        raise click.ClickException("this shop takes no cards: STRIPE_SECRET_KEY is not set.")
    now = clock.now()
    with app.app_context():
        told = walk(database, gateway, since=now - timedelta(days=days), now=now)
    database.dispose()
    if as_json:
        click.echo(json.dumps(asdict(told), indent=1))
    else:
        for name, value in asdict(told).items():
            shown = ", ".join(value) or "none" if isinstance(value, list) else value
            click.echo(f"{name.replace('_', ' ')}: {shown}")
    if told.unanswered:
        raise SystemExit(NO_ANSWER)
    if told.alerts or told.refunds_failed:
        raise SystemExit(1)


@click.group()
def payouts() -> None:
    """Money out."""


@payouts.command("prepare")
def prepare_batch() -> None:
    """Put together the batch that is due; a person approves and pays it (/operator/pencairan).

    Safe to repeat: what stands in an open batch is not put into another.
    """
    from shop.app import create_app
    from shop.core.values import clock
    from shop.core.values.money import format_rupiah
    from shop.finance.payouts.actions import prepare
    from shop.finance.payouts.errors import NothingDue

    found = settings()
    database = open_database(found)
    create_app(found)  # every room's tables
    try:
        batch = database.write(lambda session: prepare(session, now=clock.now()))
    except NothingDue:
        click.echo("Nothing is due.")
    else:
        click.echo(f"{format_rupiah(batch.total)} in batch {batch.code}")
    database.dispose()
