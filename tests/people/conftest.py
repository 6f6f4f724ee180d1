"""Mail that tests can open, and the worker that writes it."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.actions import create_person
from shop.people.accounts.models import Person
from shop.services.outbox import worker

SARI = "sari@pembeli.example"
PHONE = "+6284000090010"
PASSWORD = "tiga kata rahasia"


@pytest.fixture
def sari(app: Flask, db: Database) -> Person:
    """Sari, who signs in by number or e-mail."""
    with db.writing() as session:
        return create_person(
            session, name="Sari", phone=PHONE, email=SARI, password=PASSWORD, now=clock.now()
        )


class Mailbox:
    """What the worker has sent."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db, self.folder = db, folder

    def letters(self) -> list[tuple[str, str, str]]:
        """Reader, subject and body of every mail, after the worker did what is due."""
        while worker.run_once(self.db, clock.now()):
            pass
        found = []
        for file in sorted(self.folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns):
            letter = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = letter.get_body(("plain",))
            assert body is not None
            found.append((letter["To"], letter["Subject"], body.get_content()))
        return found

    def link(self, path: str) -> str:
        """The path of the newest mailed link that starts with ``path``."""
        links = re.findall(
            rf"http://localhost({path}\S+)", "\n".join(b for *_, b in self.letters())
        )
        return str(links[-1])


@pytest.fixture
def mailbox(app: Flask, db: Database, var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """The folder ``var/outbox`` of this test's shop."""
    monkeypatch.setattr(worker, "_periodic", {})
    return Mailbox(db, var_dir / "outbox")
