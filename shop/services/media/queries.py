"""A photo as a page needs it: which files exist, in the order a browser should try them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.services.media.models import Photo, Rendition
from shop.services.media.rules import PhotoFormat, master_name, rendition_name

FALLBACK_WIDTH = 480
"""What a browser without ``srcset`` gets: the width nearest to this."""


class Candidate(NamedTuple):
    """One file of a ``srcset`` and its width in pixels."""

    name: str
    width: int


class Source(NamedTuple):
    """One ``<source>``: a format and its files, smallest first."""

    mime_type: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Picture:
    """A photo and the renditions that exist; ``<picture>`` names only those."""

    key: str
    side: int
    widths: Mapping[PhotoFormat, tuple[int, ...]] = field(hash=False)

    @property
    def sources(self) -> tuple[Source, ...]:
        """AVIF and WebP, in this order, as far as they exist."""
        return tuple(
            Source(kind.mime_type, self._candidates(kind))
            for kind in (PhotoFormat.AVIF, PhotoFormat.WEBP)
            if self.widths.get(kind)
        )

    @property
    def fallback(self) -> tuple[Candidate, ...]:
        """The JPEG files, smallest first, for ``<img srcset>``."""
        return self._candidates(PhotoFormat.JPEG)

    @property
    def image(self) -> Candidate:
        """The one file for ``<img src>``: a middle-sized JPEG, or the original if none exists."""
        widths = self.widths.get(PhotoFormat.JPEG)
        if not widths:
            return Candidate(master_name(self.key), self.side)
        nearest = min(widths, key=lambda width: abs(width - FALLBACK_WIDTH))
        return Candidate(rendition_name(self.key, nearest, PhotoFormat.JPEG), nearest)

    @property
    def largest(self) -> Candidate:
        """The widest file that every browser shows: what somebody opens to look closely."""
        return self.fallback[-1] if self.fallback else self.image

    def up_to(self, width: int) -> "Picture":
        """The same picture without wider files, for places where they would only cost bytes."""
        narrow = {
            kind: tuple(one for one in widths if one <= width) or widths[:1]
            for kind, widths in self.widths.items()
        }
        return Picture(self.key, self.side, narrow)

    def to_text(self) -> str:
        """All of it in one line, for a catalogue row: ``"ab/cdef… 1000 webp:320,800 jpg:320"``."""
        kinds = (
            f"{kind.value}:{','.join(map(str, self.widths[kind]))}"
            for kind in PhotoFormat
            if self.widths.get(kind)
        )
        return " ".join((self.key, str(self.side), *kinds))

    @classmethod
    def from_text(cls, text: str) -> "Picture":
        """What :meth:`to_text` wrote."""
        key, side, *parts = text.split(" ")
        widths = {}
        for part in parts:
            kind, _, numbers = part.partition(":")
            widths[PhotoFormat(kind)] = tuple(int(number) for number in numbers.split(","))
        return cls(key, int(side), widths)

    @classmethod
    def of(cls, key: str, side: int, made: Iterable[tuple[PhotoFormat, int]]) -> "Picture":
        """A picture from the renditions that exist, in any order."""
        widths: dict[PhotoFormat, list[int]] = {}
        for kind, width in made:
            widths.setdefault(kind, []).append(width)
        return cls(key, side, {kind: tuple(sorted(some)) for kind, some in widths.items()})

    def _candidates(self, kind: PhotoFormat) -> tuple[Candidate, ...]:
        return tuple(
            Candidate(rendition_name(self.key, width, kind), width)
            for width in self.widths.get(kind, ())
        )


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
