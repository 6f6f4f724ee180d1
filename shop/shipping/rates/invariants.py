"""What must be true of rates and regions, whatever happened: for ``lumbung verify``."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from shop.core.database.invariants import Check, no_rows
from shop.shipping.places.models import Region
from shop.shipping.rates.models import Rate, RateCard


def verify(session: Session) -> dict[str, Check]:
    """No rate is below nothing, no two cards hold on one day, no region stands alone."""
    later = aliased(RateCard)
    parent = aliased(Region)
    return {
        "shipping_rates_are_not_negative": no_rows(
            session.execute(
                select(Rate.card_id, Rate.area_code, Rate.price_per_kg).where(
                    or_(Rate.price_per_kg < 0, Rate.days_most < Rate.days_least)
                )
            ),
            "rate card {}, area {}: {} a kg",
        ),
        "shipping_cards_follow_one_another": no_rows(
            session.execute(
                select(RateCard.cooperative_id, RateCard.service_code, later.since).join(
                    later,
                    and_(
                        later.cooperative_id == RateCard.cooperative_id,
                        later.service_code == RateCard.service_code,
                        later.since > RateCard.since,
                        or_(RateCard.ends.is_(None), RateCard.ends > later.since),
                    ),
                )
            ),
            "cooperative {}, {}: two rate cards on {}",
        ),
        "shipping_regions_have_their_parents": no_rows(
            session.execute(
                select(Region.code)
                .outerjoin(parent, parent.code == Region.parent_code)
                .where(Region.parent_code.is_not(None), parent.code.is_(None))
            ),
            "region {} stands under nothing",
        ),
    }
