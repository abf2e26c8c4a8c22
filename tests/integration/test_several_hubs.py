"""Two real hubs on one PostgreSQL database of the test's own: petitions go the whole way alternating between them, under
load, while one of them is killed and while the database goes away. Nothing acknowledged is lost, nothing is done twice."""

import base64
import collections
import json
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from conftest import BINARY, CONTRACT, ROOT, Hub, wait_until

sys.path.append(str(ROOT / "tests" / "support"))
sys.path.append(str(ROOT / "tests" / "peers"))
import postgresql  # noqa: E402
import webhook_receiver  # noqa: E402

UNIT = "so-xay-dung"
WORKERS = 4
LEASE_SECONDS = 90  # A dead hub's deliveries are taken over when their leases of 60 s have run out.
OUTAGE_SECONDS = 180  # A server that was cut off syncs its whole folder before it answers, beside whatever else the disk does.
PETITIONS = 24  # Taken the whole way, half before and half after the faults.


class SharedHub(Hub):
    """One of several: what they share lies in `common`, its own configuration only says where."""

    def __init__(self, name, common, database, receiver):
        self.config = common / "provinces" / name
        self.config.mkdir()
        self.receiver, self.logins = receiver, 0
        self.log = common / f"{name}.jsonl"
        (self.config / "hub.yaml").write_text(f"""
include: [../demo]
hub: {{ listen: "127.0.0.1:0", key: "{common}/hub.key" }}
store: {{ url: "{database.url}", blobs: "directory:{common}/blobs" }}
connectors:
  spool: {{ settings: {{ directory: "{common}/spool" }}, interval: 200ms }}
  webhook: {{ settings: {{ url: "{receiver.url}", secret: "${{file:{common}/webhook.secret}}" }}, limits: {{ call: 1s }} }}
sla:
  gap: {{ triage: 1s, calendar: 24x7 }}
categories:
  - {{ id: ha-tang, name: Hạ tầng đô thị, unit: {UNIT}, sla: gap }}
""", encoding="utf-8")
        self.start()

    def begin(self):
        """As start(), but waits for nothing."""
        with self.log.open("ab") as log:
            self.logged_before = log.tell()
            self.process = subprocess.Popen([BINARY, "serve", "--config", self.config], stdout=log, stderr=log)

    def says(self, message):
        return f'"{message}"' in self.log.read_bytes()[self.logged_before:].decode()

    def kill(self):
        """As the kernel would: no goodbye to anybody. Its next life writes another log."""
        self.process.kill()
        self.process.wait()
        self.log = self.log.with_suffix(".again.jsonl")


