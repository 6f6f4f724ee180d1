"""The manager's queue: what members listed, approved with its weight or sent back with a reason."""

from collections.abc import Callable

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.catalog.listings.approval import WAITING, Seen, approve, send_back
from shop.catalog.listings.forms import ApprovalForm, SendBackForm
from shop.catalog.listings.queries import Draft, count_waiting, draft_of, waiting
from shop.catalog.packaging.measures import Net
from shop.catalog.packaging.words import fact_words
from shop.catalog.photos.actions import photos_of
from shop.catalog.photos.forms import SLOTS, tip_words
from shop.catalog.products.edit_context import ProductToEdit, product_for
from shop.catalog.products.errors import LabelTooThin, ListingMoved, ProductNotFound
from shop.catalog.products.rules import net_text
from shop.catalog.products.words import category_word
from shop.core.values import clock
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import RUNS
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("catalog_approval", __name__)

RULE = "/kelola/<slug>/produk/setuju"


@bp.get(RULE)
@open_to(desk(*RUNS))
def queue(slug: str) -> ResponseReturnValue:
    """What waits for this cooperative's managers."""
    place, after = current_desk(), request.args.get("setelah")
    with database().reading() as session:
        return render_template(
            "catalog/listings/antrean.html",
            page=waiting(session, place.cooperative_id, after),
            count=count_waiting(session, place.cooperative_id),
            is_first=after is None,
            zone=place.zone,
            here=f"/kelola/{place.slug}/produk",
        )


@bp.get(RULE + "/<sku>")
@open_to(desk(*RUNS))
def look(slug: str, sku: str) -> ResponseReturnValue:
    """One listing, with what is guessed of it ready to be confirmed."""
    product, draft = _listing(sku)
    sides = (draft.length_mm, draft.width_mm, draft.height_mm)
    known = [-(-side // 10) or None for side in sides]
    form = ApprovalForm(
        kategori=draft.category_path,
        berat=draft.grams or None,
        panjang=known[0],
        lebar=known[1],
        tinggi=known[2],
    )
    return _page(product, draft, form)


@bp.post(RULE + "/<sku>")
@open_to(desk(*RUNS))
def confirm(slug: str, sku: str) -> ResponseReturnValue:
    """Confirm weight and sides, and show the goods to shoppers."""
    product, draft = _listing(sku)
    form = ApprovalForm()
    if draft.net_content and draft.net_unit:
        form.net = Net(draft.net_content, draft.net_unit)
    if not form.validate():
        return _page(product, draft, form), 422

    def work(session: Session) -> None:
        path = form.kategori.data or None
        if path == draft.category_path:
            path = None
        approve(session, _seen(product), form.measures(), path, now=clock.now())

    try:
        return _decide(product, work, _("%(name)s terbit di toko.", name=draft.name))
    except LabelTooThin:
        form.form_errors.append(
            _(
                "Labelnya belum memenuhi yang wajib, jadi barang ini belum boleh tampil di toko."
                " Lengkapi di bagian Kemasan, atau kembalikan ke anggota dengan alasannya."
            )
        )
        return _page(product, draft, form), 422


@bp.post(RULE + "/<sku>/kembalikan")
@open_to(desk(*RUNS))
def give_back(slug: str, sku: str) -> ResponseReturnValue:
    """Send it back with a reason."""
    product, draft = _listing(sku)
    form = SendBackForm()
    if not form.validate():
        return _page(product, draft, ApprovalForm(kategori=draft.category_path), form), 422

    def work(session: Session) -> None:
        send_back(session, _seen(product), form.alasan.data or "", now=clock.now())

    return _decide(product, work, _("%(name)s dikembalikan ke anggota.", name=draft.name))


def _decide(
    product: ProductToEdit, work: Callable[[Session], None], said: str
) -> ResponseReturnValue:
    queue = f"/kelola/{product.desk.slug}/produk/setuju"
    try:
        database().write(work)
    except ListingMoved:
        with database().reading() as session:
            now_there = draft_of(session, product.product_id)
        if now_there.state in WAITING:
            said = _("Produk ini berubah sejak Anda buka. Periksa lagi, lalu setujui.")
            return redirect_with_flash(f"{queue}/{product.sku}", said, "warn")
        said = _("Produk ini sudah diputuskan pengurus lain.")
        return redirect_with_flash(queue, said, "warn")
    return redirect_with_flash(queue, said)


def _listing(sku: str) -> tuple[ProductToEdit, Draft]:
    """A listing of this desk.

    :raises ProductNotFound: for another cooperative's too.
    """
    place = current_desk()
    with database().reading() as session:
        product = product_for(session, place.person_id, sku)
        if product is None or product.cooperative_id != place.cooperative_id:
            raise ProductNotFound(sku)
        return product, draft_of(session, product.product_id)


def _seen(product: ProductToEdit) -> Seen:
    typed = request.form.get("versi", "")
    version = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1
    return Seen(product.product_id, product.cooperative_id, version, product.person_id)


def _page(
    product: ProductToEdit, draft: Draft, form: ApprovalForm, back: SendBackForm | None = None
) -> str:
    place = current_desk()
    with database().reading() as session:
        shown = photos_of(session, product.product_id, product.cooperative_id)
    return render_template(
        "catalog/listings/setuju.html",
        product=product,
        draft=draft,
        photos=shown,
        slots=SLOTS,
        tip_words=tip_words,
        form=form,
        back=back or SendBackForm(),
        is_waiting=draft.state in WAITING,
        category=category_word(draft.category_path),
        fact_words=fact_words,
        net=net_text(draft.net_content, draft.net_unit),
        here=f"/kelola/{place.slug}/produk",
    )
