"""The sentences of scenarios: who does what with which petition.

    citizen sends A                        operator sends A             citizen rates A satisfied
    app sends A                            (with the API key of the channel `mobile`)
    dispatcher accepts A                   dispatcher distributes A to so-gtvt
    leader of so-gtvt assigns A to officer Lan of so-gtvt               officer of so-gtvt takes A
    officer of so-gtvt asks so-tnmt, cong-an to help with A             dispatcher merges B into A

`with` holds what is given along (docs/api/openapi.yaml); a comment or a result that the scenario does not care about is filled
in, and so is what it does not say of the sender (`petitioner: null`: nobody). `A is answered by so-gtvt` and `A is given to so-gtvt` stand for the whole way there. A verb means an effect of the workflow, so that one sentence fits every province; `does ACTION on A` names an action."""

import datetime
import re

import yaml

from world import MARK, SENDER, Client, wait_until

PERSON = r"(?:dispatcher|operator|auditor|officer|leader|unit_admin)(?:\+\w+)*(?: [A-Z]\w*)?(?: of [a-z0-9-]+)?"
UNITS = r"[a-z0-9-]+(?:, [a-z0-9-]+)*"
A = r"(?P<petition>[A-Z][A-Za-z0-9]*)"

# Verb -> effect of the action.
VERBS = {
    rf"accepts {A}": "accept",
    rf"distributes {A} to (?P<units>{UNITS})": "distribute",
    rf"assigns {A} to (?P<officers>{PERSON}(?:, {PERSON})*)": "assign",
    rf"takes {A}": "start",
    rf"gives {A} back": "unclaim",
    rf"notes on {A}": "note",
    rf"asks the sender of {A}": "ask",
    rf"drafts {A}": "draft",
    rf"submits {A}": "submit",
    rf"approves {A}": "approve",
    rf"sends {A} back(?: to (?P<step>[a-z_]+))?": "send_back",
    rf"returns {A}": "return",
    rf"appoints {A}": "appoint",
    rf"asks (?P<units>{UNITS}) to help with {A}": "coordinate",
    rf"forwards {A} to (?:(?P<followers>{PERSON})|(?P<units>{UNITS})) to follow": "follow",
    rf"answers {A}": "answer",
    rf"releases {A}": "release",
    rf"refuses {A}": "refuse",
    rf"merges {A} into (?P<into>[A-Z]\w*)": "merge",
    rf"takes {A} out of the merge": "unmerge",
    rf"closes {A}": "close",
    rf"does (?P<action>[a-z_]+) on {A}": None,
}
CITIZEN = {
    rf"sends {A}": "send",
    rf"rates {A} (?P<rating>\w+)": "rate",
    rf"adds to {A}": "supplement",
    rf"asks to reopen {A}": "reopen",
}
OTHER = {
    rf"reveals the sender of {A}": "reveal",
    rf"corrects the place of {A}": "place",
    r"writes the article (?P<article>[a-z0-9-]+)": "article",
    rf"has seen (?P<petitions>[A-Z]\w*(?:, [A-Z]\w*)*)": "seen",
    rf"opens an incident {A} for (?P<petitions>[A-Z]\w*(?:, [A-Z]\w*)*)": "incident",
}
COMMENTED = {"ask", "note", "send_back", "return", "appoint", "coordinate", "follow", "refuse", "merge", "unmerge", "close"}


def _match(table, text):
    for pattern, meaning in table.items():
        found = re.fullmatch(pattern, text)
        if found:
            return meaning, {name: value for name, value in found.groupdict().items() if value}
    return None


