"""Nobody's identity leaves the sealed part of the store: invented people are planted in everything that comes in, good and
malformed, driven through the whole system, and then looked for wherever they must not be."""

import base64
import itertools
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import unicodedata

import pytest

from conftest import BINARY, ROOT, SECONDS, Client, Hub, Receiver, open_to_children, wait_until

sys.path.insert(0, str(ROOT / "tests" / "peers"))
import portal as peer  # noqa: E402

UNIT = "so-xay-dung"
NUMBERS = itertools.count(1)


class Canary:
    """One invented person. Every spelling of theirs is remembered."""

    spellings = {}  # spelling → where it was planted

    def __init__(self, where):
        n = next(NUMBERS)
        self.name = f"Chim Hoàng Yến {n:04d}"
        self.phone = f"09{71300000 + n:08d}"
        self.citizen_id = f"0460{95000000 + n:08d}"
        self.email = f"chimhoangyen{n:04d}@thu.example"
        self.address = f"{n:04d} đường Hoàng Yến, phường Thử"
        self.text = f"hoangyenketchuyen{n:04d}"
        local = self.phone[1:]
        for spelling in (self.name, self.name.lower(), self.name.upper(), unicodedata.normalize("NFD", self.name), self.fold(self.name),
                         self.phone, "+84" + local, "84" + local, f"0{local[:3]} {local[3:6]} {local[6:]}",
                         f"0{local[:3]}.{local[3:6]}.{local[6:]}", self.citizen_id, self.email, self.address, self.fold(self.address),
                         self.text):
            Canary.spellings[spelling] = where

    @staticmethod
    def fold(text):
        plain = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
        return "".join(c for c in plain if not unicodedata.combining(c))

    def petition(self, **fields):
        """The intake JSON of this person, with the identity wherever somebody may write one."""
        return {"content": f"Hố ga mất nắp, {self.text}. Tôi là {self.name}, {self.phone}", "title": f"Hố ga {self.text}",
                "category": "ha-tang", "public": False,
                "petitioner": {"kind": "individual", "name": self.name, "phone": self.phone, "email": self.email,
                               "citizen_id": self.citizen_id, "address": self.address},
                "consent": {"process_personal_data": True, "use_identity_in_handling": True},
                "location": {"address": self.address, "area": "19753"},
                "attributes": {"ghi_chu": f"{self.name} {self.phone}"}, **fields}


def sung(data):
    """Which canaries are in these bytes; as they stand and as JSON would escape them."""
    found = {}
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    for spelling, where in Canary.spellings.items():
        forms = (spelling, json.dumps(spelling)[1:-1])
        if any(form in text for form in forms):
            found[spelling] = where
    return found


PORTALS = """connectors:
  phuong:
    plugin: in_portal
    interval: 100ms
    settings: { mapping: portals/files.yaml, directory: var/spool/phuong, max_file: 64KB }
    backoff: [100ms, 200ms]
  gui:
    plugin: in_portal
    settings: { mapping: portals/push.yaml, push_secret: "${file:var/push.secret}" }
"""
COLUMNS = "Mã phiếu;Nội dung phản ánh;Lĩnh vực;Công khai;Thời gian xảy ra;Họ và tên;Số điện thoại;Địa điểm;Mã xã\n"


class Aviary(Hub):
    """A hub that logs everything, beside a plugin that throws and portals that leave files and push."""
    options = ["--verbose"]

    def describe_portals(self):
        shutil.copytree(ROOT / "plugins" / "in_portal" / "samples", self.config / "portals")
        self.folder = self.config / "var" / "spool" / "phuong"
        self.folder.mkdir()
        self.folder.chmod(0o777)  # in_portal runs as somebody else where the hub is root.
        open_to_children(self.config / "portals")
        open_to_children(self.folder.parent)
        self.push_secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        secret = self.config / "var" / "push.secret"
        secret.touch(mode=0o600)
        secret.write_text(self.push_secret, encoding="ascii")

    def start(self):
        plugins = self.config / "plugins"
        if not plugins.exists():
            plugins.mkdir()
            built = BINARY.parents[1]
            for file in [*(built / "lib" / "paknhub").glob("*.so"), built / "tests" / "fixtures" / "plugins" / "mischief.so"]:
                shutil.copy2(file, plugins)
                (plugins / file.name).chmod(0o755)
            self.describe_portals()
            text = (self.config / "connectors.yaml").read_text(encoding="utf-8").replace("connectors:\n", PORTALS, 1)
            text = text.replace("connectors:\n", "connectors:\n  thrower:\n    plugin: mischief\n    settings: { where: send, what: exception }\n"
                                "    backoff: [50ms, 100ms]\n  crasher:\n    plugin: mischief\n    settings: { where: poll, what: exception }\n", 1)
            text = text.replace("deliveries:\n", "deliveries:\n  - { on: accepted, to: thrower, kind: status_update }\n"
                                "  - { on: accepted, to: webhook, kind: status_update }\n", 1)
            (self.config / "connectors.yaml").write_text(text, encoding="utf-8")
            self.options = ["--verbose", "--plugins", str(plugins)]
        super().start()


