"""What a maker reads about a duty: what the law wants, what the shop does, and since when."""

from datetime import date

import pytest
from flask_babel import force_locale

from shop.catalog.packaging.label_rules import HALAL, LABEL, Strictness
from shop.catalog.packaging.words import duty_sentence
from tests.support.engines import PAGES
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

SINCE = date(2026, 10, 18)
COMING = date(2027, 1, 1)
LAW = "Sejak 18 Oktober 2026 barang ini wajib bersertifikat halal"
GONE = "Barang ini tidak tampil di toko sampai kekurangannya dilengkapi."
SOON = "Mulai 1 Januari 2027 barang dengan label yang belum lengkap tidak tampil di toko"


@pytest.mark.parametrize(
    ("name", "now", "step", "said", "unsaid"),
    [
        (HALAL, Strictness.WARN, None, [LAW], [GONE, "Mulai"]),
        (HALAL, Strictness.HIDE, None, [LAW, GONE], ["Mulai"]),
        (HALAL, Strictness.BLOCK, None, [LAW, GONE], ["Mulai"]),
        (LABEL, Strictness.WARN, (COMING, Strictness.HIDE), [SOON], [LAW, GONE]),
        (LABEL, Strictness.HIDE, (COMING, Strictness.BLOCK), [GONE], [LAW, "Mulai"]),
        (LABEL, Strictness.WARN, (COMING, Strictness.WARN), [], [LAW, GONE, "Mulai"]),
    ],
)
def test_a_maker_reads_what_the_law_wants_and_from_when(
    client: Visitor,
    name: str,
    now: int,
    step: tuple[date, int] | None,
    said: list[str],
    unsaid: list[str],
) -> None:
    with client.application.test_request_context():
        sentence = duty_sentence(name, now, SINCE, step)
    assert [one for one in said if one not in sentence] == []
    assert [one for one in unsaid if one in sentence] == []


def test_a_duty_that_only_the_label_has_and_nothing_follows_says_nothing(client: Visitor) -> None:
    with client.application.test_request_context():
        assert duty_sentence(LABEL, Strictness.WARN, SINCE, None) == ""


def test_the_duty_is_said_in_english_too(client: Visitor) -> None:
    with client.application.test_request_context(), force_locale("en"):
        sentence = duty_sentence(HALAL, Strictness.HIDE, SINCE, None)
    assert "these goods need a halal certificate" in sentence
    assert "not shown in the shop" in sentence
