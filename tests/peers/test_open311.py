"""The clients and the server of Open311 are right by each other and by the contract, without any of the hub's code."""

from datetime import datetime, timedelta, timezone

import open311_client as client
import open311_server as peer
import pytest

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 100


@pytest.fixture(name="server")
def running_server():
    server = peer.Open311Server()
    yield server
    server.stop()


def reader(kind, server):
    return kind(server.url, peer.JURISDICTION, peer.KEY)


def test_the_clients_read_a_server_that_is_right(server):
    assert set(reader(client.Validator2010, server).discovery()) == {"production", "test"}
    assert len(reader(client.Validator2010, server).services()) == 4
    assert set(reader(client.AdapterReader, server).requests()) == {"060326001", "060326002", "060326003"}
    assert len(reader(client.Basic311, server).requests(status="open")) == 2
    assert len(reader(client.SchemaReader, server).requests()) == 3
    reader(client.SchemaReader, server).services()
    assert reader(client.NodeClient, server).send(service_code="rac", lat="16", long="107") == ("token", "t-T-0001")


def test_fixmystreet_sends_and_fetches(server):
    fms = reader(client.FixMyStreet, server)
    first = fms.send("ha-tang", 7, "Hố ga mất nắp", photo=JPEG)
    assert fms.send("ha-tang", 7, "Hố ga mất nắp", photo=JPEG) == first
    assert fms.send("rac", 8, "Rác") == "060326001", "by its token"
    now = datetime.now(timezone.utc)
    start, end = (peer.written(now - timedelta(hours=hours)) for hours in (5, 0))
    assert [one["update_id"] for one in fms.fetch(start, end)] == ["u-1"]
    assert fms.fetch(start, end) == []
    assert fms.comment("060326001", 9, "Vẫn hỏng") == "9"


@pytest.mark.parametrize("broken, look", [
    ("O-33", lambda server: reader(client.Validator2010, server).discovery()),
    ("O-32", lambda server: reader(client.Validator2010, server).discovery()),
    ("O-30", lambda server: reader(client.Validator2010, server).discovery()),
    ("O-42", lambda server: reader(client.Validator2010, server).services()),
    ("O-52", lambda server: reader(client.Validator2010, server).services()),
    ("O-03", lambda server: reader(client.AdapterReader, server).requests()),
    ("O-93", lambda server: reader(client.AdapterReader, server).requests()),
    ("O-08", lambda server: reader(client.SchemaReader, server).requests()),
    ("O-07", lambda server: reader(client.SchemaReader, server).services()),
    ("O-01", lambda server: reader(client.SchemaReader, server).services()),
    ("O-82", lambda server: reader(client.FixMyStreet, server).send("rac", 1, "Rác")),
    ("O-111", lambda server: reader(client.FixMyStreet, server).fetch("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z")),
])
def test_a_client_stumbles_where_its_model_did(broken, look):
    server = peer.Open311Server(broken)
    try:
        with pytest.raises(client.Disagreement):
            look(server)
    finally:
        server.stop()
