"""The 1022 hotline beside the real hub: calls by webhook, by an Asterisk and by files, in a process of their own; what an operator
sees of a caller, the petition that comes of it, the recording and who listened to it."""

import datetime
import json
import sys
import time

import pytest

from conftest import ROOT, Hub, open_to_children, wait_until

sys.path.insert(0, str(ROOT / "tests" / "peers"))
import call_centre as peer  # noqa: E402

UNIT, OTHER = "so-xay-dung", "cong-an"
SECRET = "bi-mat-tong-dai"
VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
PHONE, MASKED = "0912345678", "09******78"
CONNECTORS = """
connectors:
  tongdai:
    plugin: in_hotline1022
    interval: 100ms
    settings:
      webhook_secret: ${{file:var/webhook1022.secret}}
      recording_hosts: ["{recordings}"]
      recording_auth: bearer
      recording_secret: ${{file:var/recordings.secret}}
  vidu:
    plugin: in_hotline1022
    interval: 100ms
    settings:
      webhook_secret: ${{file:var/webhook1022.secret}}
      recording_hosts: ["{recordings}"]
      recording_auth: bearer
      recording_secret: ${{file:var/recordings.secret}}
      recording_give_up: 1s
  asterisk:
    plugin: in_hotline1022
    interval: 100ms
    backoff: [100ms, 1s]
    settings:
      ami_host: 127.0.0.1
      ami_port: {ami}
      ami_user: pakn
      ami_secret: ${{file:var/ami.secret}}
      contexts: [from-1022]
      cdr_directory: var/cdr
      recording_url: "{recordings}/rec/{{file}}"
      recording_hosts: ["{recordings}"]
      recording_auth: bearer
      recording_secret: ${{file:var/recordings.secret}}
"""


class HotlineHub(Hub):
    def __init__(self, folder, receiver, asterisk, recordings):
        self.asterisk, self.recordings = asterisk, recordings
        super().__init__(folder, receiver)

    def start(self):
        if not (self.config / "more.yaml").exists():
            (self.config / "var" / "cdr").mkdir()
            (self.config / "var" / "cdr").chmod(0o777)  # The plugin parses foreign bytes, so it runs as somebody else.
            open_to_children(self.config / "var")
            for name, text in [("webhook1022.secret", SECRET), ("ami.secret", self.asterisk.secret),
                               ("recordings.secret", self.recordings.token)]:
                path = self.config / "var" / name
                path.touch(mode=0o600)
                path.write_text(text, encoding="ascii")
            (self.config / "more.yaml").write_text(
                CONNECTORS.format(recordings=self.recordings.url, ami=self.asterisk.port), encoding="utf-8")
        super().start()

    def tell(self, told, connector="tongdai", **how):
        """The call centre tells of a call."""
        return peer.send(f"{self.url}/hooks/{connector}/calls", SECRET, told, **how)

    def told(self, *arguments, **more):
        status, answer = self.tell(peer.call_event(*arguments, **more))
        assert status == 200, answer
        return answer["outcome"]

    def taken(self, **fields):
        """What an operator writes down."""
        body = {"channel": "hotline1022", "petitioner": {"name": "Nguyễn Văn Mẫu", "phone": PHONE},
                "consent": {"process_personal_data": True, "use_identity_in_handling": True}, **fields}
        return self.hand_in(headers=self.operator_token, **body)

    def call_of(self, call_id):
        found = [one for one in self.operator.get("/api/v1/calls?limit=200").json()["items"] if one["call_id"] == call_id]
        return found[0] if found else None

    def wait_for_call(self, call_id, condition, what):
        return wait_until(lambda: (one := self.call_of(call_id)) and condition(one) and one, what)

    def states(self):
        return {one["id"]: one["state"] for one in self.integrator.get("/api/v1/connectors").json()["items"]}


@pytest.fixture(scope="module")
def asterisk():
    exchange = peer.Asterisk()
    yield exchange
    exchange.stop()


