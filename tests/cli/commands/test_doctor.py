"""The doctor names what is missing or unsafe, with its cure."""

from pathlib import Path

import pytest
from sqlalchemy import update

from demo.market.people import load_people
from shop.core.database.engine import Database
from shop.people.accounts.models import Person
from tests.cli.conftest import Command
from tests.factories import NOON
from tests.support.engines import COMMANDS

SECRET = "x" * 48
SAFE = {
    "LUMBUNG_ENV": "production",
    "SECRET_KEY": SECRET,
    "PUBLIC_URL": "https://lumbung.example",
    "SMTP_URL": "smtp://mail.example:587",
    "MAIL_FROM": "Lumbung <kabar@lumbung.id>",
}

sqlite_only = pytest.mark.only_on("sqlite", because=COMMANDS)


def grades(output: str) -> dict[str, str]:
    """What the doctor says of each thing."""
    lines = [line.split(maxsplit=1) for line in output.splitlines()]
    return {rest.partition(":")[0]: grade for grade, rest in lines}


def test_a_well_kept_shop_has_nothing_that_stops_it(run: Command) -> None:
    told = run("doctor", **SAFE)
    assert told.exit_code == 0, told.output
    assert "stop" not in grades(told.output).values()
    assert grades(told.output)["PUBLIC_URL"] == "ok"


@sqlite_only
def test_without_a_secret_production_does_not_start(run: Command) -> None:
    told = run("doctor", **{**SAFE, "SECRET_KEY": ""})
    assert told.exit_code == 1
    assert "SECRET_KEY is missing: make one with" in told.output


@sqlite_only
def test_a_short_secret_is_refused(run: Command) -> None:
    told = run("doctor", **{**SAFE, "SECRET_KEY": "pendek"})
    assert told.exit_code == 1
    assert "shorter than 32 characters" in told.output


@sqlite_only
@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("PUBLIC_URL", "http://lumbung.example", "PUBLIC_URL"),
        ("TRUSTED_HOSTS", "127.0.0.1", "TRUSTED_HOSTS"),
        ("MEDIA_URL", "s3://bucket/photos", "settings"),
        ("MEDIA_URL", "ftp://photos", "settings"),
        ("PORT", "80000", "settings"),
        ("LUMBUNG_ENV", "percobaan", "settings"),
    ],
)
def test_an_unsafe_setting_stops_the_shop_and_has_a_cure(
    run: Command, setting: str, value: str, named: str
) -> None:
    told = run("doctor", **{**SAFE, setting: value})
    assert told.exit_code == 1, told.output
    assert grades(told.output)[named] == "stop"


def test_demo_accounts_do_not_belong_in_production(run: Command, db: Database) -> None:
    with db.writing() as session:
        load_people(session, now=NOON)
    told = run("doctor", **SAFE)
    assert told.exit_code == 1
    assert grades(told.output)["demo accounts"] == "stop"
    assert run("doctor", LUMBUNG_ENV="demo").exit_code == 0


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize("left", ["operator@lumbung.example", "gyo-m01@anggota.example"])
def test_no_shop_opens_over_accounts_whose_password_everybody_knows(
    run: Command, db: Database, command: str, left: str
) -> None:
    with db.writing() as session:
        load_people(session, now=NOON)
        others = Person.email_login != left
        session.execute(update(Person).where(others).values(email_login=None))
    told = run(command, **SAFE)
    assert told.exit_code == 1
    assert "a password everybody knows" in told.output


def test_tables_that_are_not_up_to_date_are_named(run: Command) -> None:
    run("db", "downgrade", "base")
    told = run("doctor", **SAFE)
    assert told.exit_code == 1
    assert "lumbung db upgrade" in told.output


@sqlite_only
def test_a_var_dir_that_is_no_folder_is_named(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.touch()
    told = run("doctor", **{**SAFE, "VAR_DIR": str(file / "var")})
    assert told.exit_code == 1
    assert grades(told.output)["VAR_DIR"] == "stop"


@sqlite_only
def test_a_database_that_does_not_answer_is_named(run: Command) -> None:
    nobody = "postgresql+psycopg://lumbung@127.0.0.1:9/lumbung"
    told = run("doctor", **{**SAFE, "DATABASE_URL": nobody})
    assert told.exit_code == 1
    assert grades(told.output)["DATABASE_URL"] == "stop"


BUCKET = {
    "MEDIA_URL": "s3://foto/lumbung",
    "S3_ENDPOINT_URL": "http://127.0.0.1:9",
    "S3_ACCESS_KEY_ID": "toko",
    "S3_SECRET_ACCESS_KEY": "rahasia",
}


@sqlite_only
def test_a_bucket_that_takes_no_photo_stops_the_shop(run: Command) -> None:
    told = run("doctor", **{**SAFE, **BUCKET})
    assert told.exit_code == 1
    assert grades(told.output)["MEDIA_URL"] == "stop"
    assert grades(told.output)["S3_ENDPOINT_URL"] == "warn"
    assert "rahasia" not in told.output


@sqlite_only
@pytest.mark.parametrize("missing", ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"])
def test_a_bucket_without_its_keys_is_named_with_the_cure(run: Command, missing: str) -> None:
    told = run("doctor", **{**SAFE, **BUCKET, missing: ""})
    assert told.exit_code == 1
    assert f"{missing} is missing although MEDIA_URL=s3://foto/lumbung" in told.output


@sqlite_only
def test_a_bucket_at_an_address_without_a_scheme_is_refused(run: Command) -> None:
    told = run("doctor", **{**SAFE, **BUCKET, "S3_ENDPOINT_URL": "s3.example.id"})
    assert "use an address such as https://s3.example.id" in told.output
