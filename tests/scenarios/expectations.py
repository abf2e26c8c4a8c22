"""What a scenario expects of a petition. Anything that is not named here is a field of the officers' view
(docs/api/openapi.yaml, PetitionView), compared as far as it is written down.

    history   these entries, in this order, others may lie between
    changes   rows of the history: "status: received -> accepted"; in this order
    count     how many entries of a kind: {returned: 3}
    never     kinds of entries that must not exist once all timers up to now have acted
    settled   true: all timers up to now have acted before anything is looked at
    tasks     whose task it is: {officer of so-gtvt: working, dispatcher: none}
    legal     exactly these actions are possible for somebody: {leader of so-gtvt: [approve, send_back]}
    may, may_not   these actions are, or are not, possible for somebody
    hidden_from, shown_to   for whom the petition exists
    sender_sees   the view by code and token; `absent`: what must not stand in it
    deliveries   what left or waits to leave
    notices   what somebody has been told about it here, oldest first: {officer of so-gtvt: [task, reminder]}
    told      how many messages about it the receiver got, notices apart
    masked    what nobody may read in what an officer sees
    answer    what the last call answered
    listed    its row in the list of petitions
    statistic what a table says: {ratings?by=unit: [{unit: so-gtvt, total: 3}]}; these rows are among its rows
    workbook  the same table as a workbook has these texts: {list: [060326001]}
    queue     the order in which somebody's tasks stand: {officer of so-gtvt: [B, A]}
    order     the order in which the list of petitions shows these: [B, A]
    newest_first   the history from its end, read twice: all entries of these kinds, and no other order
"""

import io
import re
import zipfile

from world import instant

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
FULL = re.compile(LOCAL.pattern + r"(\.\d+)?(Z|[+-]\d\d:\d\d)")


class Unmet(AssertionError):
    """An expectation that does not hold; perhaps not yet."""


def require(condition, what):
    if not condition:
        raise Unmet(what)


def compare(expected, actual, where, people):
    """Maps by their written keys, lists one by one, times as instants, people by their labels."""
    if isinstance(expected, dict):
        require(isinstance(actual, dict) and (expected or not actual), f"{where}: {actual!r} instead of {expected!r}")
        for key, value in expected.items():
            require(key in actual, f"{where} has no {key}: {actual!r}")
            compare(value, actual[key], f"{where}.{key}", people)
        return
    if isinstance(expected, list):
        require(isinstance(actual, list) and len(actual) == len(expected), f"{where}: {actual!r} instead of {expected!r}")
        for number, value in enumerate(expected):
            compare(value, actual[number], f"{where}[{number}]", people)
        return
    if isinstance(expected, str) and expected in people:
        expected = people[expected].account["id"]
    if isinstance(expected, str) and LOCAL.fullmatch(expected) and isinstance(actual, str) and FULL.fullmatch(actual):
        require(instant(expected) == instant(actual), f"{where}: {actual} instead of {expected}")
        return
    require(expected == actual, f"{where}: {actual!r} instead of {expected!r}")


def in_order(expected, actual, what, fits):
    """Each expected one is found behind the one before."""
    position = 0
    for one in expected:
        while position < len(actual) and not fits(one, actual[position]):
            position += 1
        require(position < len(actual), f"{what}: {one!r} is not there, in this order: {actual!r}")
        position += 1


