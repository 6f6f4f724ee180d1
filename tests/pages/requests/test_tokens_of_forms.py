"""No form is accepted without the token that came with it."""

import pytest

from tests.pages.sweep import PEOPLE, Sweep, faults_of, posting_forms
from tests.support.effort import SOAK
from tests.support.engines import PAGES

FORGED = ("", "a.2026-01-01.x", "s.x.y", "\x00", "é" * 10, "x" * 100_000)


@pytest.mark.soak
@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("who", PEOPLE)
def test_no_form_is_accepted_without_its_own_token(sweep: Sweep) -> None:
    for form in posting_forms(sweep):
        for token in FORGED if SOAK else FORGED[:1]:
            answer = sweep.visitor.send(form.action, form.data({"csrf_token": token}), follow=False)
            assert answer.status == 400, f"{form.action}: {answer.status}"
            assert faults_of(answer) == []


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("who", ["guest"])
def test_no_forged_token_is_accepted(sweep: Sweep) -> None:
    form = next(posting_forms(sweep))
    for token in FORGED:
        answer = sweep.visitor.send(form.action, form.data({"csrf_token": token}), follow=False)
        assert answer.status == 400, token[:20]
