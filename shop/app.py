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
from shop.core.database.engine import Database
from shop.payments.cards import gateway_setup, gateway_timeouts
from shop.payments.cards.gateway_setup import card_access
from shop.services.media.photo_uploads import use_storage
from shop.services.outbox import mailer
from shop.storefront.listing.rules import ADDRESS_NAMES
from shop.web.http import access, data_saver, headers, responses
from shop.web.http.app_state import EXTENSION, Runtime
from shop.web.http.session_cookies import SparingSessions
from shop.web.i18n import language
from shop.web.page_cache import slots
from shop.web.page_cache.cache import FinishedAnswers, PageCache
from shop.web.page_cache.invalidation import Changes
from shop.web.rendering import assets, icons, page_metadata, template_filters
from shop.web.security import csrf, rate_limits

PAGES: tuple[str, ...] = (
    "shop.web.http.health",
    "shop.web.http.data_saver",
    "shop.services.media.views",
    "shop.shipping.places.views",
    "shop.people.sign_in.views",
    "shop.people.sign_in.registration_views",
    "shop.people.profile.views",
    "shop.people.profile.inbox_views",
    "shop.people.cooperatives.manage",
    "shop.people.working_days.manage",
    "shop.people.cooperatives.pin_sign_in_views",
    "shop.fulfilment.collecting.views",
    "shop.fulfilment.collecting.manage",
    "shop.storefront.home.views",
    "shop.storefront.sitemap.views",
    "shop.storefront.home.suggestion_views",
    "shop.checkout.cart.views",
    "shop.checkout.placing.views",
    "shop.checkout.purchase_pages.views",
    "shop.checkout.purchase_pages.transfer_proof_views",
    "shop.checkout.card_payment.views",
    "shop.checkout.purchase_pages.address_book_views",
    "shop.checkout.confirmation.manage",
    "shop.checkout.confirmation.manage_statements",
    "shop.checkout.card_payment.manage",
    "shop.payments.payees.manage",
    "shop.catalog.stock.manage",
    "shop.catalog.photos.manage",
    "shop.catalog.workspace.manage",
    "shop.catalog.variants.manage",
    "shop.catalog.stock.manage_price_and_stock",
    "shop.catalog.variants.manage_wholesale_prices",
    "shop.catalog.pack_editing.manage",
    "shop.catalog.transfers.manage",
    "shop.catalog.permits.manage",
    "shop.shipping.delivery_desk.manage",
    "shop.shipping.delivery_desk.manage_methods",
    "shop.catalog.transfers.manage_member_departure",
    "shop.catalog.listings.manage",
    "shop.catalog.listings.manage_approval",
    "shop.sales.vouchers.manage",
    "shop.sales.fees.manage",
    "shop.fulfilment.order_desk.views",
    "shop.fulfilment.board.manage",
    "shop.fulfilment.suspension.manage",
    "shop.fulfilment.order_desk.manage",
    "shop.fulfilment.tracking.manage",
    "shop.fulfilment.delivery_rounds.manage",
    "shop.fulfilment.order_desk.manage_parcels",
    "shop.fulfilment.exceptions.manage",
    "shop.fulfilment.recalls.manage",
    "shop.payments.cash.manage",
    "shop.aftersales.refunds.manage",
    "shop.aftersales.refund_transfers.manage",
    "shop.aftersales.disputes.manage",
    "shop.aftersales.refund_transfers.views",
    "shop.aftersales.complaint_answers.views",
    "shop.aftersales.complaint_answers.manage",
    "shop.aftersales.complaint_answers.manage_operator",
    "shop.catalog.stories.manage",
    "shop.checkout.chat_orders.manage",
    "shop.aftersales.conversations.views",
    "shop.aftersales.conversations.manage",
    "shop.catalog.labels.manage",
    "shop.fulfilment.documents.manage",
    "shop.fulfilment.documents.views",
    "shop.finance.payouts.manage",
    "shop.finance.dashboards.views",
    "shop.finance.dashboards.manage",
)
"""Modules with pages, each with a blueprint ``bp``. Only this file knows them all."""

