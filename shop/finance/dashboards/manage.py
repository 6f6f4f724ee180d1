"""The first page of a cooperative's desk and of the operator's: what waits, and how it goes."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from shop.aftersales.conversations.queries import count_unanswered
from shop.core.database.months import last_months
from shop.core.values import clock
from shop.finance.dashboards.queries import best_goods, held_now, paid_by_method, sales_by_month
from shop.finance.dashboards.words import bars, method_word
from shop.fulfilment.board import words as fulfilment_words
from shop.fulfilment.board.overview import counts, figures
from shop.fulfilment.orders.rules import Stage
from shop.payments.cards.queries import count_open_alerts
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.queries import count_market
from shop.people.cooperatives.rules import RUNS, Role
from shop.people.sign_in.guards import operator
from shop.services.outbox.queries import count_by_hand, count_dead, last_seen_worker
from shop.services.outbox.rules import WORKER_QUIET
from shop.web.http.access import open_to
from shop.web.http.app_state import database

bp = Blueprint("reports_manage", __name__)


@bp.get("/kelola/<slug>")
@open_to(desk())
def desk_home(slug: str) -> ResponseReturnValue:
    """What a cooperative has to do, and how its year went."""
    place, now = current_desk(), clock.now()
    sees_money = place.may(*RUNS, Role.BENDAHARA, Role.PENGAWAS)
    writes = place.may(*RUNS, Role.PENGAWAS)
    months = last_months(place.zone, now)
    mine = place.cooperative_id
    with database().reading() as session:
        return render_template(
            "finance/dashboards/meja.html",
            counted=counts(session, mine),
            figures=figures(session, mine, place.zone, now),
            sales=bars(sales_by_month(session, months, mine)) if sees_money else [],
            best=best_goods(session, months[0].begins, mine),
            sees_money=sees_money,
            to_tell=(count_by_hand(session, mine), count_unanswered(session, mine))
            if writes
            else None,
            words=fulfilment_words,
            Stage=Stage,
            now=now,
            zone=place.zone,
            here=f"/kelola/{slug}",
        )


@bp.get("/operator")
@open_to(operator())
def operator_home() -> ResponseReturnValue:
    """What waits for the operator, and how the whole market goes."""
    now = clock.now()
    months = last_months(clock.HOME_ZONE, now)
    with database().reading() as session:
        seen = last_seen_worker(session)
        return render_template(
            "finance/dashboards/operator.html",
            market={
                "by_hand": count_by_hand(session, None),
                "dead": count_dead(session),
                "card_alerts": count_open_alerts(session),
                **count_market(session),
            },
            worker_is_quiet=seen is None or now - seen > WORKER_QUIET,
            held=held_now(session),
            sales=bars(sales_by_month(session, months)),
            best=best_goods(session, months[0].begins),
            methods=paid_by_method(session, months[0].begins),
            method_word=method_word,
        )
