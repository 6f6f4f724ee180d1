"""Tracking numbers of many parcels at once: pasted or sent in, looked at, and taken."""

import csv
from collections.abc import Sequence
from io import StringIO

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from shop.core.formats.csv_files import Unreadable, UnreadableTable, decode_text, escape_formula
from shop.core.formats.excel_files import is_workbook, read_workbook
from shop.core.values import clock
from shop.core.values.codes import hash_token
from shop.core.values.text import as_typed
from shop.fulfilment.board import words
from shop.fulfilment.orders.rules import rights_of
from shop.fulfilment.tracking.actions import Checked, Fate, check, send, waiting
from shop.fulfilment.tracking.rules import COLUMNS, MAX_ROWS, line_of, read_list
from shop.fulfilment.tracking.words import file_words, long_words, why_words
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import PACKS
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("fulfilment_tracking", __name__)

MAX_LIST_LENGTH = 100_000


@bp.get("/kelola/<slug>/pesanan/resi")
@open_to(desk(*PACKS))
def look(slug: str) -> ResponseReturnValue:
    """The list of parcels that wait for a courier, to be filled in."""
    place = current_desk()
    with database().reading() as session:
        cards = waiting(session, place.cooperative_id, rights_of(place.roles), MAX_ROWS)
    return _page("\n".join(card.number for card in cards))


@bp.get("/kelola/<slug>/pesanan/resi.csv")
@open_to(desk(*PACKS))
def sheet(slug: str) -> ResponseReturnValue:
    """The same list as a sheet for a spreadsheet."""
    place = current_desk()
    with database().reading() as session:
        cards = waiting(session, place.cooperative_id, rights_of(place.roles), MAX_ROWS)
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        [card.number, *map(escape_formula, (card.who, card.place, card.way)), ""] for card in cards
    )
    return Response(
        text.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="resi-{place.code}.csv"'},
    )


@bp.post("/kelola/<slug>/pesanan/resi")
@open_to(desk(*PACKS))
def take(slug: str) -> ResponseReturnValue:
    """Show what the list would do; at the second tap, do the part of it that is right."""
    place = current_desk()
    typed = as_typed(request.form.get("daftar", ""))
    try:
        typed = as_typed("\n".join(filter(None, (typed, _file()))))
    except UnreadableTable as fault:
        return _page(typed, problem=file_words(fault.why)), 422
    if len(typed) > MAX_LIST_LENGTH or typed.count("\n") >= MAX_ROWS * 2:
        return _page(typed[:MAX_LIST_LENGTH], problem=long_words(), field="daftar"), 422
    rows = read_list(typed.split("\n"), place.code)
    if len(rows) > MAX_ROWS:
        return _page(typed, problem=long_words(), field="daftar"), 422
    with database().reading() as session:
        checked = check(session, place.cooperative_id, rows, rights_of(place.roles))
    if not checked or all(one.fate is Fate.BLANK for one in checked):
        problem = _(
            "Belum ada nomor resi. Tempel satu pesanan per baris, misalnya:"
            " %(code)s-26-000123 JP1234567890.",
            code=place.code,
        )
        return _page(typed, checked, problem=problem, field="daftar"), 422
    is_wrong = any(one.fate is Fate.WRONG for one in checked)
    # Nothing leaves that nobody looked at: a list that changed since is shown again first.
    if "kirim" not in request.form or request.form.get("dilihat") != hash_token(typed):
        return _page(typed, checked), 422 if is_wrong else 200
    left = send(place.cooperative_id, checked, person_id=place.person_id, now=clock.now())
    gone = len({one.number for one in rows} - {one.row.number for one in left})
    gone -= sum(one.fate is Fate.SENT for one in checked)
    said = ngettext("%(num)s paket diserahkan.", "%(num)s paket diserahkan.", gone)
    if any(one.fate is Fate.WRONG for one in left):
        kept = "\n".join(one.row.text for one in left)
        return _page(kept, left, done=said if gone else ""), 422
    return redirect_with_flash(f"/kelola/{place.slug}/pesanan?tahap=siap", said)


def _file() -> str:
    """The lines of a file that was sent along, in the manner of the field."""
    sent = request.files.get("berkas")
    data = sent.read() if sent and sent.filename else b""
    if not data:
        if sent and sent.filename:
            raise UnreadableTable(Unreadable.EMPTY)
        return ""
    if is_workbook(data):
        return "\n".join(map(line_of, read_workbook(data, MAX_ROWS * 2)))
    return decode_text(data)


def _page(
    typed: str,
    checked: Sequence[Checked] = (),
    *,
    problem: str = "",
    field: str = "berkas",
    done: str = "",
) -> str:
    place = current_desk()
    return render_template(
        "fulfilment/tracking/resi.html",
        typed=typed,
        seen=hash_token(typed),
        checked=checked,
        fates={fate: [one for one in checked if one.fate is fate] for fate in Fate},
        Fate=Fate,
        why_words=why_words,
        problem=problem,
        field=field,
        done=done,
        words=words,
        here=f"/kelola/{place.slug}/pesanan",
        maximum=MAX_ROWS,
        code=place.code,
    )