@pytest.fixture(scope="module")
def recordings():
    server = peer.Recordings(token="khoa-ghi-am")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def hub(tmp_path_factory, receiver, asterisk, recordings):
    hub = HotlineHub(tmp_path_factory.mktemp("hotline"), receiver, asterisk, recordings)
    hub.operator, hub.dispatcher = hub.signed_in("operator"), hub.signed_in("dispatcher")
    hub.integrator, hub.auditor = hub.signed_in("integrator"), hub.signed_in("auditor")
    hub.officer, hub.stranger = hub.signed_in("officer", UNIT), hub.signed_in("officer", OTHER)
    token = hub.run("token", "new", "--account", hub.operator.account["login"])["token"]
    hub.operator_token = {"Authorization": f"Bearer {token}"}
    yield hub
    hub.stop()


def at(minutes=0, seconds=0):
    when = datetime.datetime.now(VIETNAM) - datetime.timedelta(hours=1) + datetime.timedelta(minutes=minutes, seconds=seconds)
    return when.isoformat(timespec="seconds")


def instant(text):
    return datetime.datetime.fromisoformat(text)


def reveals(hub, petition):
    events = hub.dispatcher.get(f"/api/v1/petitions/{petition}/events").json()["items"]
    return [one for one in events if one["kind"] == "identity_revealed"]


def lines(hub, name):
    return [json.loads(line) for line in hub.log.read_text(encoding="utf-8").splitlines() if f'"{name}"' in line]


def test_a_call_from_its_first_ring_to_who_listened(hub, recordings):
    before = hub.taken(content="Đèn đường hỏng ở ngõ 3", category="ha-tang")
    url = recordings.add("/rec/w-1.wav")
    assert hub.told("w-1-1", "w-1", "call_started", caller=PHONE, called="1022", started_at=at()) == "stored"
    call = hub.call_of("w-1")
    assert (call["caller"], call["called"], call["running"], call["result"]) == (MASKED, "1022", True, None)
    seen = hub.operator.post("/api/v1/callers", json={"call": call["id"]}).json()
    assert seen["phone"] == MASKED and seen["call"]["id"] == call["id"]
    known = seen["petitions"][0]
    assert (known["code"], known["open"], known["name"]) == (before["code"], True, "Nguyễn V. M")
    assert known["title"].startswith("Đèn đường") and known["received_at"] and known["status"] == "received"

    taken = hub.taken(content="Hố ga mất nắp trước số 12", category="ha-tang", call_id="w-1")
    assert hub.call_of("w-1")["petition"]
    assert hub.told("w-1-2", "w-1", "call_answered", agent="201", answered_at=at(seconds=12)) == "stored"
    assert hub.told("w-1-3", "w-1", "recording_ready", recording_url=url) == "stored", "before the call's end"
    assert hub.told("w-1-4", "w-1", "call_ended", ended_at=at(minutes=2)) == "stored"
    assert hub.told("w-1-4", "w-1", "call_ended", ended_at=at(minutes=2)) == "duplicate"
    call = hub.wait_for_call("w-1", lambda one: one["recording"], "the recording")
    assert (call["agent"], call["result"], call["running"]) == ("201", "answered", False)
    assert hub.operator.get("/api/v1/calls?agent=201&limit=1").json()["items"][0]["call_id"] == "w-1"

    view = hub.dispatcher.get(f"/api/v1/petitions/{taken['id']}").json()
    [linked] = view["calls"]
    assert (linked["id"], linked["result"], linked["agent"], linked["recording"]) == (call["id"], "answered", "201", True)
    path = f"/api/v1/calls/{call['id']}/recording"
    sound = hub.dispatcher.post(path, json={"reason": "Nghe lại địa chỉ"})
    assert sound.content == recordings.files["/rec/w-1.wav"] and sound.headers["Content-Type"] == "audio/x-wav"
    assert sound.headers["Content-Disposition"].startswith("attachment")
    [look] = reveals(hub, taken["id"])
    assert (look["reason"], look["actor"], look["role"]) == ("Nghe lại địa chỉ", hub.dispatcher.account["id"], "dispatcher")
    heard = lines(hub, "RECORDING_HEARD")
    assert heard[-1]["text"] == f"call {call['id']} by account {hub.dispatcher.account['id']}"


