from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.status.house import StatusHouse, a_house, shown, with_troubles


@pytest.fixture(scope="session")
def house(tmp_path_factory) -> Iterator[StatusHouse]:
    """The example on 2 March 2015 after a bad day; nobody changes it. What lies ahead of it is rehearsed for a week."""
    with a_house(tmp_path_factory.mktemp("status") / "state") as example:
        after = with_troubles(example).after

        def one_week(plan, directory, first, _):
            return after.rehearse(plan, directory, first, first + timedelta(days=6))

        yield shown(example, replace(after, rehearse=one_week))


@pytest.fixture(scope="session")
def client(house):
    return house.client()
