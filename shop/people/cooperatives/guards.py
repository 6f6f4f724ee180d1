"""Who may enter a cooperative's desk, and a member's own pages.

The cooperative comes from the address, the right from the person's own seats; for everybody else
the desk does not exist.
"""

from typing import cast

from flask import Flask, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.core.values.errors import NotAllowed, NotFound
from shop.people.accounts import events
from shop.people.accounts.errors import SignInNeeded
from shop.people.accounts.events import AccountLink
from shop.people.accounts.models import OperatorRight
from shop.people.accounts.rules import shows_money
from shop.people.cooperatives.errors import SecretNeeded
from shop.people.cooperatives.queries import Desk, Membership, desks_of, memberships_of
from shop.people.cooperatives.rules import KNOWS_MEMBERS, OFFICES, RUNS, Role, may_enter
from shop.people.sign_in.guards import SignedIn, current_person, operator
from shop.web.http.access import Guard
from shop.web.http.app_state import database
from shop.web.i18n.language import here

__all__ = [
    "Desk",
    "Membership",
    "all_memberships",
    "current_desk",
    "current_membership",
    "desk",
    "init_app",
    "member",
    "money_shown",
]


def desk(*roles: Role) -> Guard:
    """Only who holds one of these roles at the desk ``/kelola/<slug>`` of the address.

    Without roles: every office. The supervisor may look at every page, and post to none that
    does not name the role. Seats are read at each request, so an ended one holds no longer.
    """

    def guard() -> None:
        person = current_person()
        if person is None:
            raise SignInNeeded
        slug = (request.view_args or {}).get("slug", "")
        with database().reading() as session:
            found = desks_of(session, person.id, slug)
        # A PIN opens no desk, also not that of somebody who got a seat a minute ago (rule R27).
        if not found or person.by_pin:
            raise NotFound
        if not may_enter(found[0].roles, roles, only_looks=request.method in ("GET", "HEAD")):
            raise NotAllowed
        g.desk = found[0]

    return guard


def operator_or_desk(right: OperatorRight, *roles: Role) -> Guard:
    """For a page at both desks: the right at ``/operator/…``, a role at ``/kelola/<slug>/…``."""
    at_operator, at_desk = operator(right), desk(*roles)

    def guard() -> None:
        if "slug" in (request.view_args or {}):
            at_desk()
        else:
            at_operator()

    return guard


def money_shown() -> None:
    """Only who proved just now, on somebody else's phone, to be the one (rule R27)."""
    person = current_person()
    if person is None:
        raise SignInNeeded
    if not shows_money(person.is_borrowed, person.money_until, clock.now()):
        raise SecretNeeded


def current_desk() -> Desk:
    """The desk this request is at; only behind the guard ``desk``."""
    return cast("Desk", g.desk)


def desk_cooperative_id() -> int | None:
    """The cooperative whose desk this request is at; None: the operator's."""
    return current_desk().cooperative_id if "desk" in g else None


def acting_person_id() -> int:
    """Who sits at the desk of this request."""
    person = current_person()
    assert person is not None  # the guard let somebody in
    return person.id


def desk_path(path: str) -> str:
    """The address of a page that stands at both, at the desk of this request."""
    return f"/kelola/{current_desk().slug}{path}" if "desk" in g else f"/operator{path}"