def test_who_may_listen_and_who_may_not(hub, recordings):
    hub.told("r-1", "r-1", "call_ended", caller=PHONE, started_at=at(), ended_at=at(minutes=1), result="answered",
             recording_url=recordings.add("/rec/r-1.wav"))
    petition = hub.taken(content="Nước tràn mặt đường", category="ha-tang", call_id="r-1")["id"]
    call = hub.wait_for_call("r-1", lambda one: one["recording"], "the recording")
    path = f"/api/v1/calls/{call['id']}/recording"
    why = {"reason": "Kiểm tra"}
    assert hub.operator.problem("POST", path, 403, json=why) == "recording.not_yours"
    assert hub.officer.problem("POST", path, 403, json=why) == "recording.not_yours"
    assert hub.dispatcher.problem("POST", path, 422, json={"reason": " "}) == "reveal.reason_missing"
    assert hub.dispatcher.problem("POST", path, 422, json={"reason": "x" * 5001}) == "reveal.reason_too_long"
    assert hub.dispatcher.problem("POST", "/api/v1/calls/none/recording", 404, json=why) == "call.not_found"
    hub.dispatcher.act(petition, "accept")
    hub.dispatcher.act(petition, "distribute", units=[UNIT])
    assert hub.officer.post(path, json=why).content[:4] == b"RIFF", "it is theirs now"
    assert hub.stranger.problem("POST", path, 403, json=why) == "recording.not_yours"
    assert hub.auditor.post(path, json={"reason": "Đoàn kiểm tra"}).content[:4] == b"RIFF"
    assert [(one["role"], one["reason"]) for one in reveals(hub, petition)] == [("officer", "Kiểm tra"), ("auditor", "Đoàn kiểm tra")]
    # A call of which nothing came: for the Centre and the auditors alone.
    hub.told("r-2", "r-2", "call_ended", caller=PHONE, started_at=at(), ended_at=at(), result="abandoned")
    empty = f"/api/v1/calls/{hub.call_of('r-2')['id']}/recording"
    assert hub.dispatcher.problem("POST", empty, 404, json=why) == "recording.not_there"


def test_nobody_hears_who_chose_to_be_anonymous_or_complains_of_their_house(hub, recordings):
    hub.told("a-1", "a-1", "call_ended", caller="0987654321", started_at=at(), ended_at=at(), result="answered",
             recording_url=recordings.add("/rec/a-1.wav"))
    hidden = hub.taken(content="Tố giác", category="ha-tang", call_id="a-1", anonymous=True,
                       petitioner={"name": "Trần Thị Thử", "phone": "0987654321"})
    call = hub.wait_for_call("a-1", lambda one: one["recording"], "the recording")
    assert hub.dispatcher.problem("POST", f"/api/v1/calls/{call['id']}/recording", 409, json={"reason": "x"}) == "reveal.anonymous"
    assert hub.operator.post("/api/v1/callers", json={"phone": "0987654321"}).json()["petitions"] == []
    assert not reveals(hub, hidden["id"])
    # Nor who did not agree, however many others came of the same call; and whoever is complained of.
    hub.told("a-2", "a-2", "call_ended", caller=PHONE, started_at=at(), ended_at=at(), result="answered",
             recording_url=recordings.add("/rec/a-2.wav"))
    agreed = hub.taken(content="Rác ở đầu ngõ", category="ha-tang", call_id="a-2")["id"]
    call = hub.wait_for_call("a-2", lambda one: one["recording"], "the recording")
    path = f"/api/v1/calls/{call['id']}/recording"
    against = hub.taken(content="Cán bộ hẹn rồi không đến", category="ha-tang", call_id="a-2", complained_unit=UNIT)["id"]
    hub.dispatcher.act(agreed, "accept")
    hub.dispatcher.act(agreed, "distribute", units=[UNIT])
    assert hub.officer.problem("POST", path, 403, json={"reason": "x"}) == "recording.not_yours"
    assert hub.dispatcher.post(path, json={"reason": "x"}).status_code == 200
    assert len(reveals(hub, agreed)) == len(reveals(hub, against)) == 1
    hub.taken(content="Không đồng ý", category="ha-tang", call_id="a-2", consent={"process_personal_data": True})
    assert hub.dispatcher.problem("POST", path, 409, json={"reason": "x"}) == "reveal.no_consent"
    assert len(reveals(hub, agreed)) == 1, "nothing was heard, so nothing is in the journal"