class Speaker:
    """Carries sentences out. `petitions` knows each by its letter: id, code, tracking token."""

    def __init__(self, hub):
        self.hub = hub
        self.petitions = {}
        self.last = None
        self.answer = None  # What the last call answered.
        self.workflows = {}
        for folder in (hub.config.parents[1] / "base", hub.config.parent / hub.province):
            for path in sorted((folder / "workflows").glob("*.yaml")):
                workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
                self.workflows[workflow["id"]] = workflow
        self.categories = [one["id"] for one in yaml.safe_load(
            (hub.config.parent / hub.province / "organisation.yaml").read_text(encoding="utf-8"))["categories"]]

    def say(self, sentence, given, expected_problem=None):
        """The answer's JSON, or None where the expected problem came."""
        given = dict(given or {})
        if way := re.fullmatch(rf"{A} is (answered by|given to) (?P<unit>[a-z0-9-]+)", sentence):
            return self._walk(way["petition"], way["unit"], way[2])
        if sent := re.fullmatch(rf"app sends {A}", sentence):
            return self._send(self.hub.app(), sent["petition"], given, expected_problem)
        if sentence.startswith("citizen "):
            found = _match(CITIZEN, sentence.removeprefix("citizen "))
            assert found, f"a citizen does no such thing: {sentence}"
            return getattr(self, f"_citizen_{found[0]}")(found[1], given, expected_problem)
        who = re.match(rf"{PERSON} ", sentence)
        assert who, f"who is this? {sentence}"
        person, rest = self.hub.person(who[0]), sentence[who.end():]
        if found := _match(CITIZEN, rest):
            assert found[0] == "send", f"only citizens do this: {sentence}"
            return self._send(person, found[1]["petition"], given, expected_problem)
        if found := _match(OTHER, rest):
            return getattr(self, f"_{found[0]}")(person, found[1], given, expected_problem)
        found = _match(VERBS, rest)
        assert found, f"nobody does such a thing: {sentence}"
        return self._act(person, found[0], found[1], given, expected_problem)

    def _walk(self, name, unit, how):
        """The usual way of a petition: each time the first of these steps that somebody may take."""
        petition = self._petition(name)
        people = [self.hub.person(one) for one in ("dispatcher", f"officer of {unit}", f"leader of {unit}")]
        bodies = {"accept": {}, "distribute": {"units": [unit]}, "start": {}, "draft": {"result": "Đã xử lý xong."}, "submit": {},
                  "approve": {}, "release": {}, "assign": {"officers": [people[1].account["login"]]}}
        drafted = False
        for _ in range(20):
            view = self.hub.person("auditor").get(f"/api/v1/petitions/{petition['id']}").json()
            if view["finished_at"] or (how == "given to" and view["unit"] == unit):
                return view
            steps = [one for one in bodies if one != ("draft" if drafted else "submit")]
            who, action, effect = self._next(people, petition, steps)
            drafted = drafted or effect == "draft"
            who.act(petition["id"], action, **bodies[effect])
        raise AssertionError(f"{name} goes in circles")

    def _next(self, people, petition, effects):
        legal = []
        for one in people:
            answer = one.http.get(self.hub.url + f"/api/v1/petitions/{petition['id']}/actions")
            legal += [(one, item["id"], item["effect"]) for item in answer.json().get("items", [])]
        for effect in effects:
            for found in legal:
                if found[2] == effect:
                    return found
        raise AssertionError(f"nobody may do any of {effects}: {legal}")

    # What officials do.

    def _act(self, person, effect, words, given, problem):
        petition = self._petition(words["petition"])
        body = dict(given)
        if effect in COMMENTED:
            body.setdefault("comment", "Theo quy trình.")
        if effect in ("draft", "answer") and "article" not in body:
            body.setdefault("result", "Đã xử lý xong.")
        if "units" in words:
            body["units"] = words["units"].split(", ")
        for name in ("officers", "followers"):
            if name in words:
                body[name] = [self.hub.person(one).account["login"] for one in words[name].split(", ")]
        if "step" in words:
            body["step"] = words["step"]
        if "into" in words:
            body["into"] = self.petitions[words["into"]]["id"]
        action = words.get("action") or self._action(person, petition, effect, body)
        path = f"/api/v1/petitions/{petition['id']}/actions/{action}"
        return self._post(person, path, body, 200, problem)

    def _action(self, person, petition, effect, body):
        """The legal action of that effect; when there is none, the one that would be, for the sake of its refusal."""
        answer = person.http.get(self.hub.url + f"/api/v1/petitions/{petition['id']}/actions")
        items = answer.json().get("items", []) if answer.status_code == 200 else []
        fitting = [one for one in items if one["effect"] == effect and ("steps" in one) == ("step" in body)]
        if fitting:
            return fitting[0]["id"]
        view = self.hub.person("auditor").get(f"/api/v1/petitions/{petition['id']}").json()
        workflow = self.workflows[view["workflow"]]
        flows = [workflow["coordination"], workflow] if person.unit and person.unit != view["unit"] and any(
            one["unit"] == person.unit for one in view["branches"]) else [workflow]
        known = [one for flow in flows for one in flow["actions"] if one["effect"] == effect]
        here = [one for one in known if view["step"] in one["from"]]
        assert known, f"the workflow never does {effect}"
        return (here or known)[0]["id"]

    def _reveal(self, person, words, given, problem):
        body = {"reason": "Gọi lại người gửi", **given}
        return self._post(person, f"/api/v1/petitions/{self._petition(words['petition'])['id']}/identity/reveal", body, 200, problem)

    def _place(self, person, words, given, problem):
        body = {"reason": "Theo ảnh hiện trường", **given}
        return self._post(person, f"/api/v1/petitions/{self._petition(words['petition'])['id']}/location", body, 200, problem)

    def _article(self, person, words, given, problem):
        body = {"title": f"Bài {words['article']}", "text": "Nội dung trả lời.", **given}
        self.answer = person.call("PUT", f"/api/v1/knowledge/{words['article']}", 201, json=body).json()
        return self.answer

    def _seen(self, person, words, given, problem):
        ids = [self.petitions[one]["id"] for one in words["petitions"].split(", ")]
        return self._post(person, "/api/v1/tasks/seen", {"petitions": ids, **given}, 200, problem)

    def _incident(self, person, words, given, problem):
        ids = [self.petitions[one]["id"] for one in words["petitions"].split(", ")]
        body = {"title": "Sự cố diện rộng", "content": "Nhiều phản ánh về một việc", "category": self.categories[0], "petitions": ids,
                **given}
        answer = self._post(person, "/api/v1/incidents", body, 201, problem)
        if answer:
            self.petitions[words["petition"]] = answer
            self.last = words["petition"]
        return answer

    # What citizens do.

    def _citizen_send(self, words, given, problem):
        return self._send(Client(self.hub), words["petition"], given, problem)

    def _send(self, client, name, given, problem):
        body = {"title": f"Phản ánh {name}", "content": "Hố ga mất nắp trước số nhà 12", "category": self.categories[0], **given}
        sender = given.get("petitioner", {})
        body["petitioner"] = sender if sender is None else {**SENDER, **sender}
        answer = self._post(client, "/api/v1/petitions", body, 201, problem)
        if answer:
            self.petitions[name] = answer
            self.last = name
        return answer

    def _citizen_rate(self, words, given, problem):
        return self._word(words, "rating", {"rating": words["rating"], **given}, 204, problem)

    def _citizen_supplement(self, words, given, problem):
        return self._word(words, "supplements", {"text": "Bổ sung: đối diện số 15.", **given}, 201, problem)

    def _citizen_reopen(self, words, given, problem):
        return self._word(words, "reopen", {"reason": "Nắp lại mất.", **given}, 201, problem)

    def _word(self, words, what, body, expect, problem):
        one = self._petition(words["petition"])
        path = f"/api/v1/track/{one['code']}/{what}?token={one['tracking_token']}"
        return self._post(Client(self.hub), path, body, expect, problem)

    def _post(self, client, path, body, expect, problem):
        if problem is None:
            answer = client.call("POST", path, expect, json=body)
            self.answer = answer.json() if answer.content else {}
            return self.answer
        answer = client.http.post(self.hub.url + path, json=body, timeout=30)
        assert answer.status_code >= 400, f"{path} was not refused: {answer.status_code} {answer.text[:300]}"
        assert answer.json()["code"] == problem, answer.text
        return None

    def _petition(self, name):
        assert name in self.petitions, f"nobody sent {name}"
        self.last = name
        return self.petitions[name]

    # What the runner needs.

    def track(self, name):
        """The sender's view."""
        one = self.petitions[name]
        return Client(self.hub).get(f"/api/v1/track/{one['code']}?token={one['tracking_token']}").json()

    def let_timers_act(self):
        """Returns when every timer up to now has acted: this one falls due a second later, behind them (see world.MARK)."""
        mark = Client(self.hub).post("/api/v1/petitions", 201, json={"content": "Mốc", "category": MARK, "petitioner": SENDER}).json()
        self.hub.clock.set(self.hub.clock.at + datetime.timedelta(seconds=1))
        events = f"/api/v1/petitions/{mark['id']}/events"
        wait_until(lambda: "deadline_missed" in [one["kind"] for one in self.hub.person("auditor").get(events).json()["items"]],
                   "the timers")
