"""Every form of those who make the goods, with something wrong in it."""

import pytest

from tests.pages.sweep import Sweep
from tests.pages.wrong_input import breaks_no_form, sweeps_of
from tests.support.engines import Engine


@pytest.mark.soak
@pytest.mark.parametrize(("who", "part"), sweeps_of("member"))
def test_no_form_breaks_on_wrong_input(sweep: Sweep, engine: Engine, part: int) -> None:
    breaks_no_form(sweep, engine, part)