def test_who_is_calling_is_for_operators_and_dispatchers(hub):
    for n in range(4):
        hub.taken(content=f"Việc số {n}", category="ha-tang", petitioner={"name": "Lê Thị Thử", "phone": "0911000222"})
    closed = hub.taken(content="Việc đã xong", category="ha-tang", petitioner={"name": "Lê Thị Thử", "phone": "+84911000222"})
    hub.dispatcher.act(closed["id"], "refuse", comment="Không thuộc thẩm quyền")
    by = {"phone": "0911 000 222"}
    seen = hub.operator.post("/api/v1/callers", json=by).json()
    assert len(seen["petitions"]) == 3 and seen["call"] is None and seen["phone"] == "09******22"
    seen = hub.dispatcher.post("/api/v1/callers", json={**by, "limit": 20}).json()["petitions"]
    assert [one["open"] for one in seen] == [True] * 4 + [False], "open ones first"
    assert [one["title"] for one in seen] == ["Việc số 3", "Việc số 2", "Việc số 1", "Việc số 0", "Việc đã xong"]
    for client in (hub.officer, hub.auditor):
        assert client.problem("POST", "/api/v1/callers", 403, json=by) == "role.insufficient"
        assert client.problem("GET", "/api/v1/calls", 403) == "role.insufficient"
    problem = hub.operator.problem
    assert problem("POST", "/api/v1/callers", 422, json={}) == "caller.one_of"
    assert problem("POST", "/api/v1/callers", 422, json={**by, "call": "x"}) == "caller.one_of"
    assert problem("POST", "/api/v1/callers", 422, json={"phone": "1022"}) == "petition.phone_invalid"
    assert problem("POST", "/api/v1/callers", 422, json={**by, "limit": 21}) == "petition.field_invalid"
    assert problem("POST", "/api/v1/callers", 404, json={"call": "none"}) == "call.not_found"
    assert problem("POST", "/api/v1/callers", 415, data="x", headers={"Content-Type": "text/plain"}) == "request.media_type"
    assert problem("GET", "/api/v1/calls?result=lost", 400) == "request.parameter_invalid"
    assert lines(hub, "CALLER_LOOKED_UP")
    log = hub.log.read_text(encoding="utf-8")
    assert not [number for number in ("911000222", "912345678", "987654321") if number in log], "no line tells a number"


def test_a_hidden_caller_is_nobody(hub):
    for n, caller in enumerate(["anonymous", "", "<unknown>", None]):
        hub.told(f"h-{n}", f"h-{n}", "call_started", caller=caller, started_at=at())
        call = hub.call_of(f"h-{n}")
        assert call["caller"] is None
        assert hub.operator.post("/api/v1/callers", json={"call": call["id"]}).json()["petitions"] == []


def test_who_does_not_sign_is_not_heard(hub):
    good = peer.call_event("s-1", "s-1", "call_started")
    assert hub.tell(good, at=time.time() - 301)[0] == 401
    status, answer = hub.tell(good, at=time.time() - 301)
    assert (status, answer["code"]) == (401, "hotline.timestamp")
    status, answer = hub.tell(good, signed="sha256=" + "0" * 64)
    assert (status, answer["code"]) == (401, "hotline.signature")
    status, answer = hub.tell({"event_id": "s-1", "call_id": "s-1", "type": "call_moved"})
    assert (status, answer["code"], answer["field"]) == (400, "hotline.field", "/type")
    status, answer = hub.tell(b"{")
    assert (status, answer["code"]) == (400, "hotline.json")
    status, answer = hub.tell(b'{"event_id":"s","call_id":"\xff"}')
    assert (status, answer["code"]) == (400, "hotline.json")
    assert hub.call_of("s-1") is None
    assert hub.tell(good)[0] == 200


