"""Pieces of pages put together are what any browser unpacks to the page."""

import gzip

from hypothesis import given
from hypothesis import strategies as st

from shop.web.page_cache import slots

texts = st.one_of(st.text(), st.text(min_size=1).map(lambda text: text * 500))


@given(texts=st.lists(texts, min_size=1, max_size=6), word=texts)
def test_pieces_and_the_words_between_them_unpack_to_the_whole_page(
    texts: list[str], word: str
) -> None:
    words = {"here": word, "count": "3"}
    gaps = [("here", "count")[place % 2] for place in range(len(texts) - 1)]
    marked = texts[0] + "".join(
        slots.mark(gap) + text for gap, text in zip(gaps, texts[1:], strict=True)
    )
    whole = texts[0] + "".join(words[gap] + text for gap, text in zip(gaps, texts[1:], strict=True))
    unpacked = gzip.decompress(slots.put_together(slots.cut(marked), words))
    assert unpacked.decode() == whole
