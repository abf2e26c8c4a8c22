"""Plays citizens and everybody else around a hub: `paknhub sim run` and `paknhub sim serve` start this.

    run.py --program PATH --config DIR [--plugins DIR …] --hub URL --scenario NAME [--channel NAME …] [--yes] [--json] [--patience S]
    run.py --program PATH --config DIR [--plugins DIR …] --serve

Exit codes are those of docs/cli.md."""

import argparse
import contextlib
import dataclasses
import importlib
import importlib.util
import json
import pathlib
import signal
import sys
import threading
import traceback

HERE = pathlib.Path(__file__).parent
PEERS = HERE.parent / "peers"
sys.path.insert(0, str(PEERS))

try:
    import requests  # noqa: F401: what all of it needs beyond Python itself.
except ImportError:
    print("paknhub: python3-requests is not installed", file=sys.stderr)
    sys.exit(2)

import report  # noqa: E402
import resident  # noqa: E402
import scenario  # noqa: E402
from configuration import Configuration, Connector, Program, Trouble, is_loopback  # noqa: E402
from officers import Staff  # noqa: E402
from play import STOP, Channel, Peer, Stage  # noqa: E402
from plugins.api import ApiChannel  # noqa: E402

OK, PROBLEM, USAGE, UNREACHABLE, REFUSED = range(5)


def module_of(plugin: str):
    """What plays a plugin; None when nothing does."""
    name = f"plugins.{plugin}"
    try:
        return importlib.import_module(name) if plugin.isidentifier() and importlib.util.find_spec(name) else None
    except ImportError as problem:
        raise Trouble(f"the simulator of {plugin} needs Python's module {problem.name}", USAGE) from problem


def beyond(connector: Connector) -> "list[str]":
    """Addresses of a connector that are not on this machine."""
    module = module_of(connector.plugin)
    known = {**(module.Peer.ENDPOINTS if hasattr(module, "Peer") else {}), **getattr(module, "not_played", lambda _: {})(connector)}
    said = {name: connector.text(name, known.get(name) or "") for name in {*known, *connector.settings}}
    return sorted(f"{connector.id}.{name}" for name, value in said.items()
                  if (name in known or name == "url" or name.endswith(("_url", "_host"))) and name != "tracking_url"
                  and value and not is_loopback(value))


class Theatre:
    """The simulators of a configuration, and who plays on them."""

    def __init__(self, program: Program, configuration: Configuration, all_of_it: bool):
        self.program, self.configuration = program, configuration
        own = [one for one in configuration.connectors.values() if one.plugin.startswith(("in_", "out_"))]
        abroad = {one.id: beyond(one) for one in own if beyond(one)}
        if abroad and not all_of_it:
            named = ", ".join(name for names in abroad.values() for name in names)
            raise Trouble(f"these lead beyond this machine: {named}. Messages could reach people; --yes plays what is on it", REFUSED)
        self.connectors = {one.id: one for one in own if one.id not in abroad and module_of(one.plugin)}
        self.peers: "dict[str, Peer]" = {}

    def __enter__(self) -> "Theatre":
        for one in self.connectors.values():
            module = module_of(one.plugin)
            if not hasattr(module, "Peer"):
                continue
            try:
                self.peers[one.id] = module.Peer(one, self.configuration.state)
            except OSError as problem:
                self.__exit__()
                raise Trouble(f"the simulator of {one.id} cannot listen: {problem.strerror}", REFUSED) from problem
        if self.configuration.public_url:
            self.point(self.configuration.public_url)
        return self

    def __exit__(self, *_) -> None:
        for peer in self.peers.values():
            peer.stop()

    def point(self, hub: str) -> None:
        for peer in self.peers.values():
            peer.point(hub)

    def channels(self, stage: Stage, wanted: "list[str]") -> "dict[str, Channel]":
        found: "dict[str, Channel]" = {"api": ApiChannel(stage)}
        for one in self.connectors.values():
            module = module_of(one.plugin)
            if hasattr(module, "PluginChannel"):
                found[one.id] = module.PluginChannel(stage, one)
        unknown = [name for name in wanted if not any(name in (one, *self._also(one)) for one in found)]
        if unknown:
            raise Trouble(f"no channel that can be played: {', '.join(unknown)}; there are {', '.join(found)}", USAGE)
        return {one: channel for one, channel in found.items() if not wanted or {one, *self._also(one)} & set(wanted)}

    def _also(self, name: str) -> "tuple[str, ...]":
        return (self.connectors[name].plugin,) if name in self.connectors else ()

    def play(self, order: dict, say) -> dict:
        """What is told to whoever ordered it (resident.py)."""
        try:
            if self.configuration.sandbox:
                raise Trouble("sandbox: true, so nothing would come back", REFUSED)
            staff = Staff(self.program, order["hub"], self.configuration)
            stage = Stage(order["hub"], self.configuration, staff, self.peers, order["seconds"])
            channels = self.channels(stage, order["channels"])
            self.point(order["hub"])
            try:
                return {"report": scenario.play(stage, scenario.Scenario(**order["scenario"]), channels, say)}
            finally:
                staff.dismiss()
        except Trouble as trouble:
            return {"trouble": str(trouble), "code": trouble.code}
        except Exception as bug:  # The simulators stay for whoever plays next.
            traceback.print_exc()
            return {"trouble": type(bug).__name__, "code": PROBLEM}


def serve(theatre: Theatre) -> int:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with theatre:
        listener = resident.Listener(theatre.configuration.state, theatre.play)
        for name, peer in theatre.peers.items():
            print(json.dumps({"simulator": name, "plugin": peer.connector.plugin, "at": peer.addresses()}), flush=True)
        print(json.dumps({"ready": True}), flush=True)
        ended.wait()
        STOP.set()
        listener.stop(seconds=10)
    return OK


def run(theatre: Theatre, order: dict, as_json: bool) -> int:
    def say(text: str) -> None:
        if not as_json:
            print(text, file=sys.stderr, flush=True)

    told = resident.ask(theatre.configuration.state, order, say)
    if told is None:
        with theatre:
            told = theatre.play(order, say)
    if "trouble" in told:
        raise Trouble(told["trouble"], told["code"])
    print(report.show(told["report"], as_json))
    return OK if told["report"]["ok"] else PROBLEM


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--config", required=True, type=pathlib.Path)
    parser.add_argument("--plugins", action="append", default=[])
    parser.add_argument("--hub")
    parser.add_argument("--scenario", default="all")
    parser.add_argument("--channel", action="append", default=[])
    parser.add_argument("--patience", type=float, default=60.0)
    parser.add_argument("--yes", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", action="store_true")
    given = parser.parse_args()
    try:
        program = Program(given.program, given.config, given.plugins)
        theatre = Theatre(program, Configuration(program), given.yes)
        if given.serve:
            return serve(theatre)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # What was begun is tidied up.
        played = dataclasses.asdict(scenario.load(given.scenario))
        order = {"hub": given.hub, "scenario": played, "channels": given.channel, "seconds": given.patience}
        return run(theatre, order, given.json)
    except Trouble as trouble:
        print(f"paknhub: {trouble}", file=sys.stderr)
        return trouble.code
    except KeyboardInterrupt:
        return PROBLEM


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())
