"""A manager approves what members list, or sends it back with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.packaging.weight_estimate import Measures
from shop.catalog.products.actions import may_be_measured, publish, sort_under
from shop.catalog.products.errors import ListingMoved
from shop.catalog.products.models import Listing, ListingState, Product, ProductState, Variant
from shop.catalog.products.product_cards import refresh_card
from shop.people.cooperatives.models import Member
from shop.services.audit import actions as audit
from shop.services.outbox.actions import notify

WAITING = (ListingState.SUBMITTED, ListingState.CHANGED)


@dataclass(frozen=True)
class Seen:
    """A listing as a manager looked at it."""

    product_id: int
    cooperative_id: int
    version: int
    person_id: int
    """Who decides."""


def approve(
    session: Session,
    seen: Seen,
    measures: Measures,
    category_path: str | None = None,
    *,
    now: datetime,
) -> None:
    """Confirm weight, sides and category, and show the goods.

    :param category_path: where the manager sorts them; None: where they stand.
    :raises ListingMoved: when it was edited since the look, or somebody decided already.
    """
    _decide(session, seen, ListingState.APPROVED, "", now)
    session.execute(
        update(Variant)
        .where(Variant.product_id == seen.product_id, may_be_measured(session, seen.product_id))
        .values(
            gross_grams=measures.grams,
            length_mm=measures.length,
            width_mm=measures.width,
            height_mm=measures.height,
        )
    )
    if category_path is not None:
        sort_under(session, seen.product_id, category_path)
    session.execute(
        update(Listing)
        .where(Listing.product_id == seen.product_id)
        .values(is_estimated=False, is_category_guessed=False)
    )
    publish(session, seen.product_id, now=now)
    sorted_under = {"category": category_path} if category_path is not None else {}
    _log_and_tell(session, seen, "approved", now, {"grams": measures.grams, **sorted_under})


def send_back(session: Session, seen: Seen, reason: str, *, now: datetime) -> None:
    """Give a listing back to its maker, who reads why; goods that were shown leave the shop.

    :raises ListingMoved: when it was edited since the look, or somebody decided already.
    """
    _decide(session, seen, ListingState.RETURNED, reason, now)
    session.execute(
        update(Product).where(Product.id == seen.product_id).values(state=ProductState.DRAFT)
    )
    session.expire_all()
    refresh_card(session, seen.product_id)
    _log_and_tell(session, seen, "returned", now, {})


def _decide(session: Session, seen: Seen, state: ListingState, reason: str, now: datetime) -> None:
    """The one place that ends waiting: the test sits inside the UPDATE, so one decision counts."""
    decided = session.scalar(
        update(Listing)
        .where(Listing.product_id == seen.product_id, Listing.version == seen.version)
        .where(Listing.state.in_(WAITING))
        .values(state=state, reason=reason, decided_by_id=seen.person_id, decided_at=now)
        .returning(Listing.product_id)
        .execution_options(synchronize_session=False)
    )
    if decided is None:
        raise ListingMoved(f"product {seen.product_id}")


def _log_and_tell(
    session: Session, seen: Seen, what: str, now: datetime, after: Mapping[str, int | str]
) -> None:
    audit.record(
        session,
        action=f"product.{what}",
        subject=f"product:{seen.product_id}",
        actor_id=seen.person_id,
        cooperative_id=seen.cooperative_id,
        after={"version": seen.version, **after},
        now=now,
    )
    contact_id = session.scalars(
        select(Member.contact_id)
        .join(Product, Product.member_id == Member.id)
        .where(Product.id == seen.product_id)
    ).one()
    notify(
        session,
        key=f"product-{what}:{seen.product_id}:{seen.version}",
        kind=f"product_{what}",
        contact_id=contact_id,
        cooperative_id=seen.cooperative_id,
        now=now,
    )
