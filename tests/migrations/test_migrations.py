from sqlalchemy import inspect

from migrations.tables import differences, target
from shop.core.database import migrations
from shop.core.database.engine import Database


def test_a_migrated_database_is_what_the_models_say(database_url: str) -> None:
    assert list(differences(database_url)) == []


def test_all_steps_can_be_walked_back_and_up_again(db: Database, database_url: str) -> None:
    db.dispose()
    migrations.downgrade(database_url, "base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    db.dispose()
    migrations.upgrade(database_url)
    assert migrations.current(database_url) == migrations.head()
    assert set(target().tables) <= set(inspect(db.engine).get_table_names())


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    migrations.upgrade(database_url)
    assert migrations.current(database_url) == migrations.head()
