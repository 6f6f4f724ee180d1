"""The photos of a product: which, in which order, cut where – and what its maker sees of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shop.catalog.products.actions import add_photo
from shop.catalog.products.errors import ProductNotFound, TooManyPhotos
from shop.catalog.products.models import PhotoView, Product, ProductPhoto
from shop.catalog.products.product_cards import refresh_card
from shop.services.media.actions import schedule_deletion
from shop.services.media.errors import PhotoNotFound
from shop.services.media.guidance import Light, Tip, are_near_duplicates
from shop.services.media.models import Photo
from shop.services.media.queries import Picture, pictures
from shop.services.media.rules import Centre, whole_name

MAX_PHOTOS = 8
"""A page that shows more is not looked through."""


@dataclass(frozen=True, slots=True)
class Twin:
    """Another photo of the cooperative that looks the same."""

    product_id: int
    sku: str
    name: str


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """One photo of a product as its maker sees it."""

    key: str
    """Its name in addresses and forms."""
    picture: Picture
    view: PhotoView
    light: Light | None
    tip: Tip | None
    centre: Centre | None
    """Where its square was cut; None where nothing lies around it."""
    twin: Twin | None

    @property
    def whole(self) -> str:
        """The file that shows what lies around the square."""
        return whole_name(self.key)


def add(
    session: Session, product_id: int, photo_id: int, view: PhotoView, *, maximum: int = MAX_PHOTOS
) -> None:
    """Put a photo behind the others; the same photo twice is one.

    :raises TooManyPhotos: beyond eight.
    """
    rows = _locked(session, product_id)
    if len(rows) >= maximum and photo_id not in [row.photo_id for row in rows]:
        raise TooManyPhotos(maximum)
    add_photo(session, product_id, photo_id, view)


def define_slot(
    session: Session, product_id: int, photo_id: int, view: PhotoView, *, now: datetime
) -> None:
    """Let a photo take the place of the first that shows the same of a product, or go behind all.

    :raises TooManyPhotos: beyond eight.
    """
    rows = _locked(session, product_id)
    same = next((row for row in rows if row.view is view), None)
    if same is None or photo_id in {row.photo_id for row in rows}:
        add(session, product_id, photo_id, view)
        return
    schedule_deletion(session, same.photo_id, now=now)
    same.photo_id = photo_id
    _number(session, product_id, rows)


def remove(session: Session, product_id: int, key: str, *, now: datetime) -> None:
    """Take a photo off a product; its files stay a day, should somebody want it back.

    :raises PhotoNotFound: if the product does not show it.
    """
    rows = _locked(session, product_id)
    gone = _row(session, rows, key)
    session.execute(delete(ProductPhoto).where(ProductPhoto.id == gone.id))
    schedule_deletion(session, gone.photo_id, now=now)
    _number(session, product_id, [row for row in rows if row is not gone])


def move(session: Session, product_id: int, key: str, place: int) -> None:
    """Put a photo at a place, the cover at 0; the others make room.

    :param place: outside the row: at its end.
    :raises PhotoNotFound: if the product does not show it.
    """
    rows = _locked(session, product_id)
    moved = _row(session, rows, key)
    others = [row for row in rows if row is not moved]
    place = max(0, min(place, len(others)))
    _number(session, product_id, [*others[:place], moved, *others[place:]])


def shift(session: Session, product_id: int, key: str, steps: int) -> None:
    """Move a photo up (below zero) or down.

    :raises PhotoNotFound: if the product does not show it.
    """
    rows = _locked(session, product_id)
    moved = _row(session, rows, key)
    move(session, product_id, key, rows.index(moved) + steps)


def set_view(session: Session, product_id: int, key: str, view: PhotoView) -> None:
    """Say what a photo shows.

    :raises PhotoNotFound: if the product does not show it.
    """
    rows = _locked(session, product_id)
    _row(session, rows, key).view = view
    _number(session, product_id, rows)


def exchange(session: Session, product_id: int, key: str, photo_id: int, *, now: datetime) -> None:
    """Put another photo in the place of one: cut around another centre, or a better one.

    :raises PhotoNotFound: if the product does not show it.
    """
    rows = _locked(session, product_id)
    old = _row(session, rows, key)
    if old.photo_id == photo_id:
        return
    schedule_deletion(session, old.photo_id, now=now)
    if photo_id in [row.photo_id for row in rows]:
        session.execute(delete(ProductPhoto).where(ProductPhoto.id == old.id))
        rows.remove(old)
    else:
        old.photo_id = photo_id
    _number(session, product_id, rows)


def photos_of(session: Session, product_id: int, cooperative_id: int) -> tuple[ShownPhoto, ...]:
    """The photos of a product in their order, with the twins each has in the cooperative.

    Three statements, however many photos.
    """
    rows = session.execute(
        select(ProductPhoto.view, Photo)
        .join(Photo, Photo.id == ProductPhoto.photo_id)
        .where(ProductPhoto.product_id == product_id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
    ).all()
    found = pictures(session, [photo.id for _view, photo in rows])
    others = session.execute(
        select(Photo.id, Photo.fingerprint, Product.id, Product.sku, Product.name)
        .join(ProductPhoto, ProductPhoto.photo_id == Photo.id)
        .join(Product, Product.id == ProductPhoto.product_id)
        .where(Product.cooperative_id == cooperative_id, Photo.fingerprint != "")
        .order_by(Product.id, ProductPhoto.position)
    ).all()
    shown = []
    for view, photo in rows:
        twin = next(
            (
                Twin(other, sku, name)
                for other_photo, print_, other, sku, name in others
                if (other_photo, other) != (photo.id, product_id)
                and are_near_duplicates(photo.fingerprint, print_)
            ),
            None,
        )
        centre = Centre(photo.across, photo.down) if photo.is_cut else None
        shown.append(
            ShownPhoto(photo.key, found[photo.id], view, photo.light, photo.tip, centre, twin)
        )
    return tuple(shown)


def _locked(session: Session, product_id: int) -> list[ProductPhoto]:
    """The photos in their order; the product stays ours until the commit.

    Two who arrange the same photos at once would otherwise give one place to two of them.
    """
    wanted = select(Product.id).where(Product.id == product_id).with_for_update()
    if session.scalar(wanted) is None:
        raise ProductNotFound(f"product {product_id}")
    rows = session.scalars(
        select(ProductPhoto)
        .where(ProductPhoto.product_id == product_id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def _row(session: Session, rows: list[ProductPhoto], key: str) -> ProductPhoto:
    photo_id = session.scalar(select(Photo.id).where(Photo.key == key))
    for row in rows:
        if row.photo_id == photo_id:
            return row
    raise PhotoNotFound(key)


def _number(session: Session, product_id: int, rows: list[ProductPhoto]) -> None:
    for position, row in enumerate(rows):
        row.position = position
    session.flush()
    refresh_card(session, product_id)
