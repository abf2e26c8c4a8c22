"""The JSON Schemas for editors: those in the repository are what the program writes, shipped and sound configurations are
valid by them, broken ones are not."""

import json
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from conftest import BINARY, ROOT, SECONDS

SCHEMAS = ROOT / "config" / "schema"
SAMPLES = ROOT / "tests" / "unit" / "config"


class Loader(yaml.SafeLoader):
    """YAML as editors read it: nothing but true, false, null and numbers is more than a text."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in [("bool", r"^(?:true|false)$", "tf"), ("null", r"^(?:~|null|)$", ["~", "n", ""]),
                            ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789")]:
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def schema_of(file):
    name = "workflow" if file.parent.name == "workflows" else "paknhub"
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


def mistakes(file):
    content = yaml.load(file.read_text(encoding="utf-8"), Loader)
    return [error.message for error in jsonschema.Draft7Validator(schema_of(file)).iter_errors(content or {})]


def files_below(*folders):
    # What lies under portals/ is in_portal's: mappings, which that plugin checks.
    return sorted(file for folder in folders for file in folder.rglob("*.yaml") if file.parent.name != "portals")


# Files of texts have no schema: `paknhub check` reads them.
SHIPPED = [file for file in files_below(ROOT / "config") if file.parent.name != "templates"]
GOOD = files_below(SAMPLES / "good")


def test_the_schemas_are_those_the_program_writes(tmp_path):
    subprocess.run([BINARY, "config", "schema", "--write", tmp_path], check=True, timeout=SECONDS)
    for name in ("paknhub.schema.json", "workflow.schema.json"):
        assert (SCHEMAS / name).read_text(encoding="utf-8") == (tmp_path / name).read_text(encoding="utf-8"), \
            "write them anew: paknhub config schema --write config/schema"
        jsonschema.Draft7Validator.check_schema(json.loads((tmp_path / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", SHIPPED + GOOD, ids=lambda file: str(file.relative_to(ROOT)))
def test_sound_files_are_valid(file):
    assert mistakes(file) == []


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(ROOT)))
def test_shipped_files_name_their_schema(file):
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    named = (file.parent / first.split("=", 1)[1]).resolve()
    assert json.loads(named.read_text(encoding="utf-8")) == schema_of(file)


@pytest.mark.parametrize("name", ["unknown_keys/hub.yaml", "unknown_keys/routes.yaml", "unknown_keys/workflows/other.yaml",
                                  "wrong_types/hub.yaml", "wrong_types/connectors.yaml", "literal_secret/hub.yaml",
                                  "isolation/hub.yaml", "further_keys/hub.yaml", "sla_units/sla.yaml",
                                  "workflows/workflows/c.yaml", "calendar/hub.yaml", "not_a_map/list.yaml"])
def test_broken_files_are_not(name):
    assert mistakes(SAMPLES / "bad" / name)
