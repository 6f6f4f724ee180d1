"""A person's address book, filled in as at checkout: a village or a postcode finds the place.

The book itself belongs to shipping; its pages stand here, beside the other form that asks where to.
"""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.checkout.placing.forms import AddressForm, place_words, read_draft
from shop.checkout.placing.rules import Draft, Steps, is_village, path_of
from shop.core.formats.indonesia import format_phone
from shop.core.values import clock
from shop.people.sign_in.guards import SignedIn, current_person, signed_in
from shop.shipping.addresses.actions import (
    MAX_SAVED_ADDRESSES,
    Destination,
    SavedAddress,
    add_to_book,
    change_in_book,
    choose_main,
    saved_address,
    saved_addresses,
    take_from_book,
)
from shop.shipping.places.queries import Place, find_village, path_to, place, regions
from shop.shipping.rates.errors import BookIsFull
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.security.rate_limits import Limit, RateLimitExceeded, hit_all

bp = Blueprint("checkout_addresses", __name__)

BOOK = "/akun/alamat"
STEPS = ("lanjut", "ulang")
"""Down from the province, and back to it."""
CHANGES = Limit("addresses:changes", 60, 3_600)


@dataclass(frozen=True, slots=True)
class Found:
    """What a typed place turned out to be."""

    place: Place | None
    candidates: tuple[Place, ...]
    steps: Steps


def _me() -> SignedIn:
    person = current_person()
    assert person is not None  # the guard let nobody else in
    return person


@bp.get(BOOK)
@open_to(signed_in)
def book() -> ResponseReturnValue:
    """Everything that is kept."""
    with database().reading() as session:
        saved = saved_addresses(session, _me().id)
    return render_template(
        "checkout/purchase_pages/alamat.html", saved=saved, maximum=MAX_SAVED_ADDRESSES
    )


@bp.get(f"{BOOK}/baru")
@open_to(signed_in)
def new_page() -> ResponseReturnValue:
    """An empty form, with the person's own name and number in it."""
    person = _me()
    draft = Draft(name=person.name, phone=format_phone(person.phone) if person.phone else "")
    with database().reading() as session:
        found = _find(session, draft, None)
    return _page(AddressForm.showing(draft, None), found, None)


@bp.post(f"{BOOK}/baru")
@open_to(signed_in)
def add() -> ResponseReturnValue:
    """Keep a new address."""
    return _save(None)


@bp.get(f"{BOOK}/<code>")
@open_to(signed_in)
def one_page(code: str) -> ResponseReturnValue:
    """One address as it is kept."""
    with database().reading() as session:
        known = saved_address(session, _me().id, code)
        draft = Draft(
            name=known.name,
            phone=format_phone(known.phone),
            street=known.street,
            courier_note=known.courier_note or "",
            village_code=known.place.village_code,
        )
        found = _find(session, draft, known)
    form = AddressForm.showing(draft, known.place)
    form.utama.data = known.is_main
    return _page(form, found, known)


@bp.post(f"{BOOK}/<code>")
@open_to(signed_in)
def change(code: str) -> ResponseReturnValue:
    """Change an address; orders that went to it keep the old one."""
    return _save(code)


@bp.post(f"{BOOK}/<code>/utama")
@open_to(signed_in)
def make_main(code: str) -> ResponseReturnValue:
    """Let checkout begin with this one."""
    person = _me()
    hit_all((CHANGES, str(person.id)))
    with database().writing() as session:
        choose_main(session, person_id=person.id, code=code)
    return redirect_with_flash(BOOK, _("Alamat utama sudah diganti."))


@bp.post(f"{BOOK}/<code>/hapus")
@open_to(signed_in)
def remove(code: str) -> ResponseReturnValue:
    """Take an address out of the book."""
    person = _me()
    hit_all((CHANGES, str(person.id)))
    with database().writing() as session:
        take_from_book(session, person_id=person.id, code=code, now=clock.now())
    return redirect_with_flash(
        BOOK, _("Alamat sudah dihapus. Pesanan yang lama tetap menyimpannya.")
    )


def _save(code: str | None) -> ResponseReturnValue:
    person, form = _me(), AddressForm()
    chosen = request.form.get("daerah", "")
    before = Draft(area_code=chosen if path_of(chosen) else None)
    draft = read_draft(request.form, before, ())
    with database().reading() as session:
        known = saved_address(session, person.id, code) if code is not None else None
        found = _find(session, draft, known)
    if request.form.get("langkah") in STEPS:
        # A step on the way down from the province: nothing is judged or kept yet.
        if found.place is not None:
            form.kel.data = found.place.label
        return _page(form, found, known), 422
    form.validate()
    if found.place is None and draft.place_text:
        form.kel.errors = [place_words(found, draft.place_text)]
    if form.errors or found.place is None:
        return _page(form, found, known), 422
    where = Destination(
        name=form.nama.data or "",
        phone=form.wa.data or "",
        street=form.alamat.data or "",
        place=found.place,
        courier_note=form.catatan_kurir.data or None,
    )
    try:
        hit_all((CHANGES, str(person.id)))
    except RateLimitExceeded as limit:
        return _page(form, found, known, wait_minutes=limit.wait_minutes), 429
    try:
        _keep(person.id, code, where, is_main=bool(form.utama.data))
    except BookIsFull as refusal:
        form.form_errors.append(
            _("Buku alamat sudah penuh: %(most)s alamat. Hapus satu dulu.", most=refusal.maximum)
        )
        return _page(form, found, known), 422
    return redirect_with_flash(BOOK, _("Alamat sudah disimpan."))


def _keep(person_id: int, code: str | None, where: Destination, *, is_main: bool) -> None:
    with database().writing() as session:
        if code is None:
            add_to_book(session, person_id=person_id, where=where, is_main=is_main, now=clock.now())
        else:
            change_in_book(
                session,
                person_id=person_id,
                code=code,
                where=where,
                is_main=is_main,
                now=clock.now(),
            )


def _find(session: Session, draft: Draft, known: SavedAddress | None) -> Found:
    chosen = path_to(session, draft.area_code) if draft.area_code else ()
    last = chosen[-1][0] if chosen else None
    steps = Steps(chosen, () if is_village(last) else regions(session, last))
    if draft.village_code:
        meant = place(session, draft.village_code)
        if meant is None and known and known.place.village_code == draft.village_code:
            meant = known.place  # regions get renamed and split; what was kept stays right
        if meant is not None:
            return Found(meant, (), steps)
    one, candidates = find_village(session, draft.place_text) if draft.place_text else (None, ())
    return Found(one, candidates, steps)


def _page(
    form: AddressForm, found: Found, known: SavedAddress | None, wait_minutes: int = 0
) -> str:
    return render_template(
        "checkout/purchase_pages/alamat_satu.html",
        form=form,
        found=found,
        known=known,
        **({"wait_minutes": wait_minutes} if wait_minutes else {}),
    )
