"""Health, metrics, deliveries, pages, and the edges of the server itself."""

import re
import socket

import yaml

from conftest import CONTRACT, Hub, wait_until


def port_of(hub):
    return int(hub.url.rsplit(":", 1)[1])


def test_health_and_readiness(anybody):
    alive = anybody.get("/healthz")
    assert alive.json()["status"] == "alive"
    assert "Server" not in alive.headers
    ready = anybody.get("/readyz").json()
    assert ready["writable"] is True
    assert {one["id"] for one in ready["connectors"]} == {"spool", "webhook"}


def test_connectors_are_listed_with_their_state(people):
    states = {one["id"]: one["state"] for one in people["integrator"].get("/api/v1/connectors").json()["items"]}
    assert states == {"spool": "running", "webhook": "running"}


def test_metrics_are_prometheus_text(hub, anybody):
    def value(text, name):
        return int(re.search(rf"^{re.escape(name)} (\d+)$", text, re.MULTILINE).group(1))

    stored = 'pakn_intake_total{outcome="stored"}'
    before = anybody.get("/metrics").text
    hub.hand_in()
    after = anybody.get("/metrics").text
    assert value(after, stored) == value(before, stored) + 1
    assert value(after, "pakn_petitions") == value(before, "pakn_petitions") + 1
    for line in after.splitlines():
        assert re.match(r"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+=\"[^\"]*\"\})? \d+)$", line), line
    assert "pakn_writable 1" in after.splitlines()


def test_metrics_are_for_those_who_are_named(anybody):
    """The demo trusts a proxy on this machine; whom it speaks for is not this machine."""
    refused = anybody.get("/metrics", 403, headers={"X-Forwarded-For": "203.0.113.9"})
    assert refused.json()["code"] == "metrics.not_yours"
    anybody.get("/metrics", headers={"X-Forwarded-For": "::1"})


def test_deliveries_are_listed_and_guarded(people):
    integrator = people["integrator"]
    assert integrator.get("/api/v1/deliveries?state=dead").json()["items"] == []
    for verb in ("replay", "discard"):
        body = {"json": {"reason": "x"}} if verb == "discard" else {}
        assert integrator.problem("POST", f"/api/v1/deliveries/none/{verb}", 404, **body) == "delivery.not_found"
        dispatcher = people["dispatcher"]
        assert dispatcher.problem("POST", f"/api/v1/deliveries/none/{verb}", 403, **body) == "role.insufficient"
    assert integrator.problem("POST", "/api/v1/deliveries/none/discard", 422, json={}) == "delivery.reason_missing"
    assert integrator.problem("GET", "/api/v1/deliveries?state=lost", 400) == "request.parameter_invalid"


def test_unknown_addresses_and_methods(anybody):
    for path in ("/", "/api/v1", "/api/v1/nothing", "/api/v1/track/", "/api/v1/petitions/", "//healthz", "/healthz/"):
        assert anybody.problem("GET", path, 404) == "request.not_found", path
    response = anybody.call("PUT", "/api/v1/petitions", 405, data=b"{}")
    assert response.headers["Allow"] == "POST, GET, HEAD"
    assert anybody.problem("GET", "/healthz?" + "x" * 5000, 414) == "request.target_too_long"


def test_head_answers_like_get_without_the_body(anybody):
    head = anybody.call("HEAD", "/healthz", 200)
    assert head.content == b""
    assert int(head.headers["Content-Length"]) == len(anybody.get("/healthz").content)


def test_the_served_description_is_the_one_checked_here(anybody):
    assert yaml.safe_load(anybody.get("/docs/api/openapi.yaml").text) == CONTRACT.document


def test_the_sign_in_page_loads_nothing_foreign(anybody):
    page = anybody.get("/sign-in")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert set(re.findall(r'(?:src|href)="([^"]+)"', page.text)) == {"/sign-in/page.js", "/sign-in/page.css"}
    assert "onclick" not in page.text and "<style" not in page.text and "style=" not in page.text
    anybody.get("/sign-in/page.js")
    anybody.get("/sign-in/page.css")


def test_a_connection_serves_many_requests(hub):
    with socket.create_connection(("127.0.0.1", port_of(hub)), timeout=20) as connection:
        for _ in range(3):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n")
            answer = b""
            while b"alive" not in answer or not answer.endswith(b"}"):
                piece = connection.recv(65536)
                assert piece, "the hub closed a connection that could be kept"
                answer += piece
            CONTRACT.check_raw("GET", "/healthz", answer)


def test_tokens_in_addresses_stay_out_of_the_log(hub, anybody):
    anybody.get("/api/v1/track/x?token=canary-in-the-query", 404)
    assert "canary-in-the-query" not in hub.log.read_text(encoding="utf-8")


def test_stopping_finishes_what_runs(tmp_path, receiver):
    hub = Hub(tmp_path, receiver)
    body = b'{"content":"Ho ga"}'
    with socket.create_connection(("127.0.0.1", port_of(hub)), timeout=20) as idle, \
            socket.create_connection(("127.0.0.1", port_of(hub)), timeout=20) as busy:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n")
        assert idle.recv(65536).startswith(b"HTTP/1.1 200 ")
        # 100 Continue says that the hub has begun with this request.
        busy.sendall(b"POST /api/v1/petitions HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
                     b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert busy.recv(65536).startswith(b"HTTP/1.1 100 ")
        hub.process.terminate()
        wait_until(lambda: "HUB_STOPPING" in hub.log.read_text(encoding="utf-8"), "the hub to begin to stop")
        busy.sendall(body)
        [stored] = CONTRACT.check_raw("POST", "/api/v1/petitions", busy.recv(65536))
        assert stored.status_code == 201
    hub.stop()
