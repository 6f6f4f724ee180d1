"""The photos that come with a listing's form: read, put into their slots, stored for good."""

from collections.abc import Sequence
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from shop.catalog.listings.forms import ListingForm
from shop.catalog.photos.actions import define_slot
from shop.catalog.photos.forms import read_upload
from shop.catalog.products.edit_context import ProductToEdit, record_edit
from shop.catalog.products.errors import TooManyPhotos
from shop.catalog.products.models import PhotoView
from shop.services.media.actions import record, store
from shop.services.media.errors import PhotoLeaving, PhotoRefused
from shop.services.media.photo_uploads import photo_refusal_words, storage
from shop.services.media.rules import PreparedPhoto

Upload = tuple[PhotoView, PreparedPhoto, bool]
"""What a photo shows, the photo, and whether all its files are new."""


def read_photos(form: ListingForm) -> list[Upload]:
    """The uploads that are photos, safe and stored; beside the others stands why not."""
    taken = []
    for view, field in form.photo_fields:
        upload: FileStorage | None = request.files.get(field.name)
        if upload is None or not upload.filename:
            continue
        try:
            photo = read_upload(upload.stream)
        except PhotoRefused as refusal:
            field.errors = [photo_refusal_words(refusal)]
            continue
        taken.append((view, photo, store(storage(), photo)))
    return taken


def show_photos(
    session: Session,
    product: ProductToEdit,
    form: ListingForm,
    photos: Sequence[Upload],
    now: datetime,
) -> None:
    """Put photos into their slots; beside one that cannot go there stands why."""
    for view, photo, _is_new in photos:
        try:
            kept = record(session, photo, now=now)
            define_slot(session, product.product_id, kept.id, view, now=now)
        except PhotoLeaving:
            form.say_again(view)
        except TooManyPhotos as full:
            form.say_full(view, full.maximum)
        else:
            record_edit(session, product, "photo_added", now=now, after={"photo": kept.id})


def store_again(photos: Sequence[Upload]) -> None:
    """Files that stood there before may have been swept until the commit; now they stay."""
    for _view, photo, is_new in photos:
        if not is_new:
            store(storage(), photo)
