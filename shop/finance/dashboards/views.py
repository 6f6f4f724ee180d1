"""The member's own pages: goods, what to prepare, what it brought. Nothing of anybody else."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.database.months import last_months
from shop.core.values import clock
from shop.finance.dashboards.member_queries import (
    done_shares,
    earned_by_month,
    goods_page,
    held_shares,
    money_of,
    own_goods,
)
from shop.finance.dashboards.words import bars
from shop.finance.payouts.queries import paid_to_member, received
from shop.finance.payouts.words import PAYOUTS
from shop.fulfilment.collecting.queries import lines_of_member
from shop.people.accounts.events import AccountLink, account_links
from shop.people.accounts.queries import SignedIn
from shop.people.accounts.rules import shows_money
from shop.people.cooperatives.guards import all_memberships, current_membership, member, money_shown
from shop.people.cooperatives.queries import memberships_of
from shop.people.sign_in.guards import current_person
from shop.web.http.access import open_to
from shop.web.http.app_state import database

bp = Blueprint("reports", __name__)

BEST_SHOWN = 5


@bp.get("/lapak")
@open_to(member())
def seller_home() -> ResponseReturnValue:
    """The member's own corner of the market; on a borrowed phone without the money."""
    mine, now, person = current_membership(), clock.now(), current_person()
    shows = person is not None and shows_money(person.is_borrowed, person.money_until, now)
    with database().reading() as session:
        return render_template(
            "finance/dashboards/lapak.html",
            prepare=[
                line
                for line in lines_of_member(session, mine.cooperative_id, mine.member_id, now)
                if line.left
            ],
            goods=own_goods(session, mine.member_id, maximum=BEST_SHOWN),
            money=money_of(session, mine.member_id) if shows else None,
            earned=bars(earned_by_month(session, mine.member_id, last_months(mine.zone, now)))
            if shows
            else (),
            now=now,
            **_common(),
        )


@bp.get("/lapak/produk")
@open_to(member())
def goods() -> ResponseReturnValue:
    """All goods of the member: where each stands, and the way to its price and stock."""
    mine, after = current_membership(), request.args.get("setelah")
    with database().reading() as session:
        page = goods_page(session, mine.member_id, after)
    return render_template(
        "finance/dashboards/produk.html", page=page, is_first=after is None, **_common()
    )


@bp.get("/lapak/pendapatan")
@open_to(member(), money_shown)
def income() -> ResponseReturnValue:
    """What the member's goods brought, line by line."""
    mine, after = current_membership(), request.args.get("setelah")
    with database().reading() as session:
        months = last_months(mine.zone, clock.now())
        return render_template(
            "finance/dashboards/pendapatan.html",
            money=money_of(session, mine.member_id),
            earned=bars(earned_by_month(session, mine.member_id, months)),
            held=held_shares(session, mine.member_id),
            page=done_shares(session, mine.member_id, after),
            is_first=after is None,
            paid=paid_to_member(session, mine.member_id),
            payouts=received(session, mine.cooperative_id, member_id=mine.member_id).rows,
            payout_words=PAYOUTS,
            **_common(),
        )


def stall_link(session: Session, person: SignedIn) -> list[AccountLink]:
    """The way from the account page to the member's own pages."""
    if not memberships_of(session, person.id):
        return []
    return [AccountLink("/lapak", "barn", _("Lapak saya"), is_desk=True)]


account_links.append(stall_link)


def _common() -> dict[str, object]:
    return {"mine": current_membership(), "memberships": all_memberships()}
