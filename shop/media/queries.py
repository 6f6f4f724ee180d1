"""Reading photos for pages."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.media.models import Photo, Rendition
from shop.media.picture import Picture
from shop.media.rules import PhotoFormat


def pictures(session: Session, photo_ids: Collection[int]) -> dict[int, Picture]:
    """The pictures behind these photos, in one statement; unknown ids are left out."""
    if not photo_ids:
        return {}
    rows = session.execute(
        select(Photo.id, Photo.key, Photo.side, Rendition.format, Rendition.width)
        .outerjoin(Rendition, Rendition.photo_id == Photo.id)
        .where(Photo.id.in_(photo_ids))
    )
    found: dict[int, tuple[str, int, list[tuple[PhotoFormat, int]]]] = {}
    for photo_id, key, side, kind, width in rows:
        made = found.setdefault(photo_id, (key, side, []))[2]
        # A photo whose sizes are still to be made comes with one row of nothing.
        if kind is not None:
            made.append((kind, width))
    return {photo_id: Picture.of(*parts) for photo_id, parts in found.items()}
