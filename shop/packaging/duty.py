"""What the shop does with goods that lack what the law wants: warn, hide or block."""

from collections.abc import Mapping
from datetime import date
from enum import IntEnum

from shop.packaging.label import RULE_SETS, Fact, LabelFacts, is_halal_answered, missing_for
from shop.packaging.rules import HalalState


class Strictness(IntEnum):
    """The operator's switch: say it, keep goods out of sight, or take them out of the shop."""

    WARN = 0
    HIDE = 1
    BLOCK = 2


LABEL, HALAL = "label_minimum", "halal_duty"
"""Names of the switches in ``core.policy``."""


def duty_day(figures: Mapping[str, int]) -> date:
    """Since when micro and small makers need a halal certificate (PP 42/2024)."""
    day = figures["halal_duty_day"]
    return date(day // 10_000, day // 100 % 100, day % 100)


def shortfalls(facts: LabelFacts, figures: Mapping[str, int], today: date) -> tuple[str, ...]:
    """Under which switches a label falls short today.

    The halal duty is met by a certificate with its number, by saying *tidak halal*, and by goods
    that have no duty; an application alone does not meet it.
    """
    found = []
    if [fact for fact in missing_for(facts) if fact is not Fact.HALAL]:
        found.append(LABEL)
    is_met = facts.halal is not HalalState.APPLIED and is_halal_answered(
        facts.halal, facts.halal_number
    )
    if RULE_SETS[facts.goods].halal_duty and today >= duty_day(figures) and not is_met:
        found.append(HALAL)
    return tuple(found)


def strictness(facts: LabelFacts, figures: Mapping[str, int], today: date) -> Strictness:
    """What happens to goods with this label today: the strictest switch it falls under."""
    found = (figures[name] for name in shortfalls(facts, figures, today))
    return Strictness(min(max(found, default=0), Strictness.BLOCK))


def is_at_work(figures: Mapping[str, int]) -> bool:
    """Whether any switch does more than warn."""
    return figures[LABEL] > Strictness.WARN or figures[HALAL] > Strictness.WARN
