"""Which actions a province's people can do, and which ones the journal says were done.

An action is `workflow: action`; a step that ends by itself is `workflow: step by itself`. What happened is read from the histories of
petitions, where every action that was carried out stands with its id: what was only tried does not."""

import yaml

from world import ROOT

CONFIG = ROOT / "config"
PROVINCES = sorted(path.parent.name for path in (CONFIG / "provinces").glob("*/hub.yaml") if path.parent.name != "demo")


def _read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def workflows(province):
    """Those that a petition of the province can follow: of the rules, of a route, of a category, of a unit."""
    used, by_default = set(), None
    folders = CONFIG / "base", CONFIG / "provinces" / province
    for part in (_read(path) for folder in folders for path in sorted(folder.glob("*.yaml"))):
        by_default = part.get("workflow", {}).get("use", by_default)
        used |= {one["workflow"] for key in ("categories", "units") for one in part.get(key, []) if "workflow" in one}
        used |= {one["then"]["workflow"] for one in part.get("routes", []) if "workflow" in one["then"]}
    by_id = {one["id"]: one for one in (_read(path) for folder in folders for path in sorted((folder / "workflows").glob("*.yaml")))}
    return [by_id[one] for one in sorted(used | {by_default})]


def known(province):
    found = set()
    for workflow in workflows(province):
        for flow in filter(None, (workflow, workflow.get("coordination"))):
            found |= {f"{workflow['id']}: {one['id']}" for one in flow["actions"] if one["role"] != "system"}
            found |= {f"{workflow['id']}: {one['id']} by itself" for one in flow["steps"] if "when_over" in one}
    return found


def done(events):
    """Of one petition, first event first."""
    found, workflow, step = set(), None, None
    for event in events:
        rows = {row["field"]: row["new"] for row in event["changes"]}
        action = event.get("action")
        if action and event["role"] == "system":
            found.add(f"{workflow}: {step} by itself")
        elif action:
            found.add(f"{workflow}: {action}")
        workflow, step = rows.get("workflow", workflow), rows.get("step", step)
    return found
