"""One table says what is told to whom; no words of it are missing, and nothing is told besides."""

from pathlib import Path

from flask import Flask

from shop.services.outbox import notices
from shop.services.outbox.notice_kinds import KINDS

LETTERS = {
    "registration",
    "registration_known",
    "recovery",
    "password_changed",
    "digest",
    "mail",
    "whatsapp",
}
"""Templates of what is no notice."""
FOLDER = Path(__file__).resolve().parents[3] / "templates" / "notices"


def test_every_kind_has_words_and_somebody_who_knows_its_facts(app: Flask) -> None:
    assert app.name  # the rooms say what they know when the app is put together
    assert {file.stem for file in FOLDER.glob("*.txt")} - LETTERS == set(KINDS)
    assert set(notices._describers) == set(KINDS)