class Case:
    """One petition, looked at through the API."""

    def __init__(self, hub, speaker, name):
        self.hub, self.speaker, self.name = hub, speaker, name
        self.known = speaker.petitions[name]
        self.auditor = hub.person("auditor")
        self.path = f"/api/v1/petitions/{self.known['id']}"

    def events(self):
        return self.auditor.get(f"{self.path}/events").json()["items"]

    def expect(self, expected):
        view = self.auditor.get(self.path).json()
        for key, value in expected.items():
            check = getattr(self, f"_{key}", None)
            if check:
                check(value)
            else:
                compare({key: value}, view, self.name, self.hub.people)
        self._sound_history()

    def _sound_history(self):
        """DF-3: no row of the history has the same value twice. DF-12: the first entry is the receipt. AX-16: one order, in which the
        entries of one minute stand, too."""
        events = self.events()
        versions, times = [event["version"] for event in events], [instant(event["at"]) for event in events]
        assert versions == sorted(set(versions)) and times == sorted(times), f"{self.name}: {versions}, {times}"
        for event in events:
            for row in event["changes"]:
                assert row["old"] != row["new"], f"{self.name}: {row}"
        view = self.auditor.get(self.path).json()
        assert events[0]["kind"] == "received" and events[0]["at"] == view["recorded_at"]
        # Of a paper that was written down later the first entry says when it came in.
        assert view["received_at"] == events[0].get("received_at", events[0]["at"])

    def _history(self, expected):
        def fits(one, event):
            try:
                compare(one if isinstance(one, dict) else {"kind": one}, event, "event", self.hub.people)
            except Unmet:
                return False
            return True
        in_order(expected, self.events(), f"{self.name}.history", fits)

    def _changes(self, expected):
        rows = [f"{row['field']}: {self._shown(row['old'])} -> {self._shown(row['new'])}"
                for event in self.events() for row in event["changes"]]
        in_order(expected, rows, f"{self.name}.changes", lambda one, row: one == row)

    def _shown(self, value):
        for label, client in self.hub.people.items():
            if value == client.account["id"]:
                return label
        return "nothing" if value is None else re.sub(r":00(\+07:00)$", "", str(value)) if FULL.fullmatch(str(value)) else value

    def _count(self, expected):
        kinds = [event["kind"] for event in self.events()]
        for kind, number in expected.items():
            require(kinds.count(kind) == number, f"{self.name}: {kinds.count(kind)} times {kind} instead of {number}")

    def _never(self, kinds):
        found = {event["kind"] for event in self.events()} & set(kinds)
        assert not found, f"{self.name}: {found} happened"

    def _tasks(self, expected):
        for label, steps in expected.items():
            items = self.hub.person(label).get("/api/v1/tasks?limit=200").json()["items"]
            mine = [one["step"] for one in items if one["petition"]["id"] == self.known["id"]]
            wanted = [] if steps == "none" else steps if isinstance(steps, list) else [steps]
            require(sorted(mine) == sorted(wanted), f"{self.name}: tasks of {label}: {mine} instead of {wanted}")

    def _legal(self, expected):
        for label, actions in expected.items():
            found = self.hub.person(label).actions(self.known["id"])
            require(sorted(found) == sorted(actions), f"{self.name}: {label} may {found} instead of {actions}")

    def _may(self, expected):
        for label, actions in expected.items():
            found = self.hub.person(label).actions(self.known["id"])
            require(set(actions) <= set(found), f"{self.name}: {label} may {found}")

    def _may_not(self, expected):
        for label, actions in expected.items():
            found = self.hub.person(label).actions(self.known["id"])
            require(not set(actions) & set(found), f"{self.name}: {label} may {found}")

    def _hidden_from(self, labels):
        for label in labels if isinstance(labels, list) else [labels]:
            assert self.hub.person(label).problem("GET", self.path, 404) == "petition.not_found"
            items = self.hub.person(label).get("/api/v1/tasks?limit=200").json()["items"]
            assert self.known["id"] not in {one["petition"]["id"] for one in items}

    def _shown_to(self, labels):
        for label in labels if isinstance(labels, list) else [labels]:
            self.hub.person(label).get(self.path)

    def _sender_sees(self, expected):
        view = self.speaker.track(self.name)
        absent = expected.get("absent", [])
        text = str(view)
        for one in absent:
            assert one not in text, f"{self.name}: the sender sees {one}"
        for key, value in expected.items():
            if key != "absent":
                compare({key: value}, view, f"{self.name}.sender_sees", self.hub.people)

    def _masked(self, texts):
        seen = str(self.hub.person("dispatcher").get(self.path).json()) + str(self.hub.person("dispatcher").get("/api/v1/petitions").json())
        for text in texts:
            assert text not in seen, f"{self.name}: the dispatcher reads {text}"

    def _answer(self, expected):
        compare(expected, self.speaker.answer, f"the answer about {self.name}", self.hub.people)

    def _listed(self, expected):
        rows = self.auditor.get("/api/v1/petitions?limit=200").json()["items"]
        [row] = [one for one in rows if one["id"] == self.known["id"]]
        compare(expected, row, f"{self.name}.listed", self.hub.people)

    def _queue(self, expected):
        names = {one["id"]: name for name, one in self.speaker.petitions.items()}
        for label, order in expected.items():
            items = self.hub.person(label).get("/api/v1/tasks?limit=200").json()["items"]
            found = [names.get(one["petition"]["id"]) for one in items]
            require([one for one in found if one in order] == order, f"tasks of {label}: {found} instead of {order}")

    def _order(self, expected):
        names = {one["id"]: name for name, one in self.speaker.petitions.items()}
        rows = self.auditor.get("/api/v1/petitions?limit=200").json()["items"]
        found = [names.get(one["id"]) for one in rows]
        require([one for one in found if one in expected] == expected, f"the list: {found} instead of {expected}")

    def _newest_first(self, expected):
        kinds = {one["kind"] for one in expected}
        for _ in range(2):
            compare(expected, [one for one in reversed(self.events()) if one["kind"] in kinds], f"{self.name}.newest_first",
                    self.hub.people)

    def _statistic(self, expected):
        for path, wanted in expected.items():
            table = self.auditor.get(f"/api/v1/statistics/{path}").json()
            require(table["behind"] == 0, f"{path} is behind")
            for row in wanted:
                def fits(found):
                    return all(found.get(key, self) == value for key, value in row.items())
                require(any(map(fits, table["rows"])), f"{path}: no row {row} among {table['rows']}")
            if not wanted:
                require(table["rows"] == [], f"{path}: {table['rows']}")

    def _workbook(self, expected):
        for path, texts in expected.items():
            answer = self.auditor.get(f"/api/v1/statistics/{path}", headers={"Accept": SHEET})
            sheet = zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml").decode()
            for text in texts:
                require(f">{text}<" in sheet, f"{path}: the workbook has no cell {text}")

    def _notices(self, expected):
        for label, names in expected.items():
            items = self.hub.person(label).get("/api/v1/notices?limit=200").json()["items"]
            found = [item["notice"] for item in reversed(items) if item["code"] == self.known["code"]]
            require(found == names, f"{self.name}: {label} was told {found!r} instead of {names!r}")

    def _told(self, number):
        found = sum("notice" not in one["body"]["data"] for one in self.hub.receiver.about(self.known["code"]))
        require(found == number, f"{self.name}: told {found} times instead of {number}")
