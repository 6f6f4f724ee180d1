"""``payouts``: money that is due to cooperatives."""

import click

from shop.cli.setting import open_database, settings


@click.group()
def payouts() -> None:
    """Money out."""


@payouts.command("prepare")
def prepare_batch() -> None:
    """Put together the batch that is due; a person approves and pays it (/operator/pencairan).

    Safe to repeat: what stands in an open batch is not put into another.
    """
    from shop.app import create_app
    from shop.core import clock
    from shop.core.money import write_rupiah
    from shop.payouts.actions import prepare
    from shop.payouts.errors import NothingDue

    found = settings()
    database = open_database(found)
    create_app(found)  # every room's tables
    try:
        batch = database.write(lambda session: prepare(session, now=clock.now()))
    except NothingDue:
        click.echo("Nothing is due.")
    else:
        click.echo(f"{write_rupiah(batch.total)} in batch {batch.code}")
    database.dispose()
