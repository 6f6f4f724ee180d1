"""The crowd stands ready for all races of a test run."""

from collections.abc import Iterator

import pytest

from tests.races.crowd import Crowd


@pytest.fixture(scope="session")
def crowd() -> Iterator[Crowd]:
    """Processes that do what they are told at the same moment."""
    crowd = Crowd()
    yield crowd
    crowd.close()
