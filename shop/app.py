"""Putting the rooms together into one Flask app."""

import gc
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from shop.core.database import Database
from shop.media.runtime import use_storage
from shop.outbox import mail
from shop.payments import gateways, patience
from shop.payments.gateways import card_access
from shop.storefront.rules import ADDRESS_NAMES
from shop.web import (
    access,
    assets,
    csrf,
    filters,
    headers,
    icons,
    language,
    limits,
    meta,
    pages,
    parts,
    saving,
    stored,
    uploads,
)
from shop.web.quick import QuickFlask
from shop.web.runtime import EXTENSION, Runtime

PAGES: tuple[str, ...] = (
    "shop.web.health",
    "shop.web.saving",
    "shop.media.views",
    "shop.shipping.views",
    "shop.accounts.views",
    "shop.accounts.joining",
    "shop.accounts.mine",
    "shop.accounts.inbox",
    "shop.cooperatives.manage",
    "shop.cooperatives.manage_calendar",
    "shop.cooperatives.shared_phone",
    "shop.collecting.views",
    "shop.collecting.manage",
    "shop.storefront.views",
    "shop.storefront.machines",
    "shop.storefront.suggestions",
    "shop.cart.views",
    "shop.checkout.views",
    "shop.checkout.following",
    "shop.checkout.proof_pages",
    "shop.checkout.card_views",
    "shop.checkout.addresses",
    "shop.checkout.manage_own",
    "shop.checkout.card_manage",
    "shop.payments.manage",
    "shop.catalog.manage",
    "shop.catalog.manage_photos",
    "shop.catalog.manage_product",
    "shop.catalog.manage_choices",
    "shop.catalog.manage_stock",
    "shop.catalog.manage_wholesale",
    "shop.catalog.manage_packaging",
    "shop.catalog.manage_handing",
    "shop.catalog.manage_papers",
    "shop.shipping.manage",
    "shop.shipping.manage_ways",
    "shop.catalog.manage_leaving",
    "shop.catalog.manage_listing",
    "shop.catalog.manage_approval",
    "shop.promotions.manage",
    "shop.fees.manage",
    "shop.fulfilment.views",
    "shop.fulfilment.manage",
    "shop.fulfilment.manage_market",
    "shop.fulfilment.manage_order",
    "shop.fulfilment.manage_tracking",
    "shop.fulfilment.manage_last_metre",
    "shop.fulfilment.manage_return",
    "shop.fulfilment.manage_stuck",
    "shop.fulfilment.manage_recall",
    "shop.cash.manage",
    "shop.refunds.manage",
    "shop.refunds.manage_paying",
    "shop.refunds.manage_disputes",
    "shop.refunds.views",
    "shop.complaints.views",
    "shop.complaints.manage",
    "shop.complaints.manage_market",
    "shop.catalog.manage_story",
    "shop.chat_orders.manage",
    "shop.conversations.views",
    "shop.conversations.manage",
    "shop.documents.manage",
    "shop.documents.manage_orders",
    "shop.documents.views",
    "shop.payouts.manage",
    "shop.reports.views",
    "shop.reports.manage",
)
"""Modules with pages; each has a blueprint ``bp``, or several in ``blueprints``. Only this file
knows them all."""

ROOMS: tuple[str, ...] = (
    "shop.media.views",
    "shop.accounts.guards",
    "shop.cooperatives.guards",
    "shop.packaging.label_words",
    "shop.catalog.manage_product",
    "shop.cart.guards",
    "shop.checkout.notices",
    "shop.checkout.card_views",
    "shop.fulfilment.clocks",
    "shop.complaints.silence",
    "shop.complaints.views",
)
"""Modules with an ``init_app(app, settings)`` of their own."""

JOBS: tuple[str, ...] = (
    "shop.outbox.notices",
    "shop.accounts.letters",
    "shop.media.sweeping",
    "shop.catalog.duties",
    "shop.catalog.notices",
    "shop.search.jobs",
    "shop.cart.jobs",
    "shop.checkout.notices",
    "shop.checkout.ending",
    "shop.checkout.reconcile",
    "shop.checkout.forgetting",
    "shop.checkout.late",
    "shop.payments.card_jobs",
    "shop.collecting.notices",
    "shop.fulfilment.notices",
    "shop.fulfilment.closing",
    "shop.fulfilment.silence",
    "shop.conversations.jobs",
    "shop.refunds.notices",
    "shop.complaints.notices",
    "shop.complaints.silence",
    "shop.documents.jobs",
    "shop.storefront.jobs",
)
"""Modules that say how jobs are done and what notices are about; to be imported is enough."""

