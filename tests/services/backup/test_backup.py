"""A backup is what was put back: the same facts and photos on a machine without a shop."""

import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from shop.catalog.inventory.actions import change_by
from shop.catalog.inventory.models import MovementReason, StockMovement
from shop.core.database.engine import Database
from shop.services.media.models import Photo
from tests.factories import NOON, Goods, make_goods, make_purchase, shelf
from tests.services.backup.conftest import Place, add_photo
from tests.support.engines import OWN_FILE, OWN_SERVER
from tests.support.live import LiveShop

one_engine = pytest.mark.only_on("sqlite", because=OWN_FILE)
on_postgresql = pytest.mark.only_on("postgresql", because=OWN_SERVER)


def test_a_shop_put_back_elsewhere_is_the_same(here: Place, there: Place, tmp_path: Path) -> None:
    kept = here.run("backup", "create", str(tmp_path / "kept"))
    assert kept.exit_code == 0, kept.output
    assert "Kept in" in kept.output
    assert "keep it where only you can read it" in kept.output

    back = there.run("backup", "restore", str(tmp_path / "kept"))

    assert back.exit_code == 0, back.output
    assert "Books, stock and payments agree" in back.output
    assert there.facts() == here.facts()
    assert there.photos() == here.photos()
    assert len(there.photos()) == 3
    assert json.loads(there.run("verify").output)["ok"]


def test_what_was_kept_while_people_shop_is_one_moment(
    db: Database, here: Place, there: Place, goods: Goods, tmp_path: Path
) -> None:
    with shopping(db, here, goods) as at_least_one_more:
        at_least_one_more()
        assert here.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
        at_least_one_more()
    back = there.run("backup", "restore", str(tmp_path / "kept"))
    assert back.exit_code == 0, back.output
    assert json.loads(there.run("verify").output)["ok"]

    database = Database(there.database_url)
    with database.reading() as session:
        moved = session.scalars(select(StockMovement.id).order_by(StockMovement.id)).all()
        named = session.scalars(select(Photo.key)).all()
    database.dispose()
    with db.reading() as session:
        all_moved = session.scalars(select(StockMovement.id).order_by(StockMovement.id)).all()
    assert moved == all_moved[: len(moved)], "what had happened until then, without a gap"
    assert 1 < len(moved) < len(all_moved), "people did shop before and after"
    assert len(named) > 3
    stands = there.photos()
    assert [key for key in named if f"{key}/utuh.jpg" not in stands] == []


@one_engine
def test_a_copied_file_lacks_what_was_sold_last(
    db: Database, here: Place, goods: Goods, tmp_path: Path
) -> None:
    """The control: what a backup would be without the database's own help."""
    with closing(sqlite3.connect(here.database_url.removeprefix("sqlite:///"))) as holds_the_log:
        holds_the_log.execute("SELECT count(*) FROM orders").fetchone()
        make_purchase(db, {goods: 1})
        shutil.copyfile(here.database_url.removeprefix("sqlite:///"), tmp_path / "copied.db")
        assert here.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
    assert orders_in(tmp_path / "copied.db") == 3
    assert orders_in(tmp_path / "kept" / "lumbung.db") == 4


def test_nothing_is_replaced_unless_asked(
    db: Database, here: Place, goods: Goods, tmp_path: Path
) -> None:
    assert here.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
    kept, photos = here.facts(), here.photos()
    make_purchase(db, {goods: 1})
    add_photo(db, here.media, "later")
    (here.media / "photo1" / "utuh.jpg").write_bytes(b"damaged")
    db.dispose()
    later = here.facts()

    refused = here.run("backup", "restore", str(tmp_path / "kept"))
    assert refused.exit_code == 1
    assert "the database holds tables and photos stand in the store" in refused.output
    assert "--force" in refused.output
    assert here.facts() == later

    back = here.run("backup", "restore", "--force", str(tmp_path / "kept"))
    assert back.exit_code == 0, back.output
    assert here.facts() == kept
    # What no row names any more is left to the sweep.
    assert here.photos() == {**photos, "later/utuh.jpg": b"later" * 50}


def test_a_shop_that_was_put_back_can_be_kept_and_put_back_again(
    here: Place, there: Place, tmp_path: Path
) -> None:
    assert here.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
    for again in ("once", "twice"):
        back = there.run("backup", "restore", "--force", str(tmp_path / "kept"))
        assert back.exit_code == 0, (again, back.output)
        shutil.rmtree(tmp_path / "kept")
        assert there.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
    assert there.facts() == here.facts()


