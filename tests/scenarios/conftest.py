"""Fixtures of the scenarios."""

import pytest

from world import Receiver


@pytest.fixture
def receiver():
    """What leaves a hub comes here: one for each hub, since each has a petition 060326001."""
    receiver = Receiver()
    yield receiver
    receiver.stop()
