"""Scenarios as they are written: YAML files below this folder, each a list."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent


class Loader(yaml.SafeLoader):
    """Times stay texts: they are Viet Nam's, not UTC's."""


Loader.yaml_implicit_resolvers = {first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
                                  for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}

KEYS = {"id", "title", "covers", "province", "clock", "rules", "given", "steps", "xfail"}
STEP_KEYS = {"when", "with", "clock", "then", "problem"}


@dataclass
class Scenario:
    id: str
    title: str
    province: str
    clock: str
    file: str
    covers: list = field(default_factory=list)
    rules: dict = None
    given: list = field(default_factory=list)
    steps: list = field(default_factory=list)
    xfail: str = None


def read(path):
    for entry in yaml.load(path.read_text(encoding="utf-8"), Loader):
        where = f"{path.name}: {entry.get('id')}"
        assert not set(entry) - KEYS, f"{where}: unknown {set(entry) - KEYS}"
        for step in entry.get("given", []) + entry["steps"]:
            assert not set(step) - STEP_KEYS, f"{where}: unknown {set(step) - STEP_KEYS}"
            assert ("when" in step) != ("clock" in step) or set(step) == {"then"}, f"{where}: a step is `when` or `clock`: {step}"
        yield Scenario(file=str(path.relative_to(FOLDER)), **entry)


def all_scenarios():
    scenarios = [one for path in sorted(FOLDER.rglob("*.yaml")) if path.name != "requirements.yaml" for one in read(path)]
    ids = [one.id for one in scenarios]
    assert len(ids) == len(set(ids)), f"twice: {sorted({one for one in ids if ids.count(one) > 1})}"
    return scenarios
