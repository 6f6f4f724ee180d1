"""``backup``: the whole shop in a folder, and a shop made of it again."""

from pathlib import Path

import click

from shop.cli.common import known_revisions, reach, revision, settings


@click.group()
def backup() -> None:
    """Keep database and photos in a folder, and put them back."""


@backup.command("create")
@click.argument("folder", type=click.Path(path_type=Path))
def create_backup(folder: Path) -> None:
    """Keep everything in DIR, a new folder; the shop may run meanwhile."""
    from shop.core.values import clock
    from shop.core.values.errors import ShopError
    from shop.services.backup.actions import create
    from shop.services.media.storage import storage_of

    found = settings()
    database = reach(found)
    stands = revision(database)
    if stands is None:
        raise click.ClickException("there are no tables to keep: check DATABASE_URL.")
    try:
        manifest = create(
            database,
            storage_of(found),
            folder.absolute(),
            revision=stands,
            now=clock.now(),
            say=click.echo,
        )
    except (ShopError, OSError) as fault:
        raise click.ClickException(f"no backup was made: {fault}") from fault
    click.echo(f"Kept in {folder}: tables at {stands}, {len(manifest.photos)} photos.")
    click.echo("It holds names, addresses and accounts: keep it where only you can read it.")


@backup.command("restore")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace what stands here.")
def restore_backup(folder: Path, force: bool) -> None:
    """Make this shop what DIR holds; the shop must be stopped.

    Exit 1: nothing was changed, or what was put back does not pass `lumbung verify`.
    """
    from shop.cli.invariants import checks
    from shop.core.values.errors import ShopError
    from shop.services.backup.actions import restore
    from shop.services.media.storage import storage_of

    found = settings()
    database = reach(found)
    try:
        manifest = restore(
            database,
            storage_of(found),
            folder.absolute(),
            known_revisions=known_revisions(),
            force=force,
            say=click.echo,
        )
    except (ShopError, OSError) as fault:
        raise click.ClickException(f"the backup was not put back: {fault}") from fault
    click.echo(f"The shop is what it was at {manifest.made_at}.")
    if manifest.revision != known_revisions()[-1]:
        click.echo("Its tables are older than this version: run `lumbung db upgrade`.")
        return
    with database.reading() as session:
        broken = [name for name, check in checks(session).items() if not check["ok"]]
    if broken:
        raise click.ClickException(
            f"all of it is back, and {', '.join(broken)} does not hold: see `lumbung verify`."
        )
    click.echo("Books, stock and payments agree.")