ROOMS: tuple[str, ...] = (
    "shop.services.media.views",
    "shop.people.sign_in.guards",
    "shop.people.cooperatives.guards",
    "shop.catalog.packaging.words",
    "shop.catalog.workspace.manage",
    "shop.checkout.cart.guards",
    "shop.checkout.purchases.notices",
    "shop.checkout.card_payment.views",
    "shop.fulfilment.deadlines.deadlines",
    "shop.aftersales.complaint_answers.timeouts",
    "shop.aftersales.complaint_answers.views",
)
"""Modules with an ``init_app(app, settings)`` of their own."""

JOBS: tuple[str, ...] = (
    "shop.services.outbox.notices",
    "shop.people.sign_in.jobs",
    "shop.services.media.jobs",
    "shop.catalog.workspace.jobs",
    "shop.catalog.listings.notices",
    "shop.storefront.search_index.jobs",
    "shop.checkout.cart.jobs",
    "shop.checkout.purchases.notices",
    "shop.checkout.expiry.cancellation",
    "shop.checkout.card_payment.reconciliation",
    "shop.checkout.expiry.address_retention",
    "shop.checkout.settlement.late_payment_notices",
    "shop.payments.cards.jobs",
    "shop.fulfilment.recalls.notices",
    "shop.fulfilment.order_desk.notices",
    "shop.fulfilment.deadlines.completion",
    "shop.fulfilment.deadlines.timeouts",
    "shop.aftersales.conversations.jobs",
    "shop.aftersales.refund_transfers.notices",
    "shop.aftersales.complaints.notices",
    "shop.aftersales.complaint_answers.timeouts",
    "shop.fulfilment.documents.jobs",
    "shop.storefront.home.jobs",
)
"""Modules that say how jobs are done and what notices are about; to be imported is enough."""

KNOWN_PARAMETERS: Mapping[str, frozenset[str]] = {
    "": frozenset({"dekat"}),
    "produk": frozenset({*ADDRESS_NAMES, "pilih", "ke", "bagian"}),
    "koperasi": frozenset({"provinsi", "setelah"}),
    "cerita": frozenset(),
}
"""First parts of the addresses of public pages, which are cached, and the parameters that these
pages read: ``?fbclid=…`` leads to the same page as none."""

_CODE_OF = f"{sys.implementation.cache_tag}-{version('jinja2')}"
"""What compiled the templates: another Python or Jinja compiles them anew."""

KILOBYTE = 1_000
MAX_BODY_BYTES = 1_000 * KILOBYTE
MAX_FORM_PARTS = 2_000


@contextmanager
def _collector_waits() -> Iterator[None]:
    """Disable GC while the app is built; it took a fifth of the start-up time."""
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
    app = Flask("shop", template_folder=str(ROOT / "templates"), static_folder=None)
    app.session_interface = SparingSessions()
    app.config.update(
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SESSION_COOKIE_NAME="lumbung_pesan",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        BABEL_DEFAULT_LOCALE="id",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "shop" / "translations"),
        TESTING=settings.env == "test",
        PROPAGATE_EXCEPTIONS=settings.env == "test",
    )
    attach(app, settings)
    app.teardown_request(gateway_timeouts.end_request_budget)
    _prepare_templates(app, settings.var_dir)
    assets.init_app(app, ROOT / "static")
    pages = _page_cache(app, settings)
    # Before others look at a request, and after others finished the page.
    headers.init_app(app)
    slots.init_app(app, pages)
    for part in (
        access,
        csrf,
        template_filters,
        icons,
        page_metadata,
        responses,
        data_saver,
        rate_limits,
    ):
        part.init_app(app)
    if pages is not None:
        app.wsgi_app = FinishedAnswers(  # type: ignore[method-assign]
            app.wsgi_app, pages, KNOWN_PARAMETERS
        )
    # Around the stored pages, which must know the visitor's host and the page's language.
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops
        )
    language.init_app(app)
    for name in ROOMS:
        import_module(name).init_app(app, settings)
    for name in JOBS:
        import_module(name)
    for name in PAGES:
        app.register_blueprint(import_module(name).bp)
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
        takes_cards=settings.stripe_secret_key is not None,
    )
    use_storage(app, settings)
    mailer.install(
        smtp_url=settings.smtp_url,
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        folder=settings.var_dir / "outbox",
    )
    gateway_setup.install(card_access(settings))


def _page_cache(app: Flask, settings: Settings) -> PageCache | None:
    max_bytes = settings.pages_kept_mb * KILOBYTE * KILOBYTE
    if not max_bytes:
        return None
    return PageCache(Changes(app.extensions[EXTENSION].database).unseen, max_bytes)


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
