"""A shop that dies while somebody presses Pay, before its so-manyth word to the database."""

from sqlalchemy import event

from migrations.tables import target
from shop.checkout.cart.queries import CartKey
from shop.core.database.engine import Database
from tests.checkout.placed import place
from tests.support.mortal import Doom, one_child_a_line


def _place(url: str, at: int, browser: str, token: str, seen: int) -> None:
    database, doom = Database(url), Doom(at)
    event.listen(database.engine, "before_cursor_execute", doom.one_more)
    event.listen(database.engine, "commit", doom.one_more)
    place(database, CartKey(token_hash=browser), token, seen)
    doom.one_more()  # all is kept, and the shopper never hears of it


if __name__ == "__main__":
    target()
    one_child_a_line(_place)