def test_calls_of_an_asterisk_come_by_themselves(hub, asterisk, recordings):
    wait_until(lambda: asterisk.connected == 1, "the login")
    recordings.add("/rec/1763333492.7.wav", missing=1)
    asterisk.say(*peer.noise())
    asterisk.say(*peer.interleaved(peer.answered_call("1763333492.7"), peer.abandoned_call("1763333493.7", "<unknown>"),
                                   peer.internal_call("1763333494.7")), piece=11)
    call = hub.wait_for_call("1763333492.7", lambda one: one["ended_at"], "the call's end")
    assert (call["caller"], call["called"], call["agent"], call["result"]) == (MASKED, "1022", "202", "answered")
    missed = hub.wait_for_call("1763333493.7", lambda one: one["ended_at"], "the other's end")
    assert (missed["caller"], missed["result"], missed["short"]) == (None, "abandoned", True)
    assert hub.call_of("1763333494.7") is None, "the house's own"
    assert not call["recording"], "nothing came of it yet"
    petition = hub.taken(content="Cây đổ chắn đường", category="ha-tang", call_id=call["id"])["id"]
    hub.wait_for_call("1763333492.7", lambda one: one["recording"], "the recording, at the second time")
    assert recordings.asked_for("/rec/1763333492.7.wav") == 2
    sound = hub.dispatcher.post(f"/api/v1/calls/{call['id']}/recording", json={"reason": "Nghe lại"})
    assert sound.content[:4] == b"RIFF"
    assert len(reveals(hub, petition)) == 1
    assert hub.dispatcher.get(f"/api/v1/petitions/{petition}").json()["calls"][0]["id"] == call["id"]


def test_a_lost_connection_is_shown_and_files_fill_the_gap(hub, asterisk):
    wait_until(lambda: asterisk.connected == 1, "the login")
    asterisk.say(peer.caller_comes("1763400000.1"))
    hub.wait_for_call("1763400000.1", lambda one: one["running"], "the call's beginning")
    asterisk.refuse = True
    logins = asterisk.logins
    asterisk.hang_up(peer.hangs_up("1763400000.1", "1763400000.1")[:60])
    wait_until(lambda: hub.states()["asterisk"] == "unauthenticated", "the alarm")
    asterisk.refuse = False
    wait_until(lambda: asterisk.logins > logins and asterisk.connected == 1, "the next login")
    wait_until(lambda: hub.states()["asterisk"] == "running", "recovery")
    assert hub.call_of("1763400000.1")["ended_at"] is None
    rows = [{"call_id": "1763400000.1", "started_at": at(), "ended_at": at(minutes=3), "caller": PHONE, "result": "answered", "agent": "203"},
            {"call_id": "1763400001.1", "started_at": at(minutes=1), "ended_at": at(minutes=2), "caller": PHONE, "result": "busy"},
            {"call_id": "", "started_at": "x"}]
    folder = hub.config / "var" / "cdr"

    def leave(name, content):
        (folder / name).write_bytes(content)
        wait_until(lambda: not (folder / name).exists(), f"{name} to move")

    leave("gio-10.csv", peer.cdr(rows, delimiter=";", bom=True, spreadsheet=True))
    known = hub.wait_for_call("1763400000.1", lambda one: one["ended_at"], "the call's end")
    assert (known["result"], known["agent"], known["caller"]) == ("answered", "203", MASKED)
    fresh = hub.call_of("1763400001.1")
    assert (fresh["result"], fresh["caller"]) == ("busy", MASKED), "the lost zero is found again"
    assert instant(fresh["ended_at"]) - instant(fresh["started_at"]) == datetime.timedelta(minutes=1)
    refused = [one for one in hub.run("refused", "list")["items"] if one["problem"] == "hotline.row"]
    assert len(refused) == 1 and refused[0]["channel"] == "asterisk"
    count = len(hub.operator.get("/api/v1/calls?limit=200").json()["items"])
    leave("gio-10-lai.csv", peer.cdr(rows[:2], delimiter=";", bom=True, spreadsheet=True))
    assert len(hub.operator.get("/api/v1/calls?limit=200").json()["items"]) == count
    assert hub.call_of("1763400000.1") == known
    leave("hong.csv", b"so;ten\n1;2\n")
    assert len(list((folder / "done").iterdir())) == 2 and len(list((folder / "rejected").iterdir())) == 1


