import pytest

from tests.journeys.served import Served


@pytest.fixture
def serve(house):
    running = []

    def start(*args, **settings):
        running.append(Served(house, "serve", *args, **settings))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.process.kill()
            each.wait()
