"""One account that has run once, for all the tests of a file that only read from it."""

from collections.abc import Iterator

import pytest

from support.account import Account, account


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Give an account of 2,000 messages over 40 days, fetched, built and published."""
    with account(tmp_path_factory.mktemp("reported")) as known:
        known.run()
        yield known
