"""A mail server on this machine that misbehaves as asked, and remembers what it took."""

import random
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from enum import StrEnum


class Mood(StrEnum):
    """What happens to one mail."""

    GOOD = "good"
    BUSY = "busy"
    """4xx at the reader's name."""
    REFUSES = "refuses"
    """5xx to the whole mail after it was read."""
    HANGS = "hangs"
    """Says nothing any more after the reader's name."""
    DROPS_BEFORE = "drops before"
    """Hangs up in the middle of the mail: it has nothing."""
    DROPS_AFTER = "drops after"
    """Takes the mail, and hangs up without saying so."""
    HANGS_AFTER = "hangs after"
    """Takes the mail, and says nothing."""
    NOBODY = "nobody"
    """5xx at the reader's name: nobody is there."""


@dataclass
class Taken:
    """One mail that the server has."""

    message_id: str
    reader: str
    whole: bytes
    is_told: bool
    """The sender was told that it arrived."""


@dataclass
class BadPost:
    """What the server took, and how it feels about the next mail."""

    mood: Callable[[], Mood]
    taken: list[Taken] = field(default_factory=list)
    moods: list[Mood] = field(default_factory=list)
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where the shop finds it."""
        return f"smtp://127.0.0.1:{self.port}"

    def by_reader(self) -> dict[str, list[Taken]]:
        """All that was taken, by who reads it."""
        found: dict[str, list[Taken]] = {}
        for mail in self.taken:
            found.setdefault(mail.reader, []).append(mail)
        return found


def by_chance(seed: int, *, trouble: float = 0.4) -> Callable[[], Mood]:
    """Good or one of the others, as a seeded die says."""
    die = random.Random(seed)
    bad = [one for one in Mood if one not in (Mood.GOOD, Mood.NOBODY)]
    lock = threading.Lock()

    def mood() -> Mood:
        with lock:
            return die.choice(bad) if die.random() < trouble else Mood.GOOD

    return mood


@contextmanager
def bad_post(mood: Callable[[], Mood]) -> Iterator[BadPost]:
    """Run such a server until the block ends."""
    post = BadPost(mood)
    over = threading.Event()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                _talk(post, self.rfile.readline, self.connection, over)
            except OSError:
                return  # the sender is gone

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        request_queue_size = 50

    with Server(("127.0.0.1", 0), Talk) as server:
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield post
        finally:
            over.set()
            server.shutdown()
            thread.join()


def _talk(
    post: BadPost, line: Callable[[], bytes], connection: socket.socket, over: threading.Event
) -> None:
    mood = post.mood()
    with post.lock:
        post.moods.append(mood)
    connection.sendall(b"220 desa\r\n")
    reader = ""
    while said := line():
        word = said.split()[0].upper() if said.split() else b""
        if word == b"RCPT":
            reader = said.decode().partition("<")[2].partition(">")[0]
            if mood is Mood.HANGS:
                over.wait()
                return
            answer = {Mood.BUSY: b"451 later", Mood.NOBODY: b"550 5.1.1 nobody"}.get(mood)
            connection.sendall((answer or b"250 ok") + b"\r\n")
        elif word == b"DATA":
            connection.sendall(b"354 go on\r\n")
            whole = _mail(line, mood)
            if whole is None or not _took(post, mood, reader, whole, connection, over):
                return
        elif word == b"QUIT":
            connection.sendall(b"221 bye\r\n")
            return
        else:
            connection.sendall(b"250 ok\r\n")


def _mail(line: Callable[[], bytes], mood: Mood) -> bytes | None:
    lines: list[bytes] = []
    while (said := line()) != b".\r\n":
        if not said or mood is Mood.DROPS_BEFORE:
            return None
        lines.append(said[1:] if said.startswith(b"..") else said)
    return b"".join(lines)


def _took(
    post: BadPost,
    mood: Mood,
    reader: str,
    whole: bytes,
    connection: socket.socket,
    over: threading.Event,
) -> bool:
    """Keep a mail and say so, or not; whether the talk goes on."""
    if mood is Mood.REFUSES:
        connection.sendall(b"554 not today\r\n")
        return True
    letter = message_from_bytes(whole, policy=policy.default)
    mail = Taken(letter["Message-ID"], reader, whole, is_told=False)
    with post.lock:
        post.taken.append(mail)
    if mood is Mood.HANGS_AFTER:
        over.wait()
    if mood is not Mood.GOOD:
        return False
    connection.sendall(b"250 taken\r\n")
    mail.is_told = True
    return True