def test_a_recording_that_never_comes_holds_up_nothing(hub, recordings):
    status, _ = hub.tell(peer.call_event("n-1", "n-1", "call_ended", started_at=at(), ended_at=at(minutes=1), result="answered",
                                         recording_url=recordings.url + "/rec/never.wav"), connector="vidu")
    assert status == 200
    petition = hub.taken(content="Ổ gà giữa đường", category="ha-tang", call_id="n-1")["id"]
    call = hub.wait_for_call("n-1", lambda one: one["no_recording"], "the end of patience")
    hub.dispatcher.act(petition, "accept")
    assert hub.dispatcher.get(f"/api/v1/petitions/{petition}").json()["calls"][0]["recording"] is False
    assert hub.dispatcher.problem("POST", f"/api/v1/calls/{call['id']}/recording", 404, json={"reason": "x"}) == "recording.not_there"
    assert not reveals(hub, petition), "nobody heard anything"


def test_a_petition_may_be_there_before_its_call_and_a_call_may_have_several(hub):
    first = hub.taken(content="Việc thứ nhất", category="ha-tang", call_id="p-1")["id"]
    second = hub.taken(content="Việc thứ hai", category="ha-tang", call_id="p-1")["id"]
    assert hub.dispatcher.get(f"/api/v1/petitions/{first}").json()["calls"] == []
    hub.told("p-1", "p-1", "call_started", started_at=at())
    assert hub.call_of("p-1")["petition"]
    for petition in (first, second):
        assert [one["id"] for one in hub.dispatcher.get(f"/api/v1/petitions/{petition}").json()["calls"]] == [hub.call_of("p-1")["id"]]
    # Nobody but an operator ties a petition to a call, whatever they write into it.
    outside = hub.hand_in(call_id="p-1", attributes={"call_id": "p-1"})["id"]
    assert hub.dispatcher.get(f"/api/v1/petitions/{outside}").json()["calls"] == []


def test_an_emergency_over_the_hotline_is_one_at_once(hub):
    urgent = hub.taken(content="Cháy ở chợ", category="an-ninh-trat-tu", emergency=True, call_id="e-1")["id"]
    view = hub.dispatcher.get(f"/api/v1/petitions/{urgent}").json()
    assert (view["channel"], view["emergency"], view["emergency_claimed"]) == ("hotline1022", True, False)
    web = hub.hand_in(content="Cháy ở chợ", category="an-ninh-trat-tu", emergency=True)["id"]
    view = hub.dispatcher.get(f"/api/v1/petitions/{web}").json()
    assert (view["emergency"], view["emergency_claimed"]) == (False, True), "anybody may claim one"


@pytest.mark.parametrize("channel", ["counter", "paper"])
def test_what_comes_over_the_counter_or_on_paper_is_written_down_without_a_call(hub, channel):
    then = datetime.datetime.now(VIETNAM).replace(microsecond=0) - datetime.timedelta(hours=5)
    taken = hub.taken(content=f"Đơn nhận bằng {channel}", category="ha-tang", channel=channel, received_at=then.isoformat())
    view = hub.dispatcher.get(f"/api/v1/petitions/{taken['id']}").json()
    assert (view["channel"], view["calls"]) == (channel, [])
    assert instant(view["received_at"]) == then and instant(view["recorded_at"]) > then


def test_calls_outlive_a_restart(hub):
    before = hub.operator.get("/api/v1/calls?limit=200").json()["items"]
    hub.stop()
    hub.start()
    after = {one["id"]: one for one in hub.operator.get("/api/v1/calls?limit=200").json()["items"]}
    assert before and all(after[one["id"]]["started_at"] == one["started_at"] for one in before)
    pages, cursor = [], None
    while True:
        page = hub.operator.get("/api/v1/calls?limit=3" + (f"&after={cursor}" if cursor else "")).json()
        pages += page["items"]
        cursor = page["next"]
        if not cursor:
            break
    assert len({one["id"] for one in pages}) == len(pages) == len(after)
