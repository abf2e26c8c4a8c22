"""The plan of the simulated mail server: which commands are treated badly, and how (see mail_server.py for the rules)."""

import dataclasses
import re

END = ("close", "reset")


@dataclasses.dataclass
class Rule:
    at: str = "*"
    match: str | None = None
    skip: int = 0
    times: int = 1
    acts: bool | None = None
    reply: str | None = None
    before: list = dataclasses.field(default_factory=list)
    after: list = dataclasses.field(default_factory=list)
    flood: int = 0
    raw: str | None = None
    delay: float = 0.0
    hang: bool = False
    chunk: int = 0
    pause: float = 0.0
    cut: int | None = None
    cut_literal: int | None = None
    end: str | None = None
    size_add: int = 0
    literal_add: int = 0
    read: int | None = None

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value, kind = getattr(self, field.name), KINDS[field.name]
            if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
                raise ValueError(f"{field.name} is not that kind of value")
        if self.end not in (None, *END):
            raise ValueError("end is close or reset")
        if self.match is not None:
            re.compile(self.match)
        for line in [*self.before, *self.after]:
            if not isinstance(line, str):
                raise ValueError("before and after are lists of lines")
        self.at = self.at.upper()

    @classmethod
    def read_from(cls, fields: dict) -> "Rule":
        unknown = set(fields) - {field.name for field in dataclasses.fields(cls)}
        if unknown:
            raise ValueError("no such part of a rule: " + ", ".join(sorted(unknown)))
        return cls(**fields)

    @property
    def does(self) -> bool:
        """Whether the command has its effect."""
        if self.acts is not None:
            return self.acts
        return self.reply is None and self.raw is None and self.cut != 0

    @property
    def ends(self) -> bool:
        return self.end is not None or self.cut is not None or self.cut_literal is not None

    def fits(self, command: str, arguments: bytes) -> bool:
        if self.at != command and (self.at != "*" or command == "BODY"):
            return False
        return self.match is None or re.search(self.match, arguments.decode("latin-1")) is not None


KINDS = {"at": str, "match": str, "skip": int, "times": int, "acts": bool, "reply": str, "before": list, "after": list, "flood": int,
         "raw": str, "delay": (int, float), "hang": bool, "chunk": int, "pause": (int, float), "cut": int, "cut_literal": int,
         "end": str, "size_add": int, "literal_add": int, "read": int}
AS_USUAL = Rule(times=0)


class Plan:
    """Use it under the server's lock."""

    def __init__(self):
        self.rules: list[Rule] = []

    def add(self, rules: list[dict]) -> None:
        self.rules += [Rule.read_from(rule) for rule in rules]

    def clear(self) -> None:
        self.rules.clear()

    def take(self, command: str, arguments: bytes = b"") -> Rule:
        for rule in self.rules:
            if not rule.fits(command, arguments):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            if rule.times > 0:
                rule.times -= 1
                if rule.times == 0:
                    self.rules.remove(rule)
            return rule
        return AS_USUAL

    def left(self) -> list[dict]:
        usual = dataclasses.asdict(Rule())
        return [{name: value for name, value in dataclasses.asdict(rule).items() if name == "at" or value != usual[name]}
                for rule in self.rules]
