"""What people wait for is done before what nobody waits for."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.core.database.engine import Database
from shop.services.outbox import actions

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


def test_a_letter_overtakes_a_hundred_photos(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "patient", {"photo"})
    with db.writing() as session:
        for number in range(100):
            actions.enqueue(session, kind="photo", key=f"photo:{number}", payload={}, now=NOON)
        late = NOON + timedelta(minutes=1)
        actions.enqueue(session, kind="letter", key="letter:1", payload={}, now=late)
    with db.writing() as session:
        first = actions.claim(session, late)
        second = actions.claim(session, late)
    assert first is not None
    assert second is not None
    assert (first.kind, second.kind) == ("letter", "photo")
