"""Every test gets an installation of its own; the failing ones print the seed that repeats them."""

import os
import pathlib
import random

import pytest

import harness


@pytest.fixture(autouse=True)
def there_is_a_program(request):
    """Torture without the shim, or without a hub where one is needed, proves nothing."""
    assert harness.SHIM, "TORTURE_SHIM names no library"
    if request.path.name != "test_shim.py":
        assert pathlib.Path(harness.HUB).exists(), f"no program at {harness.HUB}"


@pytest.fixture(autouse=True)
def answers_keep_to_the_contract():
    harness.breaches.clear()
    yield
    assert not harness.breaches, harness.breaches[:5]


@pytest.fixture(name="seed")
def printed_seed():
    """TORTURE_SEED repeats a run."""
    seed = int(os.environ.get("TORTURE_SEED", random.randrange(2**32)))
    print(f"seed {seed}: repeat with TORTURE_SEED={seed}")
    return seed


@pytest.fixture(name="receiver")
def running_receiver(tmp_path):
    secret = harness.new_secret()
    (tmp_path / "secret").write_text(secret, encoding="ascii")
    decoded = harness.webhook_receiver.decode_secret(secret)
    with harness.webhook_receiver.Receiver([decoded], tmp_path / "received") as receiver:
        yield receiver


@pytest.fixture(name="place")
def fresh_installation(tmp_path, receiver):
    return harness.Installation(tmp_path, receiver.url, (tmp_path / "secret").read_text(encoding="ascii"))