def desk_menu() -> list[tuple[str, str, str, str, int]]:
    """What the workspace's menu offers at this request: (key, path, icon, word, count)."""
    if "desk" not in g:
        return [
            ("ringkasan", "/operator", "chart", _("Ringkasan"), 0),
            ("uang-masuk", "/operator/uang-masuk", "bank", _("Uang masuk"), 0),
            ("uang-kembali", "/operator/uang-kembali", "undo", _("Uang kembali"), 0),
            ("kartu", "/operator/kartu", "wallet", _("Kartu"), 0),
            ("sengketa", "/operator/sengketa", "hand", _("Sengketa"), 0),
            ("keluhan", "/operator/keluhan", "warn", _("Keluhan"), 0),
            ("rekening", "/operator/rekening", "bank", _("Rekening koperasi"), 0),
            ("pencairan", "/operator/pencairan", "cash", _("Pencairan"), 0),
            ("koperasi", "/operator/koperasi", "barn", _("Koperasi"), 0),
            ("biaya", "/operator/biaya", "scale", _("Biaya toko"), 0),
            ("voucher", "/operator/voucher", "gift", _("Voucher"), 0),
            ("macet", "/operator/macet", "clock", _("Pesanan macet"), 0),
            ("kabar", "/operator/kabar", "chat", _("Kabar"), 0),
        ]
    home = f"/kelola/{current_desk().slug}"
    menu = [
        ("ringkasan", home, "chart", _("Ringkasan"), 0, OFFICES),
        ("pesanan", f"{home}/pesanan", "bag", _("Pesanan"), 0, OFFICES),
        ("keluhan", f"{home}/keluhan", "warn", _("Keluhan"), 0, set(RUNS)),
        ("produk", f"{home}/produk", "box", _("Produk"), 0, OFFICES),
        ("ongkir", f"{home}/ongkir", "truck", _("Ongkir"), 0, OFFICES),
        ("kumpulkan", f"{home}/kumpulkan", "users", _("Kumpulkan"), 0, OFFICES),
        ("keuangan", f"{home}/keuangan", "cash", _("Keuangan"), 0, set(KNOWS_MEMBERS)),
        ("uang-masuk", f"{home}/uang-masuk", "bank", _("Uang masuk"), 0, {Role.BENDAHARA}),
        ("rekening", f"{home}/rekening", "bank", _("Rekening"), 0, set(KNOWS_MEMBERS)),
        ("kas", f"{home}/kas", "wallet", _("Kas"), 0, set(KNOWS_MEMBERS)),
        ("biaya", f"{home}/biaya", "scale", _("Biaya toko"), 0, OFFICES),
        ("voucher", f"{home}/voucher", "gift", _("Voucher"), 0, OFFICES),
        ("percakapan", f"{home}/percakapan", "inbox", _("Percakapan"), 0, set(RUNS)),
        ("kabar", f"{home}/kabar", "chat", _("Kabar"), 0, set(RUNS)),
        ("anggota", f"{home}/anggota", "users", _("Anggota"), 0, set(KNOWS_MEMBERS)),
    ]
    roles = current_desk().roles
    return [tuple(entry) for *entry, for_whom in menu if roles & (for_whom | {Role.PENGAWAS})]


def member() -> Guard:
    """Only who sits at a cooperative as its member, and only for what is theirs.

    Who is a member of several chooses by ``?koperasi=<slug>``; for everybody else the pages do
    not exist.
    """

    def guard() -> None:
        person = current_person()
        if person is None:
            raise SignInNeeded
        with database().reading() as session:
            mine = memberships_of(session, person.id)
        wanted = request.args.get("koperasi")
        found = [one for one in mine if wanted in (None, one.slug)]
        if not found:
            raise NotFound
        g.membership, g.memberships = found[0], mine

    return guard


def current_membership() -> Membership:
    """As the member of which cooperative this request looks; only behind the guard ``member``."""
    return cast("Membership", g.membership)


def all_memberships() -> tuple[Membership, ...]:
    """Every cooperative the person is a member of; only behind the guard ``member``."""
    return cast("tuple[Membership, ...]", g.memberships)


def seller_menu(chosen: str = "", to_prepare: int = 0) -> list[tuple[str, str, str, str, int]]:
    """What the menu of a member's pages offers: (key, path, icon, word, count).

    :param chosen: a query that keeps the chosen one of several memberships, or empty.
    """
    return [
        ("lapak", f"/lapak{chosen}", "barn", _("Lapak"), 0),
        ("produk", f"/lapak/produk{chosen}", "bag", _("Produk"), 0),
        ("siapkan", f"/lapak/siapkan{chosen}", "box", _("Siapkan"), to_prepare),
        ("pendapatan", f"/lapak/pendapatan{chosen}", "wallet", _("Pendapatan"), 0),
    ]


def init_app(app: Flask, _settings: object) -> None:
    """Let workspaces show their menu."""
    app.context_processor(lambda: {"desk_menu": desk_menu, "seller_menu": seller_menu})
    app.register_error_handler(SecretNeeded, _to_secret)


def _to_secret(_error: SecretNeeded) -> ResponseReturnValue:
    wanted = here() if request.method == "GET" else None
    return redirect(url_for("cooperatives_shared_phone.again_page", lanjut=wanted), code=303)


def _desk_links(session: Session, person: SignedIn) -> list[AccountLink]:
    links = [
        AccountLink(
            f"/kelola/{found.slug}", "barn", _("Meja %(name)s", name=found.short_name), is_desk=True
        )
        for found in desks_of(session, person.id)
        if found.roles & OFFICES and not person.by_pin
    ]
    if person.operator_rights and not person.by_pin:
        links.append(AccountLink("/operator", "wallet", _("Meja operator"), is_desk=True))
    return links


events.account_links.append(_desk_links)
