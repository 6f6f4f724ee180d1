"""Why a photo is not taken. Facts only; the form finds the words."""

from shop.core.values.errors import InvalidInput, NotFound, OutsideUnavailable, RuleBroken


class PhotoRefused(InvalidInput):
    """The upload cannot become a photo of the shop."""


class NotAPhoto(PhotoRefused):
    """The bytes are no JPEG, PNG, WebP or AVIF, or the picture in them is broken."""

    def __init__(self) -> None:
        super().__init__("not a readable JPEG, PNG, WebP or AVIF")


class EmptyPhoto(NotAPhoto):
    """A file of no bytes: the phone could not read its own photo."""


class HeicPhoto(PhotoRefused):
    """A photo in the format that some phones use by default and we cannot open.

    The camera can be told to write JPEG, and the refusal says how.
    """

    def __init__(self) -> None:
        super().__init__("HEIC is not read here")


class MovingPhoto(PhotoRefused):
    """Several pictures one after the other: which of them sells the goods nobody can say."""

    def __init__(self) -> None:
        super().__init__("animated")


class PhotoFileTooLarge(PhotoRefused):
    """More bytes than an upload may have."""

    def __init__(self, size: int, maximum: int) -> None:
        super().__init__(f"{size} bytes, at most {maximum}")
        self.size, self.maximum = size, maximum


class PhotoTooSmall(PhotoRefused):
    """The shorter side has too few pixels to look good on the product page."""

    def __init__(self, short_side: int, minimum: int) -> None:
        super().__init__(f"short side {short_side} px, need {minimum}")
        self.short_side, self.minimum = short_side, minimum


class TooManyPixels(PhotoRefused):
    """More pixels than we open; the header tells, so nothing was unpacked."""

    def __init__(self, pixels: int, maximum: int) -> None:
        super().__init__(f"{pixels} pixels, at most {maximum}")
        self.pixels, self.maximum = pixels, maximum


class PhotoLeaving(RuleBroken):
    """These very files are being swept away at this moment; the next try keeps them."""


class PhotoNotFound(NotFound):
    """No photo stands under this name."""


class StorageAway(OutsideUnavailable):
    """The place where photos lie does not answer, or lets us in no more."""
