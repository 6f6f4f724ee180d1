"""Mail leaves the house whole, to one reader, and never keeps anybody waiting for long."""

import socket
import threading
import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from shop.services.outbox import mailer
from shop.services.outbox.errors import MailUnavailable
from shop.services.outbox.mailer import FileMailer, Post, SmtpMailer, mail_name

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SENDER = "Lumbung <kabar@lumbung.example>"


def _post(folder: Path) -> Post:
    return Post(FileMailer(folder), SENDER, "https://lumbung.example")


def _send(post: Post, **given: str) -> None:
    words = {"to": "sari@pembeli.example", "subject": "Kabar", "body": "Halo\n", "key": "kabar:1"}
    post.send(**words | given, at=NOON)


def test_the_same_mail_twice_is_one_file(tmp_path: Path) -> None:
    for _ in range(2):
        _send(_post(tmp_path))
    (file,) = tmp_path.iterdir()
    assert file.name == f"{mail_name('kabar:1')}.eml"
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["From"] == SENDER
    assert letter["Message-ID"] == f"<{mail_name('kabar:1')}@lumbung.example>"


@pytest.mark.parametrize("given", ["sari@pembeli.example\r\nBcc: joko@lain.example", "a\nb@c.de"])
def test_no_address_carries_a_second_header(tmp_path: Path, given: str) -> None:
    with pytest.raises(ValueError, match="Header"):
        _send(_post(tmp_path), to=given)
    assert list(tmp_path.iterdir()) == []


def test_a_subject_stays_one_line(tmp_path: Path) -> None:
    _send(_post(tmp_path), subject="Kabar\r\nBcc: joko@lain.example")
    (file,) = tmp_path.iterdir()
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Kabar Bcc: joko@lain.example"


def test_a_server_that_refuses_is_named_and_tried_again_later() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(MailUnavailable):
        _send(Post(SmtpMailer(f"smtp://127.0.0.1:{port}"), SENDER, "https://lumbung.example"))


def test_a_server_that_says_nothing_holds_the_worker_no_longer_than_its_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailer, "CONNECT_SECONDS", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(MailUnavailable):
            _send(Post(SmtpMailer(url), SENDER, "https://lumbung.example"))
        assert time.monotonic() - started < 3


def _serve(listener: socket.socket, heard: list[bytes], *, greets: bytes = b"250 ok") -> None:
    """A mail server of a few lines: no encryption, takes one mail."""
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"220 desa\r\n")
        in_mail = False
        for line in connection.makefile("rb"):
            heard.append(line)
            if in_mail:
                if line == b".\r\n":
                    in_mail = False
                    connection.sendall(b"250 taken\r\n")
            elif line.upper().startswith(b"DATA"):
                in_mail = True
                connection.sendall(b"354 go on\r\n")
            elif line.upper().startswith(b"QUIT"):
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(greets + b"\r\n")


def _with_server(url: str) -> list[bytes]:
    heard: list[bytes] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=_serve, args=(listener, heard), daemon=True)
        thread.start()
        try:
            _send(
                Post(
                    SmtpMailer(url.format(port=listener.getsockname()[1])),
                    SENDER,
                    "https://lumbung.example",
                )
            )
        finally:
            thread.join(3)
    return heard


def test_a_mail_reaches_the_server() -> None:
    heard = b"".join(_with_server("smtp://127.0.0.1:{port}"))
    assert b"rcpt to:<sari@pembeli.example>" in heard.lower()
    assert b"Subject: Kabar" in heard


def test_a_password_is_never_sent_unencrypted() -> None:
    with pytest.raises(MailUnavailable):
        _with_server("smtp://user:rahasia@127.0.0.1:{port}")
