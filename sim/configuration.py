"""What the players know of a hub's configuration: the program says it (`config show`), secrets are read where it points to."""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import urllib.parse

REFERENCE = re.compile(r"\$\{(file|env|credential):([^}]+)\}")
SECONDS = 60  # The longest that one command of the program may take.


class Trouble(Exception):
    """Why nothing can be played, with the exit code that says so (docs/cli.md)."""

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.code = code


class Program:
    """The hub's own program on one configuration."""

    def __init__(self, program: str, folder: pathlib.Path, plugins: "list[str]"):
        self.folder = folder
        self._program = program
        self._common = ["--config", str(folder), "--json", *(word for one in plugins for word in ("--plugins", one))]

    def run(self, *words: str) -> "tuple[int, dict]":
        """Exit code and answer of a verb; an empty answer when it failed."""
        done = subprocess.run([self._program, *words, *self._common], capture_output=True, timeout=SECONDS, text=True)
        if done.returncode == 2:
            raise Trouble(done.stderr.strip(), 2)
        return done.returncode, json.loads(done.stdout) if done.stdout.strip() and done.returncode == 0 else {}


def is_loopback(address: str) -> bool:
    """Of an absolute http(s) address, or a host."""
    host = urllib.parse.urlsplit(address).hostname if "//" in address else address
    return host in ("localhost", "::1") or bool(host) and re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


@dataclasses.dataclass
class Connector:
    id: str
    plugin: str
    settings: dict
    folder: pathlib.Path

    def text(self, name: str, otherwise: str = "") -> str:
        return self.settings.get(name, otherwise)

    def path(self, name: str) -> pathlib.Path:
        return self.folder / self.text(name)

    def port(self, name: str) -> int:
        """Of an address, or of an option that is a port itself."""
        said = self.text(name)
        return int(said) if said.isdigit() else urllib.parse.urlsplit(said).port or 80

    def secret(self, name: str) -> str:
        found = REFERENCE.fullmatch(self.text(name))
        if not found:
            raise Trouble(f"connectors.{self.id}.settings.{name} is not set", 2)
        kind, where = found.groups()
        try:
            if kind == "env":
                return os.environ[where]
            folder = self.folder if kind == "file" else pathlib.Path(os.environ["CREDENTIALS_DIRECTORY"])
            return (folder / where).read_text(encoding="utf-8").rstrip("\n")
        except (KeyError, OSError, UnicodeError) as problem:
            raise Trouble(f"connectors.{self.id}.settings.{name}: {type(problem).__name__}", 2) from problem


class Configuration:
    def __init__(self, program: Program):
        code, shown = program.run("config", "show")
        if code != 0:
            raise Trouble("the configuration cannot be read", 2)
        self.folder = program.folder
        self.values = {one["path"]: one["value"] for one in shown["values"]}
        self.connectors: "dict[str, Connector]" = {}
        for path, value in self.values.items():
            parts = path.split(".")
            if len(parts) == 3 and parts[0] == "connectors" and parts[2] == "plugin":
                self.connectors[parts[1]] = Connector(parts[1], value, self._below(f"connectors.{parts[1]}.settings."), self.folder)

    def _below(self, prefix: str) -> dict:
        return {path.removeprefix(prefix): value for path, value in self.values.items() if path.startswith(prefix)}

    def names(self, path: str) -> "list[str]":
        """Of a list: its plain values, or the ids of its things in their order."""
        return [one for one in self.values.get(path, "").strip("[]").split(", ") if one]

    @property
    def sandbox(self) -> bool:
        return self.values.get("sandbox") == "true"

    @property
    def public_url(self) -> str:
        return self.values.get("hub.public_url", "").rstrip("/")

    @property
    def state(self) -> pathlib.Path:
        """Where the simulators keep what must outlive them: beside the hub's key, which only its own user reads."""
        return (self.folder / self.values.get("hub.key", "var/hub.key")).parent

    def some_unit(self) -> str:
        """One that can handle a petition."""
        units = self.names("units")
        fit = [one for one in units if "true" not in (self.values.get(f"units[{one}].office"), self.values.get(f"units[{one}].external"))]
        return (fit or units)[0]