@pytest.fixture(scope="module")
def aviary(tmp_path_factory):
    receiver = Receiver()
    hub = Aviary(tmp_path_factory.mktemp("aviary"), receiver)
    yield hub
    if hub.process.poll() is None:
        hub.stop()
    receiver.stop()


def drop(hub, canary, *rows, columns=COLUMNS):
    """A file of a portal that is called after a person."""
    file = hub.folder / f"{canary.name} {canary.phone}.csv"
    file.write_text(columns + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def over_a_portal(hub, keep):
    """Canaries in files called after them and in signed pushes. The codes of the petitions that they became."""
    def row(c, number="", public="Không", date="06/03/2026 07:30", more=""):
        return f"{number};{c.text}. Tôi là {c.name}, {c.phone};Hạ tầng;{public};{date};{c.name};{c.phone};{c.address};19753{more}"

    c = Canary("portal's file")
    files = [drop(hub, c, row(c, "P-1"), row(c), row(c, "P-2", public=c.name), row(c, "P-3", date=c.phone), row(c, "P-4", more=f";{c.email}"))]
    c = Canary("portal's file without columns")
    files.append(drop(hub, c, row(c, "P-5"), columns=""))
    c = Canary("portal's file that is too large")
    files.append(drop(hub, c, *(row(c, f"P-{n}") for n in range(1000))))
    wait_until(lambda: not any(file.exists() for file in files), "the portal's folder to be emptied")
    problems = [one["problem"] for one in hub.run("refused", "list")["items"]]
    assert {"portal.missing", "portal.flag", "portal.date", "portal.row"} <= set(problems)
    assert len(list((hub.folder / "rejected").iterdir())) == 2

    # One that cannot be moved: the connector itself says so.
    done = hub.folder / "done"
    c = Canary("portal's file that stays")
    done.chmod(0o555)
    stuck = drop(hub, c, row(c, "P-6"))
    wait_until(lambda: '"CONNECTOR_FAILING","conn":"phuong"' in hub.log.read_text(encoding="utf-8"), "the connector to fail")
    keep("connectors while one fails", hub.signed_in("integrator").http.get(hub.url + "/api/v1/connectors", timeout=SECONDS).content)
    done.chmod(0o777)
    wait_until(lambda: not stuck.exists(), "the file to move")

    c = Canary("push")
    sender = {"name": c.name, "phone": c.phone, "consent": True}
    good = {"id": "W-1", "title": f"Hố ga {c.text}", "content": f"{c.text}. Tôi là {c.name}, {c.phone}", "category": "road",
            "public": False, "created": 1772758800000, "sender": sender}
    bad = {**good, "id": "W-2", "created": c.phone + c.name}
    codes = []
    for expect, key, body in [(200, hub.push_secret, {"data": [good, bad]}), (422, hub.push_secret, {"data": [bad]}),
                              (200, hub.push_secret, {"data": [{**good, "content": f"khác {c.text}"}]}),
                              (400, hub.push_secret, f"{c.name} {c.text}"), (401, "whsec_" + "A" * 32, {"data": [good]})]:
        status, answer = peer.push(hub.url + "/hooks/gui/", key, body, f"msg_{c.phone}")
        assert status == expect, answer
        keep("push", json.dumps(answer, ensure_ascii=False).encode())
        codes += [item["code"] for item in answer.get("items", []) if item["outcome"] == "stored"]
    found = hub.signed_in("dispatcher").get("/api/v1/petitions?channel=phuong").json()["items"]
    assert len(found) == 2 and len(codes) == 1
    return codes + [one["code"] for one in found]


@pytest.fixture(scope="module")
def flown(aviary):
    """Everything that can be said by the hub, after canaries went in by every way: name → bytes."""
    hub, outputs = aviary, {}
    anybody = Client(hub)
    people = {role: hub.signed_in(role, unit) for role, unit in
              [("dispatcher", None), ("officer", UNIT), ("leader", UNIT), ("integrator", None)]}

    def keep(name, response):
        outputs[f"{name} #{len(outputs)}"] = response.content + repr(dict(response.headers)).encode()
        return response

    def send(name, expect, canary, **arguments):
        return keep(name, anybody.http.post(hub.url + "/api/v1/petitions", timeout=SECONDS, **arguments)) if expect is None else \
            keep(name, anybody.post("/api/v1/petitions", expect, **arguments))

    # Good ones, over every way in.
    codes = [send("intake", 201, c := Canary("JSON"), json=c.petition()).json()["code"]]
    c = Canary("public JSON")
    codes.append(send("intake", 201, c, json={**c.petition(public=True), "title": "Hố ga mất nắp", "content": "Hố ga mất nắp, mời xem"}).json()["code"])
    codes.append(send("intake", 201, c := Canary("anonymous"), json=c.petition(anonymous=True)).json()["code"])
    c = Canary("multipart")
    codes.append(send("intake", 201, c, files={"petition": (None, json.dumps(c.petition()), "application/json"),
                                               "attachments": ("ghi chu.txt", f"{c.name} {c.text}".encode(), "text/plain")}).json()["code"])
    key = hub.run("token", "new", "--source", "cong-tinh")["token"]
    c = Canary("portal")
    portal = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"k-{c.phone}"}
    own_id = Canary("portal's own id")
    portal = {**portal, "Idempotency-Key": f"k-{own_id.phone}"}
    number = f"{own_id.name}/{own_id.phone}"
    codes.append(send("portal", 201, c, json=c.petition(external_id=number), headers=portal).json()["code"])
    send("portal again", 409, c, json=c.petition(content=f"other {c.text}", external_id=number), headers=portal)
    spool = hub.config / "var" / "spool" / "in"
    c = Canary("spool")
    for name, data in [("tot", f"{c.text} Tôi là {c.name}, {c.phone}".encode()), ("hong", b"\xff\xfe " + c.name.encode()),
                       ("dai", (c.text + " ").encode() * 3000), (f"{c.name} {c.phone}", f"{c.text} tệp mang tên người".encode())]:
        (spool / f"{name}.tmp").write_bytes(data)
        (spool / f"{name}.tmp").rename(spool / f"{name}.txt")
    wait_until(lambda: not list(spool.glob("*.txt")), "the spool folder to be emptied")
    wait_until(lambda: hub.run("refused", "list")["items"], "the refused item")

    codes += over_a_portal(hub, lambda name, data: outputs.setdefault(f"{name} #{len(outputs)}", data))

    # Malformed ones: every answer says what is wrong without repeating it.
    c = Canary("malformed")
    for status, body in [(422, c.petition(petitioner={"phone": f"gọi {c.phone} gặp {c.name}"})), (422, c.petition(petitioner={"kind": c.name})),
                         (422, c.petition(petitioner={"name": c.name * 20})), (422, c.petition(content="")), (422, c.petition(title=c.text * 40)),
                         (422, c.petition(location={"lat": c.phone})), (422, c.petition(attributes={c.name: c.phone})),
                         (422, c.petition(attachments=[{"name": c.name, "data": c.text + "!"}])),
                         (422, c.petition(attachments=[{"name": f"{c.name}.html", "data": "PGh0bWw+PC9odG1sPg=="}])),
                         (422, c.petition(occurred_at=c.phone)), (422, c.petition(**{"class": c.name}))]:
        send("malformed", status, c, json=body)
    for data in (json.dumps(c.petition()).encode()[:-9], f'{{"content":"{c.text}","content":"{c.name}"}}'.encode(), c.name.encode("utf-16"),
                 b"\xff" + c.name.encode()):
        send("malformed", 400, c, data=data, headers={"Content-Type": "application/json"})
    send("media type", 415, c, data=c.name.encode(), headers={"Content-Type": f"text/{c.text}"})
    send("multipart", None, c, files={c.text: (c.name, c.phone.encode(), "text/plain")})
    send("key", 400, c, json=c.petition(), headers={"Idempotency-Key": c.phone + " " * 3 + c.email + "é".encode().decode("latin-1")})
    for method, path, status in [("GET", f"/api/v1/track/{c.phone}?token={c.text}", 404), ("GET", f"/api/v1/petitions/{c.phone}", 401),
                                 ("GET", f"/{c.text}", 404), ("GET", f"/healthz?{c.text}={c.phone}", None),
                                 ("POST", "/api/v1/session", 401)]:
        arguments = {"json": {"login": c.email, "password": c.phone}} if method == "POST" else {}
        keep(path.split("?")[0][:20], anybody.http.request(method, hub.url + path, timeout=SECONDS, **arguments))
    for path in (f"/api/v1/petitions?from={c.phone}", f"/api/v1/petitions?{c.text}=1", f"/api/v1/tasks?after={c.text}"):
        keep("list", people["dispatcher"].http.get(hub.url + path, timeout=SECONDS))

    # The whole way; the receiver refuses what comes first and throws the words back.
    hub.receiver.status = 400
    actions = people["dispatcher"].actions
    c = Canary("officers' words")
    for code in codes:
        for role, action, body in [("dispatcher", "accept", {"comment": f"{c.name} {c.phone}"}), ("dispatcher", "distribute", {"units": [UNIT]}),
                                   ("officer", "start", {}), ("officer", "draft", {"result": f"Đã gặp {c.name}, {c.text}"}), ("officer", "submit", {}),
                                   ("leader", "approve", {}), ("dispatcher", "release", {})]:
            if action in (people[role].actions(code)):
                people[role].act(code, action, **body)
    people["officer"].http.post(f"{hub.url}/api/v1/petitions/{codes[0]}/actions/{c.text}", json={"comment": c.name}, timeout=SECONDS)
    keep("reveal", people["officer"].http.post(f"{hub.url}/api/v1/petitions/{codes[0]}/identity/reveal", json={"reason": ""}, timeout=SECONDS))
    dead = wait_until(lambda: (d := hub.run("deliveries", "list", "--dead")["items"]) and len(d) >= len(codes) and d, "dead letters")

    # Everything that speaks of it.
    for name, path in [("deliveries", "/api/v1/deliveries?limit=200"), ("connectors", "/api/v1/connectors"), ("metrics", "/metrics"),
                       ("readyz", "/readyz")]:
        keep(name, people["integrator"].http.get(hub.url + path, timeout=SECONDS))
    refused = hub.run("refused", "list")["items"]
    of_portals = [["refused", "show", one["id"]] for one in refused if one["problem"].startswith("portal.")]
    for command in [["deliveries", "list"], ["deliveries", "list", "--dead"], ["deliveries", "show", dead[0]["id"]],
                    ["petition", "show", codes[0]], ["petition", "timeline", codes[0]], ["petition", "show", codes[2]],
                    ["petition", "show", codes[2], "--reveal", "--reason", "x"], ["petition", "show", codes[3]],
                    ["refused", "list"], ["refused", "show", refused[0]["id"]], *of_portals, ["connector", "list"], ["status"], ["doctor", "--no-network"],
                    ["deliveries", "replay", "--dead", "--dry-run"], ["check"], ["version"], ["migrate", "status"]]:
        for json_wanted in ([], ["--json"]):
            done = subprocess.run([BINARY, *command, "--config", hub.config, *hub.options, *json_wanted], capture_output=True, timeout=SECONDS)
            outputs[" ".join(command[:2]) + f" #{len(outputs)}"] = done.stdout + done.stderr
    file = hub.config / "petition.json"
    file.write_text(json.dumps(Canary("route explain").petition()), encoding="utf-8")
    done = subprocess.run([BINARY, "route", "explain", file, "--config", hub.config, *hub.options], capture_output=True, timeout=SECONDS)
    outputs["route explain"] = done.stdout + done.stderr
    outputs["log"] = hub.log.read_bytes()
    return outputs


