"""The Centre's people and those of the units: each petition is accepted, handled, approved and released by legal actions alone."""

import threading

from configuration import Configuration, Program, Trouble
from hub import Answered, Client
from wrong import Wrong

# What brings a petition nearer to its answer, the last step first.
EFFECTS = ("release", "approve", "draft", "submit", "start", "assign", "distribute", "accept")
MOST_STEPS = 30  # Of one petition: a workflow that takes more goes in a circle.


class Staff:
    """Accounts of their own, made when somebody is needed, closed by dismiss(). For any thread."""

    def __init__(self, program: Program, hub: str, configuration: Configuration):
        self._program, self._hub, self._configuration = program, hub, configuration
        self._lock = threading.Lock()
        self._tokens: "dict[str, tuple[str, str]]" = {}  # Login to (id, token).

    def client(self, role: str, unit: "str | None" = None) -> Client:
        return Client(self._hub, self._hire(role, unit)[1])

    def login(self, role: str, unit: "str | None" = None) -> str:
        return f"mo-phong-{role}" + (f"-{unit}" if unit else "")

    def _hire(self, role: str, unit: "str | None") -> "tuple[str, str]":
        login = self.login(role, unit)
        with self._lock:
            if login not in self._tokens:
                code, _ = self._program.run("user", "add", "--login", login, "--name", f"Mô phỏng {role}", "--role", role,
                                            *(["--unit", unit] if unit else []))
                if code == 4:  # There from an earlier run.
                    code, _ = self._program.run("user", "unlock", "--login", login)
                code, made = self._program.run("token", "new", "--account", login) if code == 0 else (code, {})
                if code != 0:
                    raise Trouble(f"no account for {login}", code)
                self._tokens[login] = (made["id"], made["token"])
            return self._tokens[login]

    def dismiss(self) -> None:
        """Tokens are taken back, accounts stay, locked: the journal names them."""
        with self._lock:
            for login, (token, _) in self._tokens.items():
                self._program.run("token", "revoke", token)
                self._program.run("user", "lock", "--login", login)
            self._tokens.clear()

    def answer(self, petition: str, text: str) -> None:
        """Until it is answered with this text. Wrong, or the hub's no (Answered), when that cannot be."""
        drafted = False
        dispatcher = self.client("dispatcher")
        for _ in range(MOST_STEPS):
            view = dispatcher.get(f"/api/v1/petitions/{petition}")
            if view["status"] == "answered":
                return
            unit = view["unit"] or view["suggested_unit"] or self._configuration.some_unit()
            client, action = self._next(petition, unit, drafted)
            drafted |= action["effect"] == "draft"
            client.post(f"/api/v1/petitions/{petition}/actions/{action['id']}", self._input(action, unit, text))
        raise Wrong("quá nhiều bước mà chưa trả lời")

    def _next(self, petition: str, unit: str, drafted: bool) -> "tuple[Client, dict]":
        found = []
        for role, of in (("dispatcher", None), ("officer", unit), ("leader", unit)):
            client = self.client(role, of)
            if role != "dispatcher" and not self._has(client, petition):
                continue
            for action in client.get(f"/api/v1/petitions/{petition}/actions")["items"]:
                if action["effect"] in EFFECTS and not (drafted and action["effect"] == "draft"):
                    found.append((EFFECTS.index(action["effect"]), client, action))
        if not found:
            raise Wrong("không ai có thao tác nào để trả lời")
        return min(found, key=lambda one: one[0])[1:]

    @staticmethod
    def _has(client: Client, petition: str) -> bool:
        """Whether this unit's people see it at all."""
        try:
            client.get(f"/api/v1/petitions/{petition}")
        except Answered as no:
            if no.status in (403, 404):
                return False
            raise
        return True

    def _input(self, action: dict, unit: str, text: str) -> dict:
        given = {"comment": "Mô phỏng", "result": text, "units": [unit], "officers": [self.login("officer", unit)]}
        return {name: given[name] for name in action["needs"] if name in given}
