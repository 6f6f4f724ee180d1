"""The database edge: one way to read, one way to write, on SQLite and on PostgreSQL."""

import fcntl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shop.core.values.errors import OutsideUnavailable

T = TypeVar("T")

BUSY_SECONDS = 15
WRITE_TRIES = 4
MAX_WAITING = 4
"""Reading connections of SQLite that stay open while nobody reads: each takes up to three
megabytes, two of them pages of the database: lists and goods among a million cost a third less CPU
with these than with a fifth of a megabyte. Opening one takes 2.5 ms, which few readers meet."""
WAITS_FOR_NOBODY = "BEGIN"
RETRIED = {"40001", "40P01"}
"""PostgreSQL's serialization failure and deadlock: the same work may succeed at once."""


Reader = Session | Connection
"""What a query runs on; a connection alone (:meth:`Database.connect_readonly`) costs less."""


def reads_sqlite(reader: Reader) -> bool:
    """Whether a session or connection reads from SQLite."""
    bind = reader if isinstance(reader, Connection) else reader.get_bind()
    return bind.dialect.name == "sqlite"


class DatabaseBusy(OutsideUnavailable):
    """Another writer held the database for longer than a person should wait."""


class _Queue:
    """First come, first served among the threads of one process.

    SQLite's own busy handler sleeps and guesses: with it alone the unluckiest of 64 writers
    waited nine seconds. A ticket keeps them in order.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    def enter(self, seconds: float) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            ticket = threading.Event()
            self._waiting.append(ticket)
        if ticket.wait(seconds):
            return
        with self._guard:
            if not ticket.is_set():
                self._waiting.remove(ticket)
                raise DatabaseBusy("the write queue did not move")

    def leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


class Database:
    """Two engines over one database: pages read, actions write.

    :param url: ``sqlite:///path/to/file.db`` or ``postgresql+psycopg://…``.
    :param threads: how many threads of this process may hold a connection at once.
    """

    def __init__(self, url: str, *, threads: int = 16) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._queue = _Queue()
        self._mine = threading.local()
        self._kept: list[Any] = []  # the driver's
        if self.is_sqlite:
            file = Path(self.url.database or "")
            file.parent.mkdir(parents=True, exist_ok=True)
            self._lock_path = file.with_name(file.name + ".lock")
            self.engine = create_engine(
                self.url, pool_size=threads, max_overflow=threads, pool_use_lifo=True
            )
            waiting = min(threads, MAX_WAITING)
            self.read_engine = create_engine(
                self.url,
                pool_size=waiting,
                max_overflow=2 * threads - waiting,
                pool_use_lifo=True,
            )
            _listen(self.engine, begin="BEGIN IMMEDIATE", pragmas=("synchronous=FULL",))
            # query_only: a page that would change something fails in its first test.
            _listen(self.read_engine, begin=WAITS_FOR_NOBODY, pragmas=("query_only=ON",))
        else:
            from shop.core.database import (
                postgresql,  # its driver is loaded where there is a server
            )

            self.engine, self.read_engine = postgresql.engines(self.url, threads)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking: it never waits for a writer and cannot change anything."""
        with Session(self.read_engine, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def connect_readonly(self) -> Iterator[Connection]:
        """A connection for reads alone: a session with its objects costs as much as a query."""
        with self.read_engine.connect() as connection:
            connection.begin()  # closing undoes it: nothing was written
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends well, undone when anything is raised.

        :raises DatabaseBusy: when other writers held the database for 15 seconds.
        """
        if getattr(self._mine, "writing", False):
            raise RuntimeError("a transaction is already open in this thread")
        self._mine.writing = True
        try:
            with self._turn(), Session(self.engine, expire_on_commit=False) as session:
                try:
                    with session.begin():
                        yield session
                except OperationalError as fault:
                    if self.is_sqlite and "locked" in str(fault.orig):
                        raise DatabaseBusy("another program holds the database") from fault
                    raise
        finally:
            self._mine.writing = False

    def write(self, work: Callable[[Session], T]) -> T:
        """Do ``work`` in one transaction and do it again when PostgreSQL asks for that.

        ``work`` must not leave traces outside the session: it may run up to four times.
        """
        for last in (False,) * (WRITE_TRIES - 1) + (True,):
            try:
                with self.writing() as session:
                    return work(session)
            except OperationalError as fault:
                if last or getattr(fault.orig, "sqlstate", None) not in RETRIED:
                    raise
                time.sleep(0.01)
        raise AssertionError("the last try either returns or raises")

    @contextmanager
    def block_writers(self) -> Iterator[None]:
        """Block all writers without opening a transaction (SQLite only).

        For who changes the file itself: a writer opens it after its turn came.
        """
        with self._turn():
            yield

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the right to write: in the process by ticket, between processes by file."""
        if not self.is_sqlite:
            yield
            return
        self._queue.enter(BUSY_SECONDS)
        try:
            with _locked(self._lock_path):
                yield
        finally:
            self._queue.leave()

    def own_connection(self) -> Any:  # the driver's own: nothing that drivers have in common
        """A reading connection for one who keeps it: each statement sees what is committed now."""
        lent = self.read_engine.raw_connection()
        kept: Any = lent.dbapi_connection
        lent.detach()  # nobody else waits for it
        self._kept.append(kept)
        return kept

    def dispose(self) -> None:
        """Close all connections, for example before a process forks or a test ends."""
        while self._kept:
            self._kept.pop().close()
        self.engine.dispose()
        self.read_engine.dispose()


def advisory_lock(session: Session, subject: str) -> None:
    """Hold an advisory lock on ``subject`` until this transaction ends.

    For what several rows say together and no single row could be locked for. SQLite has one
    writer at a time and needs nothing.

    :param subject: what is to be counted, e.g. ``"phone:+6281…"``; it is kept nowhere.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(_TURN, {"subject": subject})


_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("subject"), 0)))


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # Closing the file gives the lock back, also when the process dies.
        yield file


def _listen(engine: Engine, *, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # a bare DBAPI connection
        # The driver's own transactions begin too late to be IMMEDIATE.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "foreign_keys=ON",
            *pragmas,
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if begin == WAITS_FOR_NOBODY:  # so it is never refused: the driver alone can be asked
            driver: Any = connection.connection.dbapi_connection
            driver.execute(begin)
        else:
            connection.exec_driver_sql(begin)
