"""What must always be true of complaints."""

from sqlalchemy import String, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from shop.aftersales.complaints.models import Complaint, ComplaintEvent
from shop.aftersales.complaints.rules import OVER, State
from shop.core.database.invariants import Check, no_rows
from shop.fulfilment.orders.rules import COMPLAINT
from shop.payments.bills.models import Refund
from shop.sales.orders.models import Order, OrderLine, OrderState


def verify(session: Session) -> dict[str, Check]:
    """What was granted went back or was sent; nothing ends while somebody complains."""
    given = func.coalesce(
        select(func.sum(ComplaintEvent.packs))
        .join(Refund, Refund.id == ComplaintEvent.refund_id)
        .where(ComplaintEvent.complaint_id == Complaint.id, Refund.order_id == Complaint.order_id)
        .correlate(Complaint)
        .scalar_subquery(),
        0,
    )
    sent = case((Complaint.parcel_id.is_not(None), Complaint.packs), else_=0)
    last = (
        select(func.max(ComplaintEvent.id)).group_by(ComplaintEvent.complaint_id).scalar_subquery()
    )
    waits = exists().where(Complaint.order_id == Order.id, Complaint.state.not_in(OVER))
    return {
        "complaints_granted_have_their_refund_or_parcel": no_rows(
            session.execute(
                select(Complaint.id, Complaint.granted, given, sent).where(
                    or_(
                        (Complaint.state == State.GRANTED) & (Complaint.granted == 0),
                        (Complaint.granted > 0)
                        & (Complaint.granted != given)
                        & (Complaint.granted != sent),
                    )
                )
            ),
            "complaint {}: {} granted, {} went back, {} were sent",
        ),
        "complaints_grant_no_more_than_was_bought": no_rows(
            session.execute(
                select(Complaint.id, Complaint.packs, OrderLine.packs)
                .join(OrderLine, OrderLine.id == Complaint.line_id)
                .where(
                    or_(
                        Complaint.packs > OrderLine.packs,
                        Complaint.order_id != OrderLine.order_id,
                    )
                )
            ),
            "complaint {}: about {} packs of {}",
        ),
        "complaints_stand_where_their_last_step_led": no_rows(
            session.execute(
                select(Complaint.id, Complaint.state, cast(ComplaintEvent.to_state, String))
                .join(ComplaintEvent, ComplaintEvent.complaint_id == Complaint.id)
                .where(ComplaintEvent.id.in_(last), ComplaintEvent.to_state != Complaint.state)
            ),
            "complaint {} is {}, its last step says {}",
        ),
        "complaints_that_are_open_keep_their_order": no_rows(
            session.execute(
                select(Order.number, Order.state, Order.needs).where(
                    or_(
                        waits
                        & (
                            (Order.state != OrderState.ARRIVED)
                            | Order.needs.is_distinct_from(COMPLAINT)
                        ),
                        ~waits & (Order.needs == COMPLAINT),
                    )
                )
            ),
            "order {} is {} and needs {}",
        ),
    }
