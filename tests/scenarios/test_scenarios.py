"""Walks every scenario through the real hub over HTTP; together they do every action that a province knows."""

import pytest

import scenario as files
import walked
from expectations import Case, Unmet
from language import Speaker
from world import Clock, ScenarioHub, wait_until

SCENARIOS = files.all_scenarios()
DONE = {province: set() for province in walked.PROVINCES}  # What the scenarios of this run have done: see walked.py.
BEGUN = set()


def holds(case, expected):
    """Waits for it where it may still come: what a clock or a delivery does takes a moment."""
    if expected.pop("settled", False) or "never" in expected:
        case.speaker.let_timers_act()
    last = None

    def try_it():
        nonlocal last
        try:
            case.expect(expected)
            return True
        except Unmet as unmet:
            last = unmet
            return False
    try:
        wait_until(try_it, "", seconds=8)
    except AssertionError:
        if last is None:
            raise
        raise AssertionError(str(last)) from None


def walk(hub, speaker, step):
    if "clock" in step:
        hub.clock.set(step["clock"])
    elif "when" in step:
        speaker.say(step["when"], step.get("with"), step.get("problem"))
    expected = dict(step.get("then", {}))
    others = {name: expected.pop(name) for name in list(expected) if name in speaker.petitions}
    if expected:
        holds(Case(hub, speaker, speaker.last), expected)
    for name, of_it in others.items():
        holds(Case(hub, speaker, name), dict(of_it))


@pytest.mark.parametrize("one", [pytest.param(one, id=one.id, marks=pytest.mark.xfail(reason=one.xfail, strict=True) if one.xfail else ())
                                 for one in SCENARIOS])
def test_scenario(one, tmp_path, receiver):
    BEGUN.add(one.id)
    clock = Clock(tmp_path / "clock")
    clock.set(one.clock)
    hub = ScenarioHub(tmp_path / "hub", receiver, one.province, clock, one.rules)
    try:
        speaker = Speaker(hub)
        for number, step in enumerate(one.given + one.steps, 1):
            try:
                walk(hub, speaker, step)
            except AssertionError as failure:
                raise AssertionError(f"step {number} ({step.get('when') or step.get('clock') or 'then'}) at {clock.at:%d/%m/%Y %H:%M:%S}: "
                                     f"{failure}") from failure
        for name in speaker.petitions:
            case = Case(hub, speaker, name)
            case.expect({})
            DONE.setdefault(one.province, set()).update(walked.done(case.events()))
    finally:
        hub.end(tmp_path / "hub")


@pytest.mark.parametrize("province", [pytest.param(one, id=f"{one}-every-action") for one in walked.PROVINCES])
def test_every_action_of_the_province_is_done(province):
    """Comes last: by then the scenarios of the province have been walked."""
    if missing := {one.id for one in SCENARIOS if one.id.startswith(f"{province}-")} - BEGUN:
        pytest.skip(f"not all of its scenarios were asked for, as {min(missing)}")
    assert sorted(walked.known(province) - DONE[province]) == [], "no scenario does this"
