"""docs/coverage.md says what tests say: it cannot be edited by hand, and no test can come or go without it."""

import coverage_page as coverage
import scenario

PASSED = coverage.read_passed()


def test_the_page_is_what_the_script_writes():
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.page(PASSED), "run tests/scenarios/coverage_page.py write"


def test_every_id_is_a_requirement():
    known = [one["id"] for one in coverage.requirements()]
    assert len(known) == len(set(known)) == 230
    for one in scenario.all_scenarios():
        assert set(one.covers) <= set(known), one.id


def test_what_is_recorded_is_what_the_tests_say():
    """A scenario that is expected to fail covers nothing."""
    said = {f"scenario {one.id}": one.covers for one in scenario.all_scenarios() if one.covers and not one.xfail}
    said |= dict(coverage.named_in_sources())
    assert PASSED == said, "run the whole suite, then tests/scenarios/coverage_page.py record with its results"


def test_what_is_not_covered_waits_for_what_is_not_built_yet():
    """A channel, an output, a screen: what the core itself owes has a test."""
    covered = {one for ids in PASSED.values() for one in ids}
    owed = [one["id"] for one in coverage.requirements() if one["id"] not in covered and one["open"] == "later"]
    assert owed == []
