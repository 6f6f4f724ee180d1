"""Racers without the shop's guards, for the controls."""

import threading
from collections.abc import Callable

from sqlalchemy import create_engine
from sqlalchemy.orm import Session


class Unguarded:
    """Racers over the driver's own transactions: what a shop would do that takes no care."""

    RACERS = 6

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, pool_size=self.RACERS)
        self.all_have_looked = threading.Barrier(self.RACERS, timeout=30)

    def session(self) -> Session:
        return Session(self.engine)

    def race(self, act: Callable[["Unguarded", int], None]) -> None:
        threads = [threading.Thread(target=act, args=(self, racer)) for racer in range(self.RACERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.engine.dispose()
