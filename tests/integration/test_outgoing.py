"""What connectors send takes the proxy of the configuration, and goes on when that lets nothing through for a while."""

import json
import subprocess
import sys

import pytest

from conftest import BINARY, ROOT, SECONDS, Hub, Receiver, wait_until

sys.path.insert(0, str(ROOT / "tests" / "peers"))
from proxy import Proxy  # noqa: E402

UNIT = "so-xay-dung"
PASSWORD = "mật khẩu"


class ProxiedHub(Hub):
    proxy = None

    def _change(self, name, pattern, replacement):
        super()._change(name, pattern, replacement)
        if name == "connectors.yaml":
            (self.config / "var" / "proxy.secret").write_text(PASSWORD + "\n", encoding="utf-8")
            (self.config / "var" / "proxy.secret").chmod(0o600)
            super()._change(name, r"backoff: \[1s, 15m\]", "backoff: [100ms, 200ms]")
            super()._change(name, r"(?m)^connectors:$", f"""outgoing:
  proxy: http://127.0.0.1:{self.proxy.port}
  user: hub
  password: ${{file:var/proxy.secret}}
  no_proxy: [direct.example]
connectors:""")


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    receiver = Receiver()
    ProxiedHub.proxy = Proxy(password=PASSWORD)
    hub = ProxiedHub(tmp_path_factory.mktemp("outgoing"), receiver)
    hub.staff = {role: hub.signed_in(role, unit) for role, unit in
                 [("dispatcher", None), ("officer", UNIT), ("leader", UNIT)]}
    yield hub
    hub.stop()
    receiver.stop()
    ProxiedHub.proxy.stop()


def release(hub):
    code = hub.hand_in()["code"]
    for role, action, body in [("dispatcher", "accept", {}), ("dispatcher", "distribute", {"units": [UNIT]}), ("officer", "start", {}),
                               ("officer", "draft", {"result": "Đã lắp nắp mới."}), ("officer", "submit", {}), ("leader", "approve", {}),
                               ("dispatcher", "release", {})]:
        hub.staff[role].act(code, action, **body)
    return code


def test_deliveries_go_through_the_proxy(own):
    code = release(own)
    wait_until(lambda: own.receiver.about(code), "the delivery")
    assert ("POST", f"http://127.0.0.1:{own.receiver.port}/events") in own.proxy.seen
    assert "Proxy-Authorization" not in own.receiver.about(code)[0]["headers"]


def test_connector_test_looks_at_the_proxy(own):
    done = subprocess.run([BINARY, "connector", "test", "webhook", "--config", own.config, "--json"], capture_output=True, timeout=SECONDS,
                          text=True)
    step = next(one for one in json.loads(done.stdout)["steps"] if one["step"] == "url")
    assert step["ok"] and "proxy reached" in step["text"]


def test_the_password_is_nowhere_to_be_read(own):
    shown = subprocess.run([BINARY, "config", "show", "--config", own.config], capture_output=True, timeout=SECONDS, text=True).stdout
    assert PASSWORD not in shown and PASSWORD not in own.log.read_text(encoding="utf-8")
