"""The list of cooperatives: every one once, a page at a time, however long it is at one cost."""

import gzip
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from shop.core.database.engine import Database
from shop.core.database.pagination import PAGE_ROWS, write_cursor
from shop.people.cooperatives.models import Cooperative
from shop.storefront.home.queries import HOME_COOPERATIVES
from tests.factories import NOON, make_cooperative
from tests.storefront.home.test_pages import GAYO
from tests.support.engines import PAGES
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

MANY = 60
NEXT = "Tampilkan koperasi berikutnya"


def listed(page: str) -> list[str]:
    """Slugs of the cooperatives on a page, in their order."""
    cards = Markup.of(page).all("a", class_="coopcard")
    return [(one.attrs["href"] or "").rpartition("/")[2] for one in cards]


def next_of(page: str) -> str:
    (link,) = Markup.of(page).all("a", rel="next")
    return link.attrs["href"] or ""


@pytest.fixture
def crowd(market: Database) -> Database:
    """A market of many cooperatives, some of one name, half of the new ones in Riau."""
    for number in range(MANY):
        made = make_cooperative(market, code=f"{number:03d}")
        with market.writing() as session:
            session.execute(
                update(Cooperative)
                .where(Cooperative.id == made.id)
                .values(
                    short_name=f"Maju {number // 3}",
                    province="Riau" if number % 2 else "Papua",
                )
            )
    return market


def test_every_cooperative_stands_in_the_list_once(crowd: Database, pages: Visitor) -> None:
    with crowd.reading() as session:
        everybody = set(session.scalars(select(Cooperative.slug)))
    for root, mark in (("/koperasi", ""), ("/en/koperasi", "/en")):
        path, seen = root, []
        while path:
            page = pages.get(path).text
            seen.append(listed(page))
            path = next_of(page) if 'rel="next"' in page else ""
            assert not path or path.startswith(f"{mark}/koperasi?setelah=")
        slugs = [slug for shown in seen for slug in shown]
        assert len(slugs) == len(everybody) == MANY + 12
        assert set(slugs) == everybody
        assert {len(shown) for shown in seen[:-1]} == {PAGE_ROWS}


def test_a_province_has_a_list_and_addresses_of_its_own(crowd: Database, pages: Visitor) -> None:
    page = pages.get("/koperasi?provinsi=Riau").text
    assert "<h1>Koperasi di Riau</h1>" in page
    assert f"{MANY // 2} koperasi menjual" in page
    assert next_of(page).startswith("/koperasi?provinsi=Riau&setelah=")
    assert 'href="http://localhost/koperasi?provinsi=Riau"' in page, "the list's lasting address"
    rest = pages.get(next_of(page)).text
    assert len(listed(page)) + len(listed(rest)) == MANY // 2
    assert '<a class="btn btn--quiet" href="/koperasi?provinsi=Riau">Ke awal</a>' in rest
    assert "Cooperatives in" in pages.get("/en/koperasi?provinsi=Riau").text


def test_any_number_of_cooperatives_costs_the_same(crowd: Database, pages: Visitor) -> None:
    database = pages.application.extensions["lumbung"].database
    sizes = []
    for path in ("/koperasi", "/koperasi?provinsi=Aceh", "/koperasi?provinsi=Riau"):
        with statements(database) as asked:
            answer = pages.get(path)
        assert len(asked) == 2, path
        sizes.append(len(gzip.compress(answer.data, 6)))
    assert max(sizes) < 9_000


@pytest.mark.parametrize(
    "query",
    [
        "provinsi=Atlantis",
        "provinsi=%00",
        "provinsi=" + "x" * 5_000,
        "setelah=xyz",
        "setelah=%00",
        f"setelah={write_cursor(('Maju', 'x'))}",
        f"setelah={write_cursor((1, 2))}",
        "provinsi=Riau&provinsi=Aceh&setelah=",
    ],
)
@pytest.mark.only_on("sqlite", because=PAGES)
def test_what_was_never_issued_is_an_ordinary_page(pages: Visitor, query: str) -> None:
    answer = pages.get(f"/koperasi?{query}")
    assert answer.status_code == 200
    assert not Markup.of(answer.text).mistakes


@pytest.mark.only_on("sqlite", because=PAGES)
def test_an_empty_end_and_an_empty_province_show_a_way_on(pages: Visitor) -> None:
    end = pages.get(f"/koperasi?setelah={write_cursor(('zzz', 1))}").text
    assert "Sudah sampai akhir daftar" in end
    empty = pages.get(f"/koperasi?provinsi={quote('Papua Selatan')}").text
    assert "Belum ada koperasi di provinsi ini" in empty


@pytest.mark.only_on("sqlite", because=PAGES)
def test_who_is_suspended_is_neither_listed_nor_counted(market: Database, pages: Visitor) -> None:
    assert "Aceh (1)" in pages.get("/koperasi").text
    with market.writing() as session:
        session.execute(
            update(Cooperative).where(Cooperative.slug == GAYO).values(suspended_at=NOON)
        )
    page = pages.get("/koperasi").text
    assert GAYO not in page
    assert "Aceh (" not in page
    assert "11 koperasi menjual" in page


def test_the_front_page_counts_as_many_as_it_shows_and_says_when_there_are_more(
    market: Database, pages: Visitor
) -> None:
    for number in range(HOME_COOPERATIVES - 12):
        make_cooperative(market, code=f"{number:03d}")
    assert f" produk, {HOME_COOPERATIVES} koperasi" in pages.get("/").text
    make_cooperative(market, code="999")
    assert f" produk, lebih dari {HOME_COOPERATIVES} koperasi" in pages.get("/").text