class House:
    """The database, what the hubs share, and the hubs."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copytree(ROOT / "config" / "base", folder / "base")
        shutil.copytree(ROOT / "config" / "provinces" / "demo", folder / "provinces" / "demo",
                        ignore=shutil.ignore_patterns("var"))
        (folder / "spool").mkdir()
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        for name, text in [("hub.key", secrets.token_hex(32)), ("webhook.secret", secret)]:
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(text + "\n", encoding="ascii")
        self.receiver = webhook_receiver.Receiver([webhook_receiver.decode_secret(secret)], folder / "received")
        self.database = postgresql.Server()
        self.hubs = []

    def open(self):
        self.receiver.__enter__()
        self.database.create()
        for name in ("one", "two"):
            self.hubs.append(SharedHub(name, self.folder, self.database, self.receiver))
        self.people = {role: self._token(role, unit) for role, unit in
                       [("dispatcher", None), ("officer", UNIT), ("leader", UNIT)]}

    def _token(self, role, unit):
        """A bearer token: good at either hub."""
        hub = self.hubs[0]
        hub.run("user", "add", "--login", role, "--name", role, "--role", role, *(["--unit", unit] if unit else []))
        return hub.run("token", "new", "--account", role)["token"]

    def close(self):
        for hub in self.hubs:
            if hub.process.poll() is None:
                hub.process.send_signal(signal.SIGTERM)
        for hub in self.hubs:
            hub.process.wait()
        self.database.remove()
        self.receiver.__exit__()

    def call(self, hub, method, path, role=None, **arguments):
        """One request; None when the hub is not there. What it answers keeps to the contract."""
        headers = dict(arguments.pop("headers", {}))
        if role:
            headers["Authorization"] = "Bearer " + self.people[role]
        try:
            response = requests.request(method, hub.url + path, headers=headers, timeout=30, **arguments)
        except requests.RequestException:
            return None
        CONTRACT.check(method, path, response)
        return response


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    try:
        house.open()
        yield house
    finally:
        house.close()  # Also of one that is open by half: nothing stays behind.


class Walk:
    """Takes petitions the whole way, each step at the other hub; what is not answered is asked again there."""

    WAY = [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]}), ("officer", "start", {}),
           ("officer", "draft", {"result": "Đã xử lý."}), ("officer", "submit", {}), ("leader", "approve", {}),
           ("dispatcher", "release", {})]

    def __init__(self, house):
        self.house = house
        self.lock = threading.Lock()
        self.turn = 0
        self.acknowledged = {}  # Idempotency-Key to the answer.
        self.released = []
        self.statuses = collections.Counter()

    def next_hub(self):
        with self.lock:
            self.turn += 1
            return self.house.hubs[self.turn % len(self.house.hubs)]

    def answered(self, method, path, good, role=None, **arguments):
        """Asks until a hub answers otherwise than 503. An earlier try may have been done where a hub died without an
        answer, or where the database was away for longer than a commit asks what became of it."""
        doubt = False

        def once():
            nonlocal doubt
            response = self.house.call(self.next_hub(), method, path, role, **arguments)
            with self.lock:
                self.statuses[response.status_code if response is not None else None] += 1
            doubt |= response is None or response.status_code == 503
            # In a list: an answer such as 409 counts as false by itself.
            return None if response is None or response.status_code == 503 else [response]
        response = wait_until(once, f"{method} {path}", OUTAGE_SECONDS)[0]
        assert response.status_code in good or doubt, f"{method} {path}: {response.status_code} {response.text[:300]}"
        return response

    def hand_in(self, key):
        body = {"content": "Hố ga mất nắp trước số 12", "category": "ha-tang"}
        answer = self.answered("POST", "/api/v1/petitions", (200, 201), json=body, headers={"Idempotency-Key": key}).json()
        with self.lock:
            self.acknowledged[key] = answer
        return answer["id"]

    def whole_way(self, key):
        petition = self.hand_in(key)
        for role, action, body in self.WAY:
            answer = self.answered("POST", f"/api/v1/petitions/{petition}/actions/{action}", (200,), role, json=body)
            # Done although its answer was lost: it is not legal a second time, or the answer is leaving already.
            assert answer.status_code in (200, 409, 412), answer.text[:300]
        with self.lock:
            self.released.append(petition)


def test_the_whole_way_while_a_hub_dies_and_the_database_goes_away(house):
    walk = Walk(house)
    one, two = house.hubs
    waiting = [walk.hand_in(f"waiting-{i}") for i in range(5)]  # Nobody takes them up: their triage is missed.
    for i in range(5):
        report = house.folder / "spool" / f"report-{i}"
        report.with_suffix(".tmp").write_text(f"Đèn đường hỏng ở ngõ {i}", encoding="utf-8")
        report.with_suffix(".tmp").rename(report.with_suffix(".txt"))

    with ThreadPoolExecutor(WORKERS) as pool:
        first = [pool.submit(walk.whole_way, f"first-{i}") for i in range(PETITIONS // 2)]
        wait_until(lambda: len(walk.released) >= PETITIONS // 4, "some to be answered")
        two.kill()
        house.hubs = [one]  # The other goes on alone.
        for task in first:
            task.result()

        # The database goes away without a word: nothing is acknowledged until it is back.
        second = [pool.submit(walk.whole_way, f"second-{i}") for i in range(PETITIONS // 2)]
        wait_until(lambda: len(walk.released) > PETITIONS // 2, "the second half to begin")
        house.database.stop("immediate")
        refused = house.call(one, "POST", "/api/v1/petitions", json={"content": "x", "category": "khac"})
        assert refused.status_code == 503 and refused.json()["code"] == "store.unavailable"
        assert int(refused.headers["Retry-After"]) > 0
        wait_until(lambda: house.call(one, "GET", "/readyz").status_code == 503, "the hub to say that it is not ready")
        house.database.start()
        wait_until(lambda: house.call(one, "GET", "/readyz").status_code == 200, "the hub to be ready again")
        two.start()
        house.hubs = [one, two]
        for task in second:
            task.result()
    assert len(walk.released) == PETITIONS
    assert walk.statuses[503] > 0, "the fault was felt"

    # Every answer reached the receiver with one effect each, also those that the dead hub had begun to send.
    wait_until(lambda: delivery_states(house)["sent"] == PETITIONS, "all answers to leave", LEASE_SECONDS)
    assert delivery_states(house) == {"sent": PETITIONS}
    assert len(house.receiver.effects) == PETITIONS
    assert not house.receiver.changed and not house.receiver.refused

    # Nothing acknowledged is lost, nothing stands twice.
    codes = [answer["code"] for answer in walk.acknowledged.values()]
    assert len(set(codes)) == len(codes) == PETITIONS + len(waiting)
    wait_until(lambda: not list((house.folder / "spool").glob("*.txt")), "the spool folder to be emptied")
    stored = house.database.sql("SELECT code FROM petitions").split()
    assert len(stored) == len(set(stored)) == len(codes) + 5, "one for each key and each report, and no other"
    assert set(codes) <= set(stored)
    assert house.database.sql("SELECT channel, count(*) FROM petitions GROUP BY channel ORDER BY channel") \
        == f"spool|5\nweb|{len(codes)}"

    # Each timer fired once, whoever saw it.
    for petition in waiting:
        wait_until(lambda petition=petition: missed(house, petition), "the missed triage")
    missed_by_petition = [missed(house, answer["id"]) for answer in walk.acknowledged.values()]
    assert max(missed_by_petition) == 1

    # The log says nothing of values, and the rows are what the journal says.
    for hub in house.hubs:
        assert "DETAIL" not in hub.log.read_text(encoding="utf-8")
        hub.stop()
    assert one.run("rebuild") == {"ok": True, "equal": True, "petitions": len(stored)}


WRITERS = 16
REPORTS = 1000


def test_AX09_a_thousand_codes_of_two_hubs_of_which_one_dies(house):
    """A thousand reports by sixteen writers at two hubs. One is killed in the middle of it and comes back; whoever gets no answer
    asks again at the other one, with the same key. Serials have neither gap nor double, and grow past three digits."""
    one, two = house.hubs
    house.people["operator"] = house._token("operator", None)
    lock, codes, unanswered, dead = threading.Lock(), {}, [], threading.Event()

    def writer(number):
        for report in range(number, REPORTS, WRITERS):
            hubs = [house.hubs[(number + attempt) % len(house.hubs)] for attempt in range(2)]

            def once():
                for hub in hubs:
                    body = {"content": f"Hố ga mất nắp trước số {report}", "category": "khac"}
                    answer = house.call(hub, "POST", "/api/v1/petitions", "operator", json=body,
                                        headers={"Idempotency-Key": f"report-{report}"})
                    if answer is not None and answer.status_code != 503:
                        return [answer]
                    with lock:
                        unanswered.append((hub, dead.is_set()))
                return None
            answer = wait_until(once, f"report {report} to be taken", OUTAGE_SECONDS)[0]
            assert answer.status_code in (200, 201), answer.text[:300]
            with lock:
                codes[report] = answer.json()["code"]

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(writer, number) for number in range(WRITERS)]

        def taken(count):
            for task in writers:
                if task.done():
                    task.result()
            return len(codes) >= count
        wait_until(lambda: taken(REPORTS // 3), "a third to be taken", OUTAGE_SECONDS)
        dead.set()
        two.kill()
        wait_until(lambda: taken(REPORTS * 2 // 3), "the other hub to go on alone", OUTAGE_SECONDS)
        assert len(codes) < REPORTS, "the dead hub comes back in the middle of it"
        two.start()
        for task in writers:
            task.result()
    assert any(hub is two for hub, _ in unanswered), "the hub died under its writers"

    # Of each day, should it be midnight, all serials from the first on.
    stored = house.database.sql("SELECT code FROM petitions").split()
    assert sorted(stored) == sorted(codes.values()), "one petition for each report, with the code that was answered"
    days = collections.defaultdict(list)
    for code in stored:
        days[code[:6]].append(code[6:])
    for day, serials in days.items():
        assert sorted(serials, key=int) == [f"{serial:03d}" for serial in range(1, len(serials) + 1)], day
    assert sum(map(len, days.values())) == REPORTS
    for hub in house.hubs:
        hub.stop()
    assert one.run("rebuild") == {"ok": True, "equal": True, "petitions": REPORTS}


def missed(house, petition):
    events = house.call(house.hubs[0], "GET", f"/api/v1/petitions/{petition}/events", "dispatcher").json()["items"]
    return sum(event["kind"] == "deadline_missed" for event in events)


def delivery_states(house):
    """Asked at the command line, beside the running hubs."""
    return collections.Counter(item["state"] for item in house.hubs[0].run("deliveries", "list")["items"])


def test_what_the_server_says_of_rows_goes_nowhere(house):
    """Its messages quote values: what people wrote, who they are."""
    one = house.hubs[0]
    house.database.sql("""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE NOTICE 'canary-notice %', NEW;
            RAISE WARNING 'canary-warning %', NEW;
            RAISE EXCEPTION 'canary-message %', NEW USING DETAIL = 'canary-detail', HINT = 'canary-hint',
                CONSTRAINT = 'some_constraint', ERRCODE = 'check_violation';
        END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON petitions FOR EACH ROW EXECUTE FUNCTION refuse()""")
    refused = house.call(one, "POST", "/api/v1/petitions", json={"content": "canary-content", "category": "khac"},
                         headers={"Idempotency-Key": "canary-key"})
    assert refused.status_code == 500
    assert "canary" not in refused.text
    (house.folder / "spool" / "canary-file.tmp").write_text("canary-text", encoding="utf-8")
    (house.folder / "spool" / "canary-file.tmp").rename(house.folder / "spool" / "canary-file.txt")
    logs = lambda: "".join(hub.log.read_text(encoding="utf-8") for hub in house.hubs)  # noqa: E731
    wait_until(lambda: logs().count("SQLSTATE 23514 at some_constraint") >= 2, "both refusals in the log")
    assert one.says("COMMAND_FAILED") and not one.says("STORE_UNAVAILABLE")
    assert "canary" not in logs().replace("canary-file", "")
    house.database.sql("DROP TRIGGER refuse ON petitions")
    wait_until(lambda: not list((house.folder / "spool").glob("*.txt")), "the report to be taken in after all")


def test_without_its_standby_nothing_is_acknowledged(house):
    """A commit whose wait for the standby somebody ends is told as done, with a warning: it would be lost with the machine."""
    one, two = house.hubs
    two.stop()
    body, headers = {"content": "Hố ga mất nắp", "category": "ha-tang"}, {"Idempotency-Key": "standby"}
    with ThreadPoolExecutor(1) as pool:
        house.database.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        house.database.sql("SELECT pg_reload_conf()")
        wait_until(lambda: house.database.sql("SHOW synchronous_standby_names") == "nobody", "the server to read it")
        answer = pool.submit(house.call, one, "POST", "/api/v1/petitions", json=body, headers=headers)
        waiting = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'COMMIT'"
        wait_until(lambda: house.database.sql(waiting) == "t", "the commit to wait for a standby")
        assert answer.result().status_code == 503
    assert house.database.sql("SELECT count(*) FROM petitions") == "1", "it is there, and not on any standby"
    # The server's own settings are no row that waits for a standby.
    house.database.sql("ALTER SYSTEM RESET synchronous_standby_names")
    house.database.sql("SELECT pg_reload_conf()")
    again = wait_until(lambda: [found for found in [house.call(one, "POST", "/api/v1/petitions", json=body, headers=headers)]
                                if found is not None and found.status_code == 200], "the key to find it")[0]
    assert house.database.sql("SELECT code FROM petitions") == again.json()["code"]


def test_a_hub_waits_for_its_database(house):
    """After a power cut either may come up first."""
    one, two = house.hubs
    one.stop()
    two.stop()
    house.database.stop("fast")
    assert subprocess.run([BINARY, "deliveries", "list", "--config", one.config], capture_output=True, timeout=60,
                          check=False).returncode == 3, "a command does not wait"
    for hub in house.hubs:
        hub.begin()
        wait_until(lambda hub=hub: hub.says("STORE_UNAVAILABLE"), "the hub to say what it waits for")
        assert not hub.says("HTTP_LISTENING")
    two.process.terminate()
    assert two.process.wait(30) == 3
    house.database.start()
    wait_until(lambda: one.says("STORE_RECOVERED") and one.says("HTTP_LISTENING"), "the hub to begin")
    one.url = f"http://127.0.0.1:{one._port()}"
    wait_until(lambda: house.call(one, "GET", "/readyz").status_code == 200, "readiness")


def test_a_petition_keeps_its_workflow_at_the_hub_that_does_not_have_it(house):
    """The second hub takes a changed workflow over; the first goes on with its own, and hears of the other's."""
    one, two = house.hubs

    def begun_at(hub):
        answer = house.call(hub, "POST", "/api/v1/petitions", json={"content": "Hố ga mất nắp", "category": "khac"})
        return answer.json()["id"]

    def actions(hub, petition):
        answer = house.call(hub, "GET", f"/api/v1/petitions/{petition}/actions", "dispatcher")
        return {item["id"] for item in answer.json()["items"]}

    early = begun_at(one)
    workflow = house.folder / "base" / "workflows" / "officer-first.yaml"
    workflow.write_text(workflow.read_text(encoding="utf-8").replace("id: accept\n", "id: take_on\n"), encoding="utf-8")
    assert two.run("reload")["changed"]
    late = begun_at(two)
    for hub in house.hubs:
        wait_until(lambda hub=hub: "take_on" in actions(hub, late), "both hubs to know the new one")
        assert "accept" not in actions(hub, late)
        assert "accept" in actions(hub, early) and "take_on" not in actions(hub, early)
    assert house.call(one, "POST", f"/api/v1/petitions/{late}/actions/take_on", "dispatcher", json={}).json()["status"] == "accepted"
    assert "accept" in actions(one, begun_at(one)), "its own configuration has not changed"


