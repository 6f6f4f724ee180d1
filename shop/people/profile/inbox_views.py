"""*Pemberitahuan*: what a person was told, what they have read, and how mail comes."""

from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from shop.core.database.pagination import read_cursor
from shop.core.values import clock
from shop.core.values.errors import NotFound
from shop.core.values.text import read_id
from shop.people.profile.actions import choose_mail
from shop.people.sign_in.forms import AT_ONCE, MailForm
from shop.people.sign_in.guards import SignedIn, current_person, signed_in
from shop.services.outbox.actions import mark_read
from shop.services.outbox.notices import LIST, SETTINGS, contacts, in_the_shop, worded
from shop.services.outbox.queries import notice_of, notices_of
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash, render_invalid
from shop.web.i18n.language import language, localized_url

bp = Blueprint("accounts_inbox", __name__)


def _me() -> SignedIn:
    person = current_person()
    assert person is not None  # the guard let nobody else in
    return person


@bp.get(LIST)
@open_to(signed_in)
def inbox() -> ResponseReturnValue:
    """What the person was told, newest first; in a fixed number of statements."""
    before = read_cursor(request.args.get("setelah"), (int,))
    with database().reading() as session:
        page = notices_of(session, _me().id, int(before[0]) if before else None)
        lines = in_the_shop(session, page.rows, language())
    return render_template(
        "people/profile/pemberitahuan.html",
        lines=lines,
        newest=page.rows[0].id if page.rows else 0,
        next_cursor=page.next_cursor,
        is_first=before is None,
        zone=_me().digest_zone or clock.HOME_ZONE,
    )


@bp.post(LIST)
@open_to(signed_in)
def read_all() -> ResponseReturnValue:
    """Mark as read what the page showed and all before it; what came meanwhile stays new."""
    until = read_id(request.form.get("sampai", "")) or 0
    with database().writing() as session:
        count = mark_read(session, _me().id, clock.now(), until=until)
    return redirect_with_flash(
        LIST,
        ngettext("%(num)s kabar ditandai dibaca.", "%(num)s kabar ditandai dibaca.", count)
        if count
        else _("Semua kabar sudah dibaca."),
    )


@bp.post(f"{LIST}/buka")
@open_to(signed_in)
def open_one() -> ResponseReturnValue:
    """Mark one as read and lead to the page it is about."""
    person, wanted = _me(), read_id(request.form.get("kabar", "")) or 0
    with database().reading() as session:
        notice = notice_of(session, person.id, wanted)
        if notice is None:
            raise NotFound(str(wanted))
        found = worded(session, [notice], contacts(session, [notice.contact_id]), language())
    with database().writing() as session:
        mark_read(session, person.id, clock.now(), only=wanted)
    link = found[wanted].link if wanted in found else None
    return redirect(_in_this_shop(link) if link else localized_url(LIST), code=303)


@bp.get(SETTINGS)
@open_to(signed_in)
def mail_page() -> ResponseReturnValue:
    """How mail comes now."""
    return render_template(
        "people/profile/surat.html", form=MailForm(surat=_me().digest_zone or AT_ONCE)
    )


@bp.post(SETTINGS)
@open_to(signed_in)
def new_mail() -> ResponseReturnValue:
    """Have notices mailed at once, or once a day."""
    form = MailForm()
    if not form.validate():
        return render_invalid("people/profile/surat.html", form)
    chosen = str(form.surat.data)
    with database().writing() as session:
        choose_mail(session, _me().id, None if chosen == AT_ONCE else chosen)
    return redirect_with_flash(SETTINGS, _("Pilihan surel sudah disimpan."))


def _in_this_shop(link: str) -> str:
    """An address of ours as a letter spells it, without the name of the shop."""
    parts = urlsplit(link)
    return urlunsplit(("", "", parts.path, parts.query, parts.fragment))
