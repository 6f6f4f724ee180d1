"""Sending text mail: over SMTP, or as files where there is no server."""

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from shop.core.codes import fingerprint
from shop.core.text import slugify
from shop.outbox.errors import MailUnavailable

CONNECT_SECONDS = 3
READ_SECONDS = 10


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

        :raises MailUnavailable: when the server is silent for 3 seconds at the door, 10 inside,
            or refuses.
        """
        try:
            with self._connect() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as fault:
            raise MailUnavailable(type(fault).__name__) from fault

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, context = parts.hostname or "localhost", ssl.create_default_context()
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=CONNECT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or 587, timeout=CONNECT_SECONDS)
        try:
            self._introduce(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _introduce(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        parts = urlsplit(self.url)
        if server.sock is not None:
            server.sock.settimeout(READ_SECONDS)
        server.ehlo()
        is_private = parts.scheme == "smtps"
        if not is_private and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            is_private = True
        if parts.username:
            if not is_private:
                # The password would travel readable by everybody on the way.
                raise MailUnavailable("the mail server offers no encryption")
            server.login(unquote(parts.username), unquote(parts.password or ""))


@dataclass(frozen=True, slots=True)
class Post:
    """How this installation sends mail; made from the settings once."""

    mailer: Mailer
    sender: str
    public_url: str
    """What links in mails start with; never taken from a request."""

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        """Send one text mail.

        :param key: what the mail is about and to whom, so that a second delivery after a crash
            can be recognised: the same file, the same Message-ID.
        """
        name = mail_name(key)
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = " ".join(subject.split())
        message["Message-ID"] = f"<{name}@{parseaddr(self.sender)[1].rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
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
        raise RuntimeError("mail is not set up: call shop.outbox.mail.install at start")
    return _installed[0]


def mail_name(key: str) -> str:
    """The lasting name of a mail: readable, and unique by its key."""
    return f"{slugify(key)[:40]}-{fingerprint(key)[:32]}"
