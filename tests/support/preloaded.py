"""What ``lumbung serve`` and ``lumbung worker`` import, before they are forked."""

from importlib import import_module


def load() -> None:
    """Import all of it."""
    from shop import app

    for name in ("granian", "psycopg", "shop.cli.ready", "shop.cli.serving", "shop.outbox.worker"):
        import_module(name)
    for name in (*app.PAGES, *app.ROOMS, *app.JOBS):
        import_module(name)
