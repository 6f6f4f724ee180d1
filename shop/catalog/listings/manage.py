"""Listing goods: three parts on one page, kept part by part, sent when all is there."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.catalog.listings.actions import OPEN, Starting, missing_of, save, start, submit, take_sku
from shop.catalog.listings.forms import STORAGES, ListingForm
from shop.catalog.listings.photo_uploads import read_photos, show_photos, store_again
from shop.catalog.listings.queries import Draft, draft_of, unfinished
from shop.catalog.packaging.weight_estimate import tile_of
from shop.catalog.packaging.words import gain_word
from shop.catalog.photos.actions import ShownPhoto, photos_of
from shop.catalog.photos.forms import ACCEPT, tip_words
from shop.catalog.products.edit_context import ProductToEdit, product_by_id, product_for
from shop.catalog.products.errors import ListingMoved, ProductCodeTaken
from shop.catalog.products.guards import product_editor, product_to_edit
from shop.catalog.products.label_facts import label_facts, score_of
from shop.catalog.products.models import PhotoView
from shop.catalog.products.rules import (
    KEEPS_FOREVER,
    PriceSplit,
    net_text,
    price_split,
    short_place,
)
from shop.core.database.settings_by_date import settings_on
from shop.core.values import clock
from shop.core.values.errors import NotFound
from shop.core.values.money import included_tax
from shop.core.values.text import one_line
from shop.people.cooperatives.guards import (
    all_memberships,
    current_desk,
    current_membership,
    desk,
    member,
)
from shop.people.cooperatives.queries import desks_of, member_of, members_of
from shop.people.cooperatives.rules import RUNS
from shop.people.sign_in.guards import current_person
from shop.web.http.access import open_to, takes_files
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.template_filters import written_time

bp = Blueprint("catalog_listing", __name__)

NEW = "/lapak/produk/baru"


@bp.get(NEW)
@open_to(member())
def begin() -> ResponseReturnValue:
    """An empty form, and the way back to drafts that were not sent."""
    mine = current_membership()
    with database().reading() as session:
        drafts = unfinished(session, mine.member_id)
    return render_template(
        "catalog/listings/jual.html",
        form=ListingForm(),
        drafts=drafts,
        mine=mine,
        memberships=all_memberships(),
        views=PhotoView,
        tip_words=tip_words,
        accept=ACCEPT,
    )


@bp.post(NEW)
@takes_files
@open_to(member())
def begin_draft() -> ResponseReturnValue:
    """Keep the first part: from now on the draft has an address."""
    person, mine = current_person(), current_membership()
    assert person is not None
    with database().reading() as session:
        (place,) = desks_of(session, person.id, mine.slug)
    return _keep(
        None, Starting(place.cooperative_id, place.code, mine.member_id, person.id, is_own=True)
    )


@bp.get("/kelola/<slug>/produk/baru")
@open_to(desk(*RUNS))
def choose_member(slug: str) -> ResponseReturnValue:
    """Whose goods a manager is about to list."""
    place = current_desk()
    with database().reading() as session:
        page = members_of(session, place.cooperative_id, request.args.get("setelah"))
    return render_template(
        "catalog/listings/pilih_anggota.html",
        page=page,
        is_first="setelah" not in request.args,
        here=f"/kelola/{place.slug}/produk",
    )


@bp.post("/kelola/<slug>/produk/baru")
@open_to(desk(*RUNS))
def begin_for_member(slug: str) -> ResponseReturnValue:
    """Begin a draft for a member, with or without an account; the log says so."""
    place = current_desk()
    code = one_line(request.form.get("anggota", ""))[:20]
    with database().writing() as session:
        found = member_of(session, place.cooperative_id, code)
        if found is None or found.left_on is not None:
            raise NotFound
        who = Starting(
            place.cooperative_id,
            place.code,
            found.member_id,
            place.person_id,
            is_own=found.person_id == place.person_id,
        )
        sku = start(session, who, now=clock.now())
    return redirect_with_flash(f"/lapak/produk/{sku}/isi")


@bp.get("/lapak/produk/<sku>/isi")
@open_to(product_editor())
def contents(sku: str) -> ResponseReturnValue:
    """The form as it was left."""
    product = product_to_edit()
    with database().reading() as session:
        draft = draft_of(session, product.product_id)
    return _page(product, draft, _form(draft, sku))


@bp.post("/lapak/produk/<sku>/isi")
@takes_files
@open_to(product_editor())
def keep(sku: str) -> ResponseReturnValue:
    """Keep what was understood, and send it when asked to."""
    return _keep(product_to_edit(), None)


def _keep(product: ProductToEdit | None, who: Starting | None) -> ResponseReturnValue:
    """One way for the first save and all others.

    Whatever is right is kept even when something beside it is wrong: photos above all, which cost
    their sender the most.
    """
    now, person = clock.now(), current_person()
    assert person is not None
    form = _sent_form(product)
    form.validate()
    photos = read_photos(form)
    wants_to_send = "kirim" in request.form

    def work(session: Session) -> tuple[ProductToEdit, bool]:
        mine = product
        if mine is None:
            sku = start(session, cast("Starting", who), now=now)
            mine = cast("ProductToEdit", product_for(session, person.id, sku))
        show_photos(session, mine, form, photos, now)
        save(session, mine, form.answers(), now=now)
        if form.wanted_sku:
            try:
                take_sku(session, mine.product_id, form.wanted_sku)
            except ProductCodeTaken as refusal:
                form.say_taken(refusal)
        if wants_to_send:
            form.say_missing(missing_of(session, mine.product_id))
        is_sent = wants_to_send and not form.has_errors
        if is_sent:
            submit(session, mine, now=now)
        return cast("ProductToEdit", product_by_id(session, person.id, mine.product_id)), is_sent

    try:
        mine, is_sent = database().write(work)
    except ListingMoved:
        here = product.here if product else NEW
        return redirect_with_flash(here, _("Produk ini sudah dikirim sebelumnya."), "warn")
    store_again(photos)
    if form.has_errors:
        with database().reading() as session:
            draft = draft_of(session, mine.product_id)
        return _page(mine, draft, form), 422
    if is_sent:
        return redirect_with_flash(
            mine.here, _("Terkirim. Pengurus memeriksa, lalu produk terbit.")
        )
    return redirect_with_flash(
        f"{mine.here}/isi",
        _(
            "Tersimpan jam %(time)s. Aman kalau sinyal putus; buka lagi kapan saja.",
            time=written_time(now, mine.desk.zone),
        ),
    )


def _sent_form(product: ProductToEdit | None) -> ListingForm:
    if product is None:
        return ListingForm()
    with database().reading() as session:
        draft = draft_of(session, product.product_id)
    return ListingForm(has_stock=draft.state in OPEN, has_price=draft.packs < 2)


def _form(draft: Draft, sku: str) -> ListingForm:
    """The form of a draft as it stands."""
    tile = tile_of(draft.pack_type)
    keeps = draft.shelf_life_days or (KEEPS_FOREVER if draft.is_kept else None)
    stored = [key for key, words in STORAGES.items() if words == draft.storage]
    return ListingForm(
        has_stock=draft.state in OPEN,
        has_price=draft.packs < 2,
        nama=draft.name,
        harga=draft.price,
        stok=draft.stock,
        bersih=net_text(draft.net_content, draft.net_unit),
        kemas=tile.value if tile else "",
        tahan="" if keeps is None else str(keeps),
        tempat=stored[0] if stored else "",
        kategori="" if draft.is_category_guessed else draft.category_path,
        sku=sku,
    )


def _page(product: ProductToEdit, draft: Draft, form: ListingForm) -> str:
    today = clock.day_in(product.desk.zone, clock.now())
    with database().reading() as session:
        received = _received(session, product, draft, today)
        shown = photos_of(session, product.product_id, product.cooperative_id)
        label = label_facts(session, product.product_id, today)
        score = score_of(session, label) if label else None
    return render_template(
        "catalog/listings/isi.html",
        product=product,
        draft=draft,
        form=form,
        received=received,
        photos=_by_view(shown),
        views=PhotoView,
        tip_words=tip_words,
        accept=ACCEPT,
        is_open=draft.state in OPEN,
        score=score,
        net=net_text(draft.net_content, draft.net_unit),
        place_word=short_place(label.regency) if label else "",
        gain_word=gain_word,
    )


def _by_view(shown: Sequence[ShownPhoto]) -> dict[PhotoView, ShownPhoto]:
    """The first photo of each view: what a new one in its slot takes the place of."""
    found: dict[PhotoView, ShownPhoto] = {}
    for one in shown:
        found.setdefault(one.view, one)
    return found


def _received(
    session: Session, product: ProductToEdit, draft: Draft, today: date
) -> PriceSplit | None:
    """What of the price is the member's; None while there is no price."""
    if draft.price is None:
        return None
    known = settings_on(session, today)
    ppn = included_tax(draft.price, known)[1] if product.is_pkp else 0
    return price_split(draft.price, product.contribution_bp, known["platform_fee_bp"], 0, ppn)
