"""Searches that nobody means, or somebody means badly: an ordinary page, as light and as quick."""

import http.client
import time
from itertools import combinations
from urllib.parse import urlsplit

import pytest

from shop.search.rules import wanted
from shop.storefront import counting, listing, marked
from shop.storefront.conditions import MOST_SHAPES, TESTS
from shop.storefront.controls import MOST_CHIPS
from shop.storefront.forms import MOST_VALUES
from shop.storefront.rules import Sort
from tests.support.engines import PAGES
from tests.support.live import LiveShop
from tests.support.visitor import Visitor
from tests.web.markup import Markup

HOSTILE = (
    "q=%25",
    "q=_",
    "q='",
    'q="',
    "q=%22)%20OR%201=1",
    "q=" + "a" * 500,
    "q=%00",
    "q=kopi%00",
    "q=%F0%9F%99%82",
    "setelah=-1",
    "setelah=%00",
    "setelah=" + "A" * 5_000,
    "setelah=WyJ0ZXJsYXJpcyIsMSwyLDNd",
    "setelah=WyJ0ZXJiYXJ1Iiw5MjIzMzcyMDM2ODU0Nzc1ODA3LDFd&urut=terbaru",
    "urut=acak",
    "kategori=tidak-ada",
    "kategori=%00&koperasi=%27&provinsi=%25",
    "kategori=a&" * 60,
    "harga_min=murah",
    "harga_min=-1",
    "harga_min=1e3&harga_max=10.5",
    "harga_min=99999999999999999999999",
    "harga_min=%D9%A1%D9%A2",
    "harga_max=1&harga_min=100000",
    "tahan_min=-5",
    "tahan_min=99999999999999999999",
    "halal=ya&tersedia=2",
    "q=NEAR(kopi%20gayo)&dekat=Bali",
    "q=kopi%20AND&persis=1",
    "q=*",
    "q=%22%22",
    "q=" + "kopi%20" * 2_000,
    "q=" + "a" * 20_000,
    "q=" + "a" * 200_000,
    "q=" + "kopi+" * 40_000,
    "q=%D9%A3%D9%A4",
    "dekat=Atlantis&urut=terdekat",
    "dekat=%00",
    "dekat=Bali&setelah=WyJ0YW5kYSIsOTk5LDk5OV0",
    "kategori=minuman&setelah=WyJ0YW5kYSIsLTEsLTFd",
    "&".join(f"kategori=k{number}" for number in range(300)),
    "&".join(f"koperasi=%27{number}" for number in range(300)),
    "provinsi=%22%20OR%20%22",
    "&".join(
        f"{name}={letter * 60}{number}"
        for name, letter in (("kategori", "a"), ("koperasi", "b"), ("provinsi", "c"))
        for number in range(20)
    ),
    "harga_max=0",
)
ORDINARY = (
    *("q=kopi", "q=kripik", "q=kopi+gayo", "q=kerajinan+bambu", "q=tenun&halal=ya", "q=teh+hijau"),
    *("q=batik&urut=termurah", "q=madu+hutan", "q=sambal", "q=xyzzy", "q=ko", "q=kopi+bubuk+250"),
    *("kategori=minuman", "kategori=makanan-olahan&halal=ya", "provinsi=Bali&provinsi=Aceh", ""),
    *("harga_max=50000&tersedia=1", "urut=terbaru", "dekat=Bali&urut=terdekat", "tahan_min=90"),
)
TRIES, ROUNDS = 4, 3
SLOWER = 1.2
"""How much dearer the dearest twentieth of wrong input may be, where the server takes it at all."""
HEAVIER = 1.2
TOO_LONG = 70_000
"""Characters of an address: more than the server takes."""


def test_whatever_stands_in_the_address_the_page_is_an_ordinary_one(pages: Visitor) -> None:
    usual = max(len(pages.get(f"/produk?{query}").data) for query in ORDINARY)
    for query in HOSTILE:
        answer = pages.get(f"/produk?{query}")
        assert answer.status_code == 200, query[:80]
        assert not Markup.of(answer.text).mistakes, query[:80]
        assert "</html>" in answer.text, query[:80]
        assert len(answer.data) <= HEAVIER * usual + 4 * min(len(query), 8_000), query[:80]


def test_more_choices_than_are_used_are_said_so_and_the_first_are_taken_away_by_a_link(
    pages: Visitor,
) -> None:
    few = pages.get("/produk?provinsi=Bali&provinsi=Aceh").text
    many = "&".join(f"provinsi=P{number}" for number in range(MOST_VALUES + 1))
    page = pages.get(f"/produk?{many}").text
    assert f"Hanya {MOST_VALUES} pilihan pertama" in page
    assert "pilihan pertama" not in few
    assert page.count("Hapus saringan ") == MOST_CHIPS
    assert f"{MOST_VALUES - MOST_CHIPS} saringan lagi" in page
    assert "saringan lagi" not in few
    assert f'value="P{MOST_VALUES - 1}" checked' in page


def test_a_word_typed_again_asks_for_nothing_more() -> None:
    assert wanted(["kopi"] * 12, {}) == wanted(["kopi"], {})


@pytest.mark.only_on("sqlite", because=PAGES)
def test_wrong_input_costs_what_an_ordinary_search_costs(pages: Visitor) -> None:
    """CPU, the least of a few rounds for each address; on SQLite it is all in this process."""
    taken = [query for query in HOSTILE if len(query) < TOO_LONG]
    ratios: list[float] = []
    while not ratios or (ratios[-1] > SLOWER and len(ratios) < TRIES):  # a busy moment passes
        wrong, usual = ([least(pages, query) for query in asked] for asked in (taken, ORDINARY))
        ratios.append(p95(wrong) / p95(usual))
    assert min(ratios) <= SLOWER


def least(pages: Visitor, query: str) -> float:
    """CPU seconds of a page, once it has been asked for."""
    took = []
    pages.get(f"/produk?{query}")
    for _ in range(ROUNDS):
        began = time.process_time()
        pages.get(f"/produk?{query}")
        took.append(time.process_time() - began)
    return min(took)


def p95(times: list[float]) -> float:
    """What all but a twentieth stay below."""
    return sorted(times)[int(0.95 * (len(times) - 1))]


def test_an_address_that_the_server_does_not_take_is_refused_and_the_shop_goes_on(
    live: LiveShop,
) -> None:
    where = urlsplit(live.url).netloc
    for length, status in ((TOO_LONG, 414), (60_000, 200), (200_000, 414), (7_000, 200)):
        visitor = http.client.HTTPConnection(where, timeout=20)
        visitor.request("GET", "/produk?q=" + "a" * length)
        assert visitor.getresponse().status == status, length
        visitor.close()


def test_addresses_of_every_shape_leave_no_more_statements_behind_than_shoppers_need() -> None:
    for names in combinations(TESTS, 3):
        marked._prepared(True, names, 1)
        listing._prepared(Sort.NEWEST, None, names, from_start=True)
        listing._narrowed(True, Sort.NEWEST, names, led=False, from_start=True, parted=False)
        counting.narrowed(True, ((counting.EVERYTHING, False),), (), names)
    kinds = (marked._prepared, listing._prepared, listing._narrowed, counting.narrowed)
    for kept in kinds:
        assert kept.cache_info().currsize == MOST_SHAPES