def test_every_command_works_on_this_store(house):
    one = house.hubs[0]
    url = one.run("config", "show")
    assert house.database.url in json.dumps(url)
    assert one.run("migrate", "status")["up_to_date"] is True
    assert one.run("migrate", "up")["up_to_date"] is True
    findings = {found["check"]: found["grade"] for found in one.run("doctor", "--no-network")["findings"]}
    assert findings["store"] == findings["store.schema"] == findings["clock"] == "ok"
    assert subprocess.run([BINARY, "init", one.config, "--json"], capture_output=True, timeout=60, check=True)
    accounts = house.database.sql("SELECT count(*) FROM accounts")
    assert accounts == str(len(house.people)), "there are people: init makes no administrator"
    assert subprocess.run([BINARY, "check", "--config", one.config], capture_output=True, timeout=60, check=False).returncode == 0
    # Another hub's newer schema.
    house.database.sql("INSERT INTO schema_version VALUES (999)")
    newer = subprocess.run([BINARY, "migrate", "status", "--config", one.config, "--json"], capture_output=True, timeout=60,
                           check=False)
    assert newer.returncode == 1 and json.loads(newer.stdout)["up_to_date"] is False
    diagnosed = subprocess.run([BINARY, "doctor", "--no-network", "--config", one.config, "--json"], capture_output=True,
                               timeout=60, check=False)
    grades = {found["check"]: found["grade"] for found in json.loads(diagnosed.stdout)["findings"]}
    assert diagnosed.returncode == 1 and grades["store.schema"] == "FAIL"
    house.database.sql("DELETE FROM schema_version WHERE version = 999")