STORED: Mapping[str, frozenset[str]] = {
    "": frozenset({"dekat"}),
    "produk": frozenset({*ADDRESS_NAMES, "pilih", "ke", "bagian"}),
    "koperasi": frozenset({"provinsi", "setelah"}),
    "cerita": frozenset(),
}
"""First parts of the addresses whose pages are kept ready for visitors without cookies, and what
these pages read of an address: ``?fbclid=…`` leads to the same page as none."""

_CODE_OF = f"{sys.implementation.cache_tag}-{version('jinja2')}"
"""What compiled the templates: another Python or Jinja compiles them anew."""

KILOBYTE = 1_000
MOST_BODY = 1_000 * KILOBYTE
MOST_FORM_PARTS = 2_000


@contextmanager
def _collector_waits() -> Iterator[None]:
    """Nothing of what is made here is ever garbage: to look for some took a fifth of the start."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_collector_waits()
def create_app(settings: Settings | None = None) -> Flask:
    """The shop, ready to serve.

    :param settings: read from the environment when left out.
    :raises UndeclaredRoute: when a page does not say who may enter.
    """
    settings = settings or Settings.from_environment()
    app = QuickFlask("shop", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=MOST_BODY,
        MAX_FORM_MEMORY_SIZE=MOST_BODY,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
        SESSION_COOKIE_NAME="lumbung_pesan",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        BABEL_DEFAULT_LOCALE="id",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "shop" / "translations"),
        TESTING=settings.env == "test",
        PROPAGATE_EXCEPTIONS=settings.env == "test",
    )
    attach(app, settings)
    _bound_waiting(app)
    _prepare_templates(app, settings.var_dir)
    assets.init_app(app, ROOT / "static")
    stored.init_app(
        app,
        app.extensions[EXTENSION].database,
        rooms=STORED,
        most_bytes=settings.pages_kept_mb * KILOBYTE * KILOBYTE,
    )
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops
        )
    for part in (
        language,
        uploads,
        headers,
        csrf,
        filters,
        icons,
        meta,
        pages,
        parts,
        saving,
        limits,
    ):
        part.init_app(app)
    for name in ROOMS:
        import_module(name).init_app(app, settings)
    for name in JOBS:
        import_module(name)
    for name in PAGES:
        module = import_module(name)
        for blueprint in getattr(module, "blueprints", None) or (module.bp,):
            app.register_blueprint(blueprint)
    access.require_declarations(app)
    if not app.testing:  # a process has one shop, as long as it lives
        gc.freeze()
    return app


def attach(app: Flask, settings: Settings) -> None:
    """Connect an app to its database, photo storage, mail and card gateway.

    Separate from :func:`create_app` because tests attach one app to many databases: pages, routes
    and templates depend on none of them. The caller closes the connections of the database that
    was attached before.
    """
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
    )
    app.extensions[EXTENSION] = Runtime(
        database=Database(settings.database_url, threads=settings.web_threads + 4),
        secret_keys=settings.secret_keys,
        public_url=settings.public_url,
        https=settings.https,
        is_demo=settings.is_demo,
        var_dir=settings.var_dir,
        fast_passwords=settings.env == "test",
    )
    use_storage(app, settings)
    mail.install(
        smtp_url=settings.smtp_url,
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        folder=settings.var_dir / "outbox",
    )
    gateways.install(card_access(settings))


def _bound_waiting(app: Flask) -> None:
    """A page may ask the card gateway twice; its shopper waits once."""

    @app.before_request
    def begin() -> None:
        patience.begin_together()

    @app.teardown_request
    def end(_fault: BaseException | None) -> None:
        patience.end_together()


def _prepare_templates(app: Flask, var_dir: Path) -> None:
    # Compiling its templates was half of what the first page of a process cost.
    compiled = var_dir / "templates"
    compiled.mkdir(parents=True, exist_ok=True, mode=0o700)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled), f"{_CODE_OF}-%s")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    # As the catalogue is made (tools/translations.py): line breaks in a template are no text.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
