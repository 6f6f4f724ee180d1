"""Every form of the shop with everything people type wrong, and what others type on purpose.

Forms are found on the pages themselves, so that a new one is swept without anybody thinking of it.
"""

from collections.abc import Mapping
from itertools import count

from tests.pages.sweep import NASTY, WRONG, Sweep, posting_forms
from tests.support.effort import SOAK
from tests.support.engines import Engine

SHORT: Mapping[Engine, int] = {"sqlite": 2, "postgresql": 6}
"""In ``make test`` one field in so many gets one of the values, and the next one the next."""
PARTS: Mapping[str, int] = {"member": 2, "manager": 3} if SOAK else {}
"""In how many tests a person's forms are swept, so that none of them takes many minutes."""


def sweeps_of(*people: str) -> list[tuple[str, int]]:
    """Who sends forms in one test, and which part of them."""
    return [(who, part) for who in people for part in range(PARTS.get(who, 1))]


def some_of(values: Mapping[str, str], engine: Engine, turn: int) -> Mapping[str, str]:
    """What a field gets: all of the values in ``make soak``, else one of them or none."""
    if SOAK:
        return values
    if turn % SHORT[engine]:
        return {}
    name = list(values)[turn // SHORT[engine] % len(values)]
    return {name: values[name]}


def breaks_no_form(sweep: Sweep, engine: Engine, part: int) -> None:
    """Send the forms of a visitor, or one part of them, with something wrong in one field each."""
    # Sari meets the guest's forms again; what databases disagree about is enough there.
    values = WRONG if engine == "sqlite" and sweep.who != "sari" else NASTY
    forms = list(posting_forms(sweep))[part :: PARTS.get(sweep.who, 1)]
    turns = count(part)
    for form in forms:
        button = form.buttons[-1] if form.buttons else None
        names = dict.fromkeys((*form.free, *(one.name for one in form.buttons if one.name)))
        for name in names:
            pressed = button if button and button.name != name else None
            for what, value in some_of(values, engine, next(turns)).items():
                sweep.post(form, form.data({name: value}, press=pressed), f"{name} {what}")
        token = [(name, value) for name, value in form.fields if name == "csrf_token"]
        sweep.post(form, token, "nothing but its token")
    assert sweep.complaints == []
    assert forms