def test_one_polls_and_the_other_takes_over(house):
    """A graceful stop hands the spool folder over at once."""
    one, two = house.hubs
    wait_until(lambda: '"CONNECTOR_STANDBY"' in one.log.read_text() + two.log.read_text(), "one to stand by")
    standby = two if '"CONNECTOR_STANDBY"' in two.log.read_text() else one
    holder = one if standby is two else two
    holder.stop()
    (house.folder / "spool" / "late.txt").write_text("Cây đổ chắn đường", encoding="utf-8")
    wait_until(lambda: house.database.sql("SELECT count(*) FROM petitions WHERE channel = 'spool'") == "1",
               "the other to take the report in")
    assert '"CONNECTOR_TAKEN_OVER"' in standby.log.read_text()


def test_a_password_from_a_file_opens_the_database(house):
    """And without the right one the hub does not start, and says nothing of it."""
    house.database.sql("ALTER ROLE postgres PASSWORD 'mat-khau-9'")
    (house.database.data / "pg_hba.conf").write_text("local all all scram-sha-256\n", encoding="ascii")
    house.database.run("pg_ctl", "-D", house.database.data, "reload")
    one = house.hubs[0]
    text = (one.config / "hub.yaml").read_text(encoding="utf-8")
    (house.folder / "password").write_text("mat-khau-9\n", encoding="ascii")
    with_password = text.replace(f'url: "{house.database.url}"',
                                 f'url: "{house.database.url}", password: "${{file:{house.folder}/password}}"')
    assert with_password != text
    command = ["deliveries", "list", "--config", one.config, "--json"]

    def run():
        return subprocess.run([BINARY, *command], capture_output=True, text=True, timeout=60, check=False)
    wait_until(lambda: run().returncode == 3, "the server to want a password")
    (one.config / "hub.yaml").write_text(with_password, encoding="utf-8")
    assert json.loads(run().stdout) == {"items": []}
    (house.folder / "password").write_text("falsch-9\n", encoding="ascii")
    refused = run()
    assert refused.returncode == 3
    assert "falsch-9" not in refused.stdout + refused.stderr and "mat-khau-9" not in refused.stdout + refused.stderr
    # For the end of the test.
    (house.database.data / "pg_hba.conf").write_text("local all all trust\n", encoding="ascii")