def test_it_is_not_put_back_under_a_running_shop(
    db: Database, here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.services.backup.postgresql.LEAVING_SECONDS", 0)
    assert here.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
    with db.reading() as session:
        session.scalar(select(Photo.id))
        refused = here.run("backup", "restore", "--force", str(tmp_path / "kept"))
    assert refused.exit_code == 1
    assert "the shop is running" in refused.output
    assert "stop" in refused.output.lower()


@on_postgresql
def test_a_connection_that_is_just_being_closed_is_no_running_shop(
    db: Database, here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert here.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
    leaving = db.read_engine.connect()

    def close(seconds: float) -> None:
        leaving.close()
        db.dispose()
        time.sleep(seconds)

    while_it_waits = SimpleNamespace(monotonic=time.monotonic, sleep=close)
    monkeypatch.setattr("shop.services.backup.postgresql.time", while_it_waits)
    put_back = here.run("backup", "restore", "--force", str(tmp_path / "kept"))
    assert put_back.exit_code == 0, put_back.output
    assert leaving.closed


def test_web_and_worker_are_noticed_also_while_nobody_looks_at_a_page(
    live: LiveShop, tmp_path: Path
) -> None:
    live.lumbung("backup", "create", str(tmp_path / "kept"))
    refused = live.lumbung("backup", "restore", "--force", str(tmp_path / "kept"), check=False)
    assert refused.returncode == 1
    assert "the shop is running" in refused.stderr


def test_older_tables_are_kept_and_put_back_before_the_upgrade(
    here: Place, there: Place, tmp_path: Path
) -> None:
    newest = here.run("db", "current").output.strip()
    older = f"{int(newest) - 1:04d}"
    assert here.run("db", "downgrade", older).exit_code == 0
    assert here.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
    back = there.run("backup", "restore", str(tmp_path / "kept"))
    assert back.exit_code == 0, back.output
    assert "run `lumbung db upgrade`" in back.output
    assert there.run("db", "upgrade").exit_code == 0
    assert json.loads(there.run("verify").output)["ok"]


@one_engine
@pytest.mark.parametrize("changed", ["manifest", "database", "photo", "missing", "outside"])
def test_a_damaged_backup_is_named_before_anything_is_touched(
    here: Place, there: Place, tmp_path: Path, changed: str
) -> None:
    kept = tmp_path / "kept"
    assert here.run("backup", "create", str(kept)).exit_code == 0
    sheet = kept / "manifest.json"
    match changed:
        case "manifest":
            sheet.write_text(sheet.read_text()[:-5])
        case "database":
            flip(kept / "lumbung.db")
        case "photo":
            flip(kept / "media" / "photo1" / "utuh.jpg")
        case "missing":
            (kept / "media" / "photo1" / "utuh.jpg").unlink()
        case "outside":
            sheet.write_text(sheet.read_text().replace("media/photo1", "../photo1"))
    refused = there.run("backup", "restore", str(kept))
    assert refused.exit_code == 1
    assert "take another backup" in refused.output
    assert str(kept) in refused.output
    assert there.photos() == {}
    assert there.facts() == {}


@one_engine
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"engine": "sqlite"', '"engine": "postgresql"', "DATABASE_URL names sqlite"),
        ('"revision": "', '"revision": "9', "install the version that made the backup"),
        ('"format": 1', '"format": 2', "made by another Lumbung"),
    ],
)
def test_a_backup_of_another_kind_says_what_it_needs(
    here: Place, there: Place, tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert here.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
    sheet = tmp_path / "kept" / "manifest.json"
    sheet.write_text(sheet.read_text().replace(old, new))
    refused = there.run("backup", "restore", str(tmp_path / "kept"))
    assert refused.exit_code == 1
    assert said in refused.output


@one_engine
def test_a_damaged_database_is_not_put_back_although_its_sheet_agrees(
    here: Place, there: Place, tmp_path: Path
) -> None:
    from shop.services.backup.manifest import Manifest, part

    kept = tmp_path / "kept"
    assert here.run("backup", "create", str(kept)).exit_code == 0
    with closing(sqlite3.connect(kept / "lumbung.db")) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DELETE FROM purchases")
        connection.commit()
    said = Manifest.read(kept)
    Manifest(
        said.format,
        said.made_at,
        said.engine,
        said.revision,
        part(kept, "lumbung.db"),
        said.photos,
    ).write(kept)
    refused = there.run("backup", "restore", str(kept))
    assert refused.exit_code == 1
    assert "points at nothing" in refused.output


@one_engine
def test_a_folder_in_use_is_left_alone(here: Place, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("keep me")
    refused = here.run("backup", "create", str(tmp_path / "mine"))
    assert refused.exit_code == 1
    assert "choose a folder that is new" in refused.output
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["letter"]


@one_engine
def test_a_backup_broken_off_never_bears_the_name(
    here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_database: Database, file: Path) -> None:
        file.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shop.services.backup.sqlite.dump", full)
    refused = here.run("backup", "create", str(tmp_path / "backups" / "kept"))
    assert refused.exit_code == 1
    assert "no backup was made" in refused.output
    assert "No space left" in refused.output
    assert list((tmp_path / "backups").iterdir()) == []


@one_engine
def test_a_shop_without_tables_has_nothing_to_keep(there: Place, tmp_path: Path) -> None:
    refused = there.run("backup", "create", str(tmp_path / "kept"))
    assert refused.exit_code == 1
    assert "check DATABASE_URL" in refused.output


@one_engine
def test_a_backup_is_for_its_owner_alone(here: Place, tmp_path: Path) -> None:
    assert here.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0


# ---- PostgreSQL's tools
@on_postgresql
def test_a_missing_or_older_tool_is_named_with_its_package(
    here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.services.backup.postgresql.DEBIAN", tmp_path / "nowhere")
    (tmp_path / "bin").mkdir()
    refused = here.run("backup", "create", str(tmp_path / "kept"), PATH=str(tmp_path / "bin"))
    assert refused.exit_code == 1
    assert "it is not here: install postgresql-client-17" in refused.output

    old = tmp_path / "bin" / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 13.4'\n")
    old.chmod(0o755)
    refused = here.run("backup", "create", str(tmp_path / "kept"), PATH=str(tmp_path / "bin"))
    assert "only that of 13 is here" in refused.output
    assert not (tmp_path / "kept").exists()


@on_postgresql
def test_tables_that_cannot_be_put_back_leave_the_old_ones(
    here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert here.run("backup", "create", str(tmp_path / "kept")).exit_code == 0
    before = here.facts()
    (tmp_path / "bin").mkdir()
    failing = tmp_path / "bin" / "pg_restore"
    failing.write_text(
        "#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_restore 17.1' || { echo no >&2; exit 1; }\n"
    )
    failing.chmod(0o755)
    path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
    refused = here.run("backup", "restore", "--force", str(tmp_path / "kept"), PATH=path)
    assert refused.exit_code == 1
    assert "pg_restore gave up: no" in refused.output
    assert here.facts() == before


@contextmanager
def shopping(db: Database, here: Place, goods: Goods) -> Iterator[Callable[[], None]]:
    """People buy, members put packs on shelves and upload photos, until the block ends.

    Yields what waits until each of them has done one more thing.
    """
    over = threading.Event()
    more = make_goods(db, goods.cooperative, on_hand=50)
    done = [threading.Semaphore(0) for _ in range(3)]
    faults: list[BaseException] = []

    def buy(number: int) -> None:
        make_purchase(db, {goods: 1 + number % 3})

    def put_on_shelf(_number: int) -> None:
        with db.writing() as session:
            change_by(
                session,
                variant_id=more.variant_id,
                cooperative_id=more.cooperative.id,
                change=1,
                reason=MovementReason.PRODUCED,
                person_id=None,
                now=NOON,
            )

    def upload(number: int) -> None:
        add_photo(db, here.media, f"more{number}")

    def go_on(act: Callable[[int], None], told: threading.Semaphore) -> None:
        number = 0
        try:
            while not over.is_set():
                act(number)
                told.release()
                number += 1
        except BaseException as fault:
            faults.append(fault)
            told.release()

    def one_more() -> None:
        for told in done:
            while told.acquire(blocking=False):
                pass
            assert told.acquire(timeout=30), faults

    people = [
        threading.Thread(target=go_on, args=pair)
        for pair in zip((buy, put_on_shelf, upload), done, strict=True)
    ]
    for person in people:
        person.start()
    try:
        yield one_more
    finally:
        over.set()
        for person in people:
            person.join()
    assert faults == []
    assert shelf(db, more).on_hand > 50


def orders_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        found: int = connection.execute("SELECT count(*) FROM orders").fetchone()[0]
    return found


def flip(file: Path) -> None:
    """One bit, as a tired disk does."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