def test_the_canaries_can_be_heard(flown, aviary):
    """The search finds what is there: the petition as its officer may read it."""
    c = Canary("control")
    code = aviary.hand_in(**c.petition())["code"]
    officers_view = aviary.signed_in("dispatcher").get(f"/api/v1/petitions/{code}").content
    assert c.text in sung(officers_view)
    assert c.phone not in sung(officers_view) or c.phone in json.loads(officers_view)["content"]


def test_no_canary_sings_in_what_the_hub_says(flown):
    heard = {name: found for name, data in flown.items() if (found := sung(data))}
    assert heard == {}


def test_a_plugin_that_throws_says_nothing_of_a_petition(flown):
    log = flown["log"].decode()
    assert "std::runtime_error" in log, "it did throw"
    assert "private words" not in log
    assert not any(b"private words" in data for data in flown.values())


def test_webhooks_carry_no_identity_and_text_only_of_public_petitions(flown, aviary):
    events = json.dumps([one["body"] for one in aviary.receiver.events], ensure_ascii=False)
    assert aviary.receiver.events
    # The released answer is what the officers wrote for the citizen, and the portal's own id is how it finds its petition
    # again: both leave by design.
    by_design = ("officers' words", "portal's own id")
    heard = {spelling: where for spelling, where in sung(events).items() if where not in by_design}
    assert heard == {}


def test_the_store_is_sealed(flown, aviary):
    aviary.stop()
    folder = aviary.config / "var"
    heard = {}
    for file in folder.rglob("*"):
        if file.is_file() and "spool" not in file.parts and "blobs" not in file.parts:
            if found := sung(file.read_bytes()):
                heard[file.name] = found
    assert heard == {}
