"""A picture names only files that exist, in the order a browser should try them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.services.media.queries import Picture
from shop.services.media.rules import WIDTHS, PhotoFormat, format_of, photo_key
from shop.services.media.views import media_url, srcset

KEY = photo_key(b"anything")
AVIF, WEBP, JPEG = PhotoFormat.AVIF, PhotoFormat.WEBP, PhotoFormat.JPEG


def picture() -> Picture:
    return Picture.of(KEY, 1000, [(JPEG, 800), (WEBP, 320), (JPEG, 320), (WEBP, 800)])


def test_a_new_photo_is_shown_in_what_was_made_at_once() -> None:
    (source,) = picture().sources
    assert source.mime_type == "image/webp"
    assert [file.name for file in source.candidates] == [f"{KEY}/320.webp", f"{KEY}/800.webp"]
    assert [file.width for file in picture().fallback] == [320, 800]
    assert picture().image.width == 320


def test_the_lightest_format_stands_first_once_it_exists() -> None:
    whole = Picture.of(KEY, 1000, [(kind, width) for width in WIDTHS for kind in PhotoFormat])
    assert [source.mime_type for source in whole.sources] == ["image/avif", "image/webp"]
    assert whole.image.name == f"{KEY}/480.jpg"


def test_a_card_names_no_files_that_would_only_cost_bytes() -> None:
    small = picture().up_to(480)
    assert [file.width for file in small.fallback] == [320]
    assert [file.width for file in picture().up_to(200).fallback] == [320]


def test_a_photo_without_any_size_yet_is_shown_as_it_is_kept() -> None:
    bare = Picture(KEY, 900, {})
    assert not bare.sources
    assert not bare.fallback
    assert format_of(bare.image.name) is JPEG


sizes = st.dictionaries(
    st.sampled_from(PhotoFormat),
    st.sets(st.sampled_from(WIDTHS), min_size=1).map(lambda some: tuple(sorted(some))),
)


@given(side=st.integers(600, 1600), widths=sizes)
def test_a_catalogue_row_keeps_a_picture_whole(
    side: int, widths: dict[PhotoFormat, tuple[int, ...]]
) -> None:
    whole = Picture(KEY, side, widths)
    assert Picture.from_text(whole.to_text()) == whole
    assert len(whole.to_text()) < 120


@pytest.mark.parametrize("maximum", [None, 480])
def test_the_macro_writes_size_and_words_for_every_photo(maximum: int | None) -> None:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from config import ROOT

    pages = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined
    )
    pages.globals["is_data_saver_on"] = lambda: False
    pages.globals.update(media_url=media_url, srcset=srcset)
    html = pages.from_string(
        '{% from "components/picture.html" import picture with context %}'
        '{{ picture(pic, "Keripik <talas>", "46vw", max_width=maximum) }}'
    ).render(pic=picture(), maximum=maximum)
    assert 'alt="Keripik &lt;talas&gt;" width="320" height="320" loading="lazy"' in html
    assert ("800w" in html) is (maximum is None)
    assert f'<source type="image/webp" srcset="/media/{KEY}/320.webp 320w' in html
