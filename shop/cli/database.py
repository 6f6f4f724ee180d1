"""``db``, ``demo``, ``search`` and ``verify``: what stands in the tables."""

import json

import click

from shop.cli.common import open_database, reach, revision, settings


@click.group()
def db() -> None:
    """Bring the tables up or down."""


@db.command("upgrade")
@click.argument("target", default="head")
def upgrade_tables(target: str) -> None:
    """Walk up to REV (the newest when left out)."""
    from shop.core.database.migrations import upgrade
    from shop.storefront.search_index.actions import fill

    found = settings()
    upgrade(found.database_url, target)
    click.echo(f"The database stands at {revision(reach(found))}.")
    if target != "head":
        return
    filled = fill(open_database(found))
    if filled:
        click.echo(f"The search index was made anew: {filled} products.")


@db.command("downgrade")
@click.argument("target")
def downgrade_tables(target: str) -> None:
    """Walk down to REV; `base` takes every table away, with all that stands in it."""
    from shop.core.database.migrations import downgrade

    found = settings()
    downgrade(found.database_url, target)
    click.echo(f"The database stands at {revision(reach(found)) or 'nothing'}.")


@db.command("current")
def current_revision() -> None:
    """Say where the database stands."""
    click.echo(revision(reach(settings())) or "nothing")


@click.group()
def search() -> None:
    """The search index."""


@search.command("rebuild")
def rebuild_index() -> None:
    """Make the index anew from the tables."""
    from shop.storefront.search_index.actions import rebuild

    with click.progressbar(length=1, label="Products") as bar:

        def tell(done: int, whole: int) -> None:
            bar.length = whole
            bar.update(done - bar.pos)

        done = rebuild(open_database(settings()), tell)
    click.echo(f"{done} products are in the index.")


@click.command()
def verify() -> None:
    """Check every invariant of books, stock and payments; exit 1 when one is broken."""
    from shop.cli.invariants import checks

    database = open_database(settings())
    with database.reading() as session:
        found = checks(session)
    ok = all(check["ok"] for check in found.values())
    click.echo(json.dumps({"ok": ok, "checks": found}, indent=1, ensure_ascii=False))
    if not ok:
        raise SystemExit(1)
