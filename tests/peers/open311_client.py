"""Clients of an Open311 GeoReport v2 server, written from docs/contracts/open311.md: FixMyStreet with its updates, the strict readers of
open311-adapter and basic311, the validator of 2010, an old node client, the JSON schemas. Each reads as its model reads, so what it stumbles
over they would stumble over."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import datetime

import requests

SECONDS = 30
EXTENDED = {"unchanged", "open", "closed", "fixed", "in_progress", "planned", "action_scheduled", "investigating", "duplicate",
            "not_councils_responsibility", "no_further_action", "internal_referral", "cancelled", "reopen", "for_triage"}
ZULU = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # All that the validator of 2010 takes for a time.
ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


class Disagreement(AssertionError):
    """What the server said is not what this client can read."""


def need(condition, what):
    if not condition:
        raise Disagreement(what)


def simple(element):
    """XML::Simple's way, which Ruby's and Perl's clients share: one child is itself, several of one name are an array, nothing is {}."""
    if len(element) == 0:
        return element.text if element.text else {}
    found = {}
    for child in element:
        value = simple(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


def as_list(value):
    return value if isinstance(value, list) else [] if value in ({}, None) else [value]


class Reader:
    """Speaks HTTP, and reads what comes back."""

    def __init__(self, root, jurisdiction=None, key=None):
        self.root, self.jurisdiction, self.key = root, jurisdiction, key
        self.http = requests.Session()
        self.http.trust_env = False

    def ask(self, method, path, expect=200, **arguments):
        if self.jurisdiction and method == "GET":
            arguments["params"] = {"jurisdiction_id": self.jurisdiction, **arguments.get("params", {})}
        response = self.http.request(method, self.root + path, timeout=SECONDS, **arguments)
        need(response.status_code == expect, f"{method} {path}: {response.status_code} {response.text[:300]}")
        return response

    def xml(self, path, expect=200, **params):
        response = self.ask("GET", path, expect, params=params)
        need(response.headers["Content-Type"].lower() == "text/xml; charset=utf-8", response.headers["Content-Type"])
        return ElementTree.fromstring(response.content)

    def json(self, path, expect=200, **params):
        response = self.ask("GET", path, expect, params=params)
        need(response.headers["Content-Type"].lower() == "application/json; charset=utf-8", response.headers["Content-Type"])
        return response.json()


class Validator2010(Reader):
    """The rules of SeeClickFix's validator; its XML reader makes an object of a list of one."""

    def discovery(self):
        found = {"xml": simple(self.xml("/discovery.xml")), "json": self.json("/discovery.json")}
        of_xml = found["xml"]["endpoints"]["endpoint"]
        need(isinstance(of_xml, list), "endpoints of the XML are no array")
        endpoints = {"xml": of_xml, "json": found["json"]["endpoints"]}
        for kind, one in found.items():
            for name in ("contact", "key_service"):
                need(one[name] and one[name] == found["xml"][name], f"{name} of {kind}")
            need(ZULU.fullmatch(one["changeset"]), one["changeset"])
            for endpoint in endpoints[kind]:
                for name in ("specification", "url", "changeset", "type"):
                    need(endpoint[name], f"{name} of an endpoint")
                need(ZULU.fullmatch(endpoint["changeset"]), endpoint["changeset"])
                formats = endpoint["formats"]["format"] if kind == "xml" else endpoint["formats"]
                need(isinstance(formats, list) and "text/xml" in formats, formats)
        return {one["type"]: one["url"] for one in of_xml}

    def services(self):
        services = simple(self.xml("/v2/services.xml"))["service"]
        for one in as_list(services):
            need(isinstance(one["service_code"], str) and isinstance(one["description"], str) and one["description"], one)
            if one["metadata"] == "true":
                definition = simple(self.xml(f"/v2/services/{one['service_code']}.xml"))
                for attribute in as_list(definition["attributes"]["attribute"]):
                    # An empty element is an empty hash, on which it calls strip.
                    need(isinstance(attribute["datatype_description"], str), f"datatype_description of {attribute['code']}")
        return as_list(services)


class FixMyStreet(Reader):
    """Sends reports with photos, asks for updates again and again, and posts its users' comments."""

    tries = 5

    def __init__(self, root, jurisdiction=None, key=None):
        super().__init__(root, jurisdiction, key)
        self.comments = {}  # By update_id.

    def common(self):
        return {"api_key": self.key, **({"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {})}

    def send(self, service, number, text, name="Nguyễn Văn A", photo=None, endpoint="/v2", **extra):
        first, _, last = name.partition(" ")
        fields = {**self.common(), "service_code": service, "lat": "16.463700", "long": "107.590900", "description": text,
                  "email": "nguyenvana@mau.example", "first_name": first, "last_name": last or "-", "phone": "0912345678",
                  "deviceid": "fixmystreet", "attribute[external_id]": str(number), "attribute[title]": text[:50],
                  "media_url": f"https://fms.mau.example/photo/{number}.jpeg", **extra}
        arguments = {"files": {"photo1": (f"{number}.jpeg", photo, "image/jpeg")}} if photo else {}
        response = self.ask("POST", endpoint + "/requests.xml", data=fields, **arguments)
        answer = simple(ElementTree.fromstring(response.content))["request"]
        if isinstance(answer.get("service_request_id"), str):
            return answer["service_request_id"]
        token = answer["token"]
        for _ in range(self.tries):
            polled = simple(self.xml(f"{endpoint}/tokens/{token}.xml"))["request"]
            if isinstance(polled.get("service_request_id"), str):
                return polled["service_request_id"]
        raise Disagreement(f"no id for the token {token}")

    def fetch(self, start, end):
        """New comments of that span, in order; those outside of it are dropped, as check_date does."""
        root = self.xml("/v2/servicerequestupdates.xml", start_date=start, end_date=end, api_key=self.key)
        fresh = []
        for one in as_list(simple(root).get("request_update") if len(root) else []):
            for name in ("update_id", "service_request_id", "status", "description", "updated_datetime"):
                need(isinstance(one[name], str), f"an update without {name}")
            need(one["status"] in EXTENDED, one["status"])
            at, first, last = (datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (one["updated_datetime"], start, end))
            if first <= at <= last and one["update_id"] not in self.comments:
                self.comments[one["update_id"]] = one
                fresh.append(one)
        return fresh

    def comment(self, request, number, text, status="OPEN", at="2026-03-06T08:00:00+07:00", expect=200, **extra):
        fields = {**self.common(), "service_request_id": request, "update_id": str(number), "status": status, "updated_datetime": at,
                  "description": text, "email": "nguyenvana@mau.example", "first_name": "Nguyễn", "last_name": "Văn A", **extra}
        response = self.ask("POST", "/v2/servicerequestupdates.xml", expect, data=fields)
        return simple(ElementTree.fromstring(response.content)).get("request_update", {}).get("update_id")


class AdapterReader(Reader):
    """open311-adapter's Data::Rx: each field is there and of its type."""

    TEXTS = ("service_request_id", "status", "service_name", "service_code")
    THERE = ("address", "address_id", "zipcode", "media_url", "description", "agency_responsible", "service_notice")

    def requests(self, **params):
        found = self.xml("/v2/requests.xml", **params)
        need(found.tag == "service_requests", found.tag)
        for one in found:
            for name in self.TEXTS:
                need(one.findtext(name), f"{name} is empty")
            for name in self.THERE:
                need(one.find(name) is not None, f"{name} is missing")
            for name in ("requested_datetime", "updated_datetime"):
                need(ZONED.fullmatch(one.findtext(name)), one.findtext(name))
            for name in ("lat", "long"):
                text = one.findtext(name)
                need(text == "" or float(text) is not None, text)
        return {one.findtext("service_request_id"): {child.tag: child.text or "" for child in one} for one in found}


class Basic311(Reader):
    """A script of a few lines that takes for granted what it uses."""

    def requests(self, **params):
        return [(one["service_request_id"], one["service_name"], one["lat"], one["long"]) for one in self.json("/v2/requests.json", **params)]


class NodeClient(Reader):
    """Puts a slash behind endpoints and all of a report into the address."""

    def send(self, **fields):
        response = self.ask("POST", "/v2/requests.json", params={"api_key": self.key, **fields})
        [answer] = response.json()
        return answer.get("service_request_id") or ("token", answer["token"])


class SchemaReader(Reader):
    """The JSON schemas of georeport-v2."""

    NULLABLE = {"status_notes": str, "service_name": str, "description": str, "agency_responsible": str, "service_notice": str,
                "updated_datetime": str, "expected_datetime": str, "address": str, "address_id": str, "zipcode": str, "media_url": str,
                "lat": (int, float), "long": (int, float)}

    def requests(self, **params):
        found = self.json("/v2/requests.json", **params)
        need(isinstance(found, list), "no array")
        for one in found:
            for name in ("service_request_id", "status", "service_code", "requested_datetime"):
                need(isinstance(one[name], str) and one[name], name)
            need(one["status"] in ("open", "closed"), one["status"])
            need(one["description"] is None or len(one["description"]) <= 4000, "description")
            for name, kind in self.NULLABLE.items():
                need(one[name] is None or (isinstance(one[name], kind) and one[name] != ""), f"{name}: {one[name]!r}")
        return found

    def services(self):
        for one in self.json("/v2/services.json"):
            need(all(isinstance(one[name], str) for name in ("service_code", "service_name", "type")), one)
            need(isinstance(one["metadata"], bool) and one["type"] in ("realtime", "batch", "blackbox"), one)
            need(all(one[name] is None or isinstance(one[name], str) for name in ("description", "keywords", "group")), one)
            definition = self.json(f"/v2/services/{one['service_code']}.json")
            need(definition["service_code"] == one["service_code"], definition)
            for attribute in definition["attributes"]:
                need(isinstance(attribute["variable"], bool) and isinstance(attribute["required"], bool), attribute)
                need(isinstance(attribute["order"], int) and isinstance(attribute["values"], list), attribute)
                need(all(isinstance(value["key"], str) and isinstance(value["name"], str) for value in attribute["values"]), attribute)
