"""Sending mail, in text and HTML: over SMTP, or as files where there is no server."""

import os
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from shop.core.values.codes import hash_token
from shop.core.values.text import slugify
from shop.services.outbox.errors import AddressRefused, AnswerLost, MailUnavailable

CONNECT_SECONDS = 3
READ_SECONDS = 10
MAX_SECONDS = 60
"""For one mail altogether: a server that says a letter every nine seconds holds nobody."""

OK, WILL_FORWARD, GO_ON = 250, 251, 354
NOBODY_THERE = (550, 551, 553)
OUR_FAULT = b"5.7."
"""What a server adds when it refuses the sender, not the reader: no reason to give a reader up."""


class Mailer(Protocol):
    """A way to hand mail over."""

    def hand_over(self, message: EmailMessage, name: str) -> None:
        """Give ``message`` away; ``name`` is the same each time the same mail is sent."""


@dataclass(frozen=True, slots=True)
class FileMailer:
    """Mails as files, for the demo and for tests: one file a mail, however often it is sent."""

    folder: Path

    def hand_over(self, message: EmailMessage, name: str) -> None:
        """Write ``<name>.eml``, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.folder / f".{name}.{os.getpid()}"
        draft.write_bytes(bytes(message))
        draft.replace(self.folder / f"{name}.eml")


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """A mail server behind ``smtp://user:password@host:587`` or ``smtps://…:465``."""

    url: str

    def hand_over(self, message: EmailMessage, name: str) -> None:
        """Deliver over the network; never called while a transaction is open.

        :raises AddressRefused: when nobody has the address, for good.
        :raises AnswerLost: when the mail went out whole and the server fell silent.
        :raises MailUnavailable: when the server is silent for 3 seconds at the door, 10 inside,
            or refuses; it has nothing of ours then.
        """
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as fault:
            raise MailUnavailable(type(fault).__name__) from fault
        try:
            with _no_longer_than(server, MAX_SECONDS):
                self._introduce(server)
                _deliver(server, message)
        except AnswerLost:
            raise
        except (OSError, smtplib.SMTPException) as fault:
            raise MailUnavailable(type(fault).__name__) from fault
        finally:
            server.close()

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        if parts.scheme == "smtps":
            context = ssl.create_default_context()
            port = parts.port or 465
            return smtplib.SMTP_SSL(host, port, timeout=CONNECT_SECONDS, context=context)
        return smtplib.SMTP(host, parts.port or 587, timeout=CONNECT_SECONDS)

    def _introduce(self, server: smtplib.SMTP) -> None:
        parts = urlsplit(self.url)
        if server.sock is not None:
            server.sock.settimeout(READ_SECONDS)
        server.ehlo()
        is_private = parts.scheme == "smtps"
        if not is_private and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
            is_private = True
        if parts.username:
            if not is_private:
                # The password would travel readable by everybody on the way.
                raise MailUnavailable("the mail server offers no encryption")
            server.login(unquote(parts.username), unquote(parts.password or ""))


def _deliver(server: smtplib.SMTP, message: EmailMessage) -> None:
    """One mail to one reader, step by step: only so can be told what the server has of it."""
    sender, reader = (parseaddr(str(message[header]))[1] for header in ("From", "To"))
    options: tuple[str, ...] = ()
    if not reader.isascii():
        if not server.has_extn("smtputf8"):
            raise AddressRefused("the server knows plain addresses only")
        options = ("SMTPUTF8", "BODY=8BITMIME")
    _expect(server.mail(sender, options), OK)
    answer = server.rcpt(reader)
    if answer[0] in NOBODY_THERE and OUR_FAULT not in answer[1]:
        raise AddressRefused(str(answer[0]))
    _expect(answer, OK, WILL_FORWARD)
    _expect(server.docmd("DATA"), GO_ON)
    form = policy.SMTPUTF8 if options else policy.SMTP
    # A line that begins with a point would end the mail: it gets a second one on the way.
    server.send(re.sub(rb"(?m)^\.", b"..", message.as_bytes(policy=form)) + b"\r\n.\r\n")
    try:
        answer = server.getreply()
    except (OSError, smtplib.SMTPException) as fault:
        raise AnswerLost(type(fault).__name__) from fault
    _expect(answer, OK)


def _expect(answer: tuple[int, bytes], *good: int) -> None:
    if answer[0] not in good:
        raise MailUnavailable(str(answer[0]))


@contextmanager
def _no_longer_than(server: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Hang up after a while, whatever the server does meanwhile."""

    def hang_up() -> None:
        if server.sock is not None:
            with suppress(OSError):  # it may have hung up itself just now
                server.sock.shutdown(socket.SHUT_RDWR)  # closing alone would wake nobody

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@dataclass(frozen=True, slots=True)
class Post:
    """How this installation sends mail; made from the settings once."""

    mailer: Mailer
    sender: str
    public_url: str
    """What links in mails start with; never taken from a request."""

    def send(
        self,
        *,
        to: str,
        subject: str,
        body: str,
        key: str,
        at: datetime,
        html: str | None = None,
        settings: str | None = None,
    ) -> None:
        """Send one mail.

        :param key: what the mail is about and to whom, so that a second delivery after a crash
            can be recognised: the same file, the same Message-ID.
        :param at: when it was written; the same each time, as all of it is.
        :param html: the same words for programs that show them so.
        :param settings: for mails that come every day, the address where they are turned off.
        """
        name = mail_name(key)
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = " ".join(subject.split())
        message["Date"] = at
        message["Message-ID"] = f"<{name}@{parseaddr(self.sender)[1].rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        if settings is not None:
            message["List-Unsubscribe"] = f"<{settings}>"
        message.set_content(body)
        if html is not None:
            message.add_alternative(html, subtype="html")
            # Else it is drawn by chance, and a mail sent twice would not be the same.
            message.set_boundary(f"=={hash_token(key)[:32]}")
        self.mailer.hand_over(message, name)

    def link(self, path: str) -> str:
        """A full address of a page of this shop."""
        return self.public_url + path


_installed: list[Post] = []


def install(*, smtp_url: str | None, mail_from: str, public_url: str, folder: Path) -> Post:
    """Set up mail for this process; without a server mails become files in ``folder``."""
    mailer: Mailer = SmtpMailer(smtp_url) if smtp_url else FileMailer(folder)
    post = Post(mailer, mail_from, public_url)
    _installed[:] = [post]
    return post


def post() -> Post:
    """The way this process sends mail."""
    if not _installed:
        raise RuntimeError("mail is not set up: call shop.services.outbox.mailer.install at start")
    return _installed[0]


def mail_name(key: str) -> str:
    """The lasting name of a mail: readable, and unique by its key."""
    return f"{slugify(key)[:40]}-{hash_token(key)[:32]}"
