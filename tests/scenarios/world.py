"""A province's hub whose clock stands where the scenario says, and the people who work with it.

The product knows nothing of this: libfaketime lies between it and the machine's clock, which stands still until the scenario
moves it. Waiting (timeouts, polls, threads) goes by the monotonic clock and is real."""

import datetime
import importlib.util
import shutil
import sys
from pathlib import Path

import yaml

INTEGRATION = Path(__file__).parents[1] / "integration"


def _integration():
    """The hub and client of the integration tests; their module has the same name as ours, so it comes by its file."""
    sys.path.insert(0, str(INTEGRATION))  # For its openapi_check.
    spec = importlib.util.spec_from_file_location("integration_hub", INTEGRATION / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


integration = _integration()
Client, Hub, Receiver, wait_until, ROOT = (integration.Client, integration.Hub, integration.Receiver, integration.wait_until,
                                           integration.ROOT)
VIET_NAM = datetime.timezone(datetime.timedelta(hours=7))


def library():
    for folder in ("x86_64-linux-gnu", "aarch64-linux-gnu"):
        path = Path("/usr/lib") / folder / "faketime" / "libfaketimeMT.so.1"
        if path.exists():
            return path
    raise AssertionError("libfaketime is not installed (./dev test installs it)")


def instant(text):
    """'2026-03-06T08:00' in Viet Nam, or a full instant."""
    at = datetime.datetime.fromisoformat(str(text))
    return at if at.tzinfo else at.replace(tzinfo=VIET_NAM)


class Clock:
    """The file that libfaketime reads at every look at the clock."""

    def __init__(self, path):
        self.path = path
        self.at = None

    def set(self, at):
        at = instant(at)
        assert self.at is None or at >= self.at, f"the clock does not go back from {self.at} to {at}"
        self.at = at
        written = self.path.with_suffix(".new")
        written.write_text(at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S\n"), encoding="ascii")
        written.replace(self.path)

    def environment(self):
        # The fake time of files would only confuse SQLite and the log; shared memory would tie all hubs together.
        return {"LD_PRELOAD": str(library()), "FAKETIME_TIMESTAMP_FILE": str(self.path), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DISABLE_SHM": "1", "NO_FAKE_STAT": "1", "TZ": "UTC"}


# Who writes where a test does not care: whole, because a channel may ask for all of it.
SENDER = {"name": "Người Gửi Thử", "phone": "0912000111", "citizen_id": "001099000111", "address": "Tổ 1, phường Thử"}

# A category whose petitions are overdue after a second: when the hub has noticed that, it has noticed all that fell due before.
MARK = "moc"


def _with_mark(rules):
    rules = dict(rules)
    rules["sla"] = {**rules.get("sla", {}), MARK: {"calendar": "24x7", "triage": "1s"}}
    rules["categories"] = [*rules.get("categories", []), {"id": MARK, "name": "Mốc", "sla": MARK}]
    return rules


class ScenarioHub(Hub):
    """A province as it is shipped, or with rules that the scenario brings, at the scenario's time."""

    def __init__(self, folder, receiver, province, clock, rules=None):
        self.province = province
        self.rules = rules
        self.clock = clock
        self.environment = clock.environment()
        self.people = {}
        super().__init__(folder, receiver)

    def start(self):
        own = self.config.parent / "scenario"
        if not own.exists():  # It includes the province, as a province includes the base.
            own.mkdir()
            (self.config / "var").rename(own / "var")
            text = yaml.safe_dump({"include": [f"../{self.province}"], **_with_mark(self.rules or {})}, allow_unicode=True,
                                  sort_keys=False)
            (own / "hub.yaml").write_text(text, encoding="utf-8")
            self.config = own
        super().start()

    def person(self, label):
        """Somebody by their label: 'dispatcher', 'officer of so-gtvt', 'officer Lan of so-gtvt', 'leader+officer of so-gtvt'."""
        label = label.strip()
        if label not in self.people:
            who, _, unit = label.partition(" of ")
            roles, _, name = who.partition(" ")
            login = f"nguoi{len(self.people) + 1}"
            arguments = [part for role in roles.split("+") for part in ("--role", role)] + (["--unit", unit] if unit else [])
            self.run("user", "add", "--login", login, "--name", name or f"Người {len(self.people) + 1}", *arguments)
            token = self.run("token", "new", "--account", login)["token"]  # A session would end while the clock moves.
            client = Client(self)
            client.http.headers["Authorization"] = f"Bearer {token}"
            client.account = client.get("/api/v1/me").json()["account"]
            client.unit = unit
            self.people[label] = client
        return self.people[label]

    def hand_in(self, expect=201, headers=None, **fields):
        return super().hand_in(expect, headers, **{"petitioner": SENDER, **fields})

    def app(self):
        """The province's mobile application: whoever sends by it comes with its key."""
        if "app" not in self.people:
            client = Client(self)
            client.http.headers["Authorization"] = f"Bearer {self.run('token', 'new', '--source', 'mobile')['token']}"
            self.people["app"] = client
        return self.people["app"]

    def end(self, folder):
        self.stop()
        shutil.rmtree(folder, ignore_errors=True)


