"""The three sides of a complaint at their browsers, and the form that is sent."""

import io
from collections.abc import Sequence

from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from shop.aftersales.complaints.models import Complaint
from shop.core.database.engine import Database
from shop.people.accounts.models import Person
from shop.people.cooperatives.rules import Role
from tests.factories import Goods, make_person, make_seat
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

FORM = {"alasan": "broken", "jumlah": "1", "harapan": "refund", "cerita": "Bungkusnya sobek."}


def somebody(app: Flask, db: Database, goods: Goods, name: str, role: Role) -> Visitor:
    """The browser of who has this role at the cooperative of the goods."""
    person = make_person(db, name)
    make_seat(db, goods.cooperative, person, role)
    return visitor(app, db, person)


def visitor(app: Flask, db: Database, person: Person | None = None) -> Visitor:
    """A browser of its own, of this person or of nobody."""
    client = app.test_client()
    assert isinstance(client, Visitor)
    if person is not None:
        sign_in(client, db, person)
    return client


def here(number: str) -> str:
    """The complaint about the first line, as its shopper reaches it."""
    return f"/pesanan/{number}/keluhan/1"


def at_desk(number: str) -> str:
    """The same at its cooperative."""
    return f"/kelola/koperasi-gyo/pesanan/{number}/keluhan/1"


def at_operator(number: str) -> str:
    """The same before the operator."""
    return f"/operator/keluhan/{number}/1"


def picture(colour: str = "navy") -> bytes:
    """A photo that also tells what took it."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Rahasia"
    Image.new("RGB", (480, 640), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def send(who: Visitor, number: str, photos: Sequence[bytes] = (), **changed: str) -> TestResponse:
    """The form with its photos, sent by the shopper."""
    fields: MultiDict[str, object] = MultiDict({**FORM, **changed})
    for place, photo in enumerate(photos):
        fields.add("foto", FileStorage(io.BytesIO(photo), filename=f"{place}.jpg"))
    boundary, body = encode_multipart(fields)
    return who.post(
        here(number), data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def count(db: Database) -> int:
    """Complaints that were filed."""
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Complaint)) or 0
