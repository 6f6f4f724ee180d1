"""Every kind of notice reads well, in mail and on WhatsApp, and needs no more than it says."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from shop.services.outbox.message_templates import passages, words

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
ORDERS = (("GYO-26-000001", "Koperasi Gayo"), ("KPS-26-000004", "Koperasi Kintamani"))
LINK = "https://lumbung.example/pembelian/abc"

FACTS: dict[str, dict[str, Any]] = {
    "purchase_placed": {
        "total": 182_356,
        "by_qris": False,
        "pay_before": NOON,
        "zone": "Asia/Jakarta",
        "bank": "Bank Desa",
        "account_number": "1234567890",
        "account_name": "Lumbung Bersama",
        "orders": ORDERS,
        "link": LINK,
    },
    "purchase_paid": {"total": 182_356, "orders": ORDERS, "link": LINK},
    "purchase_cash": {"total": 182_000, "orders": ORDERS, "link": LINK},
    "purchase_lapsed": {"by_card": False, "orders": ORDERS, "link": LINK},
    "paid_twice": {"refund": 182_000, "by_card": True, "link": LINK},
    "order_accepted": {
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "ship_by": NOON,
        "zone": "Asia/Makassar",
        "fewer": (("Kopi Gayo", 1, 2),),
        "cash": None,
        "link": LINK,
    },
    "order_refused": {
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "refund": 90_000,
        "link": LINK,
    },
    "order_undelivered": {
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "link": LINK,
    },
    "order_returned": {
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "refund": 90_000,
        "link": LINK,
    },
    "refund_where": {"refund": 45_000, "link": LINK},
    "refund_sent": {
        "refund": 45_000,
        "to": "BRI ••7890",
        "reference": "2611260123",
        "link": LINK,
    },
    "refund_came_back": {"refund": 45_000, "to": "BRI ••7890", "link": LINK},
    "order_refunded": {
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "refund": 45_000,
        "link": LINK,
    },
    "order_sold_out": {
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "refund": 102_000,
        "why": "late_sold_out",
        "link": LINK,
    },
    "cooperative_suspended": {
        "cooperative": "Koperasi Gayo",
        "reason": "Izinnya sedang diperiksa.",
        "link": LINK,
    },
    "cooperative_resumed": {"cooperative": "Koperasi Gayo", "reason": "", "link": LINK},
    "order_waiting": {
        "number": "GYO-26-000001",
        "accept_by": NOON,
        "zone": "Asia/Jakarta",
        "link": LINK,
    },
    "order_unanswered": {
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "phone": "0812-3456-7890",
        "link": LINK,
    },
    "order_missed": {"number": "GYO-26-000001", "link": LINK},
    **{
        kind: {
            "number": "GYO-26-000001",
            "goods": "Kopi Gayo",
            "packs": 2,
            "granted": 1,
            "state": "answered",
            "cooperative": "Koperasi Gayo",
            "zone": "Asia/Jakarta",
            "until": NOON,
            "link": LINK,
        }
        for kind in (
            "complaint_filed",
            "complaint_answered",
            "complaint_appealed",
            "complaint_decided",
            "complaint_ended",
        )
    },
    "goods_recalled": {
        "goods": "Kopi Gayo",
        "code": "GYO261102A",
        "reason": "allergen",
        "cooperative": "Koperasi Gayo",
        "phone": "0812-3456-7890",
        "number": "GYO-26-000001",
        "link": LINK,
    },
    "order_unfetched": {
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "place": "Gudang Gayo, Senin–Jumat 08.00–16.00",
        "code": "482913",
        "until": NOON,
        "zone": "Asia/Jakarta",
        "link": LINK,
    },
    "order_not_fetched": {
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "refund": 90_000,
        "link": LINK,
    },
    "message_new": {"about": "GYO-26-000001", "cooperative": "Koperasi Gayo", "link": LINK},
    "message_answer": {"about": "Kopi Gayo", "cooperative": "Koperasi Gayo", "link": LINK},
    "order_called_off": {"number": "GYO-26-000001", "is_rest": False, "link": LINK},
    "order_ready_pickup": {
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "place": "Gudang Gayo, Senin–Jumat 08.00–16.00",
        "code": "482913",
        "cash": None,
        "link": LINK,
    },
    "order_shipped": {
        "parcel": None,
        "number": "GYO-26-000001",
        "cooperative": "Koperasi Gayo",
        "courier": "JNE",
        "tracking": "JX-1",
        "cash": None,
        "link": LINK,
    },
    "order_arrived": {"number": "GYO-26-000001", "cooperative": "Koperasi Gayo", "link": LINK},
    "order_new": {
        "number": "GYO-26-000001",
        "packs": 3,
        "accept_by": NOON,
        "zone": "Asia/Jakarta",
        "cash": None,
        "link": LINK,
    },
    "registration": {"link": LINK, "until": NOON},
    "registration_known": {"link": LINK, "recovery_link": LINK},
    "recovery": {"link": LINK, "until": NOON},
    "digest": {"lines": ("Pesanan di jalan",), "link": LINK, "settings_link": LINK},
    "password_changed": {"at": NOON, "recovery_link": LINK},
}


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_every_kind_greets_by_name_and_leads_to_a_page(kind: str) -> None:
    message = words(kind, name="Sari", **FACTS[kind])
    assert message.subject
    assert "\n" not in message.subject
    for text in (message.body, message.whatsapp_text):
        assert text.startswith("Halo Sari,\n\n")
        assert LINK in text
        assert "\n\n\n" not in text
        assert "{" not in text


def test_amounts_days_and_times_are_written_as_people_write_them() -> None:
    text = words("purchase_placed", name="Sari", **FACTS["purchase_placed"]).body
    assert "Transfer tepat Rp182.356" in text
    assert "sebelum Senin, 23 November 2026 pukul 12.00 WIB." in text


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_html_says_the_same_and_escapes_what_people_wrote(kind: str) -> None:
    message = words(kind, name="<b>Sari</b> & Co", **FACTS[kind])
    assert "&lt;b&gt;Sari&lt;/b&gt; &amp; Co" in message.html
    assert "<b>" not in message.html
    assert f'href="{LINK}"' in message.html
    assert "<img" not in message.html
    shown = [line for piece in passages(message.text) for line in piece.lines]
    assert all(str(escape(line)) in message.html for line in shown)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_passages_keep_every_word(text: str) -> None:
    kept = " ".join(line for piece in passages(text) for line in piece.lines).split()
    bare = " ".join(line.removeprefix("- ") for line in text.splitlines()).split()
    assert kept == bare


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_every_kind_speaks_english_to_who_reads_english(kind: str) -> None:
    message = words(kind, name="Sari", language="en", **FACTS[kind])
    both = {words(kind, name="Sari", **FACTS[kind]).subject, message.subject}
    assert len(both) == 2
    for text in (message.body, message.whatsapp_text):
        assert text.startswith("Hello Sari,\n\n")
        assert "https://lumbung.example/en/pembelian/abc" in text
        assert not re.search(r"\b(pesanan|barang|Anda|koperasi|pukul|sebelum)\b", text)


def test_days_and_times_in_a_letter_follow_its_reader() -> None:
    text = words("purchase_placed", name="Sari", language="en", **FACTS["purchase_placed"]).body
    assert "Transfer exactly Rp182.356" in text
    assert "before Monday, 23 November 2026 at 12:00 WIB." in text


def test_a_manager_is_led_to_the_desk_in_every_language() -> None:
    desk = "https://lumbung.example/kelola/gayo/pesanan/GYO-26-000001"
    facts = {**FACTS["order_new"], "link": desk}
    assert desk in words("order_new", name="Bu Wati", language="en", **facts).body


def test_an_own_delivery_names_no_courier() -> None:
    facts = {**FACTS["order_shipped"], "courier": None, "tracking": None}
    text = words("order_shipped", name="Sari", **facts).body
    assert "diantar sendiri oleh Koperasi Gayo" in text
    assert "resi" not in text


def test_what_people_wrote_reaches_the_reader_as_it_is() -> None:
    facts = {**FACTS["order_arrived"], "cooperative": "Kopi <Sa'dan> & Co"}
    assert "Kopi <Sa'dan> & Co" in words("order_arrived", name="Sari", **facts).body


def test_a_subject_cannot_carry_a_second_header() -> None:
    facts = {**FACTS["order_arrived"], "number": "GYO\r\nBcc: joko@lain.example"}
    assert "\n" not in words("order_arrived", name="Sari", **facts).subject
