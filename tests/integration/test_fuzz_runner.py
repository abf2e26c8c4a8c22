"""tools/fuzz.sh: what fails a run, and what is only said. The harnesses are scripts that play libFuzzer's part."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HARNESS = """#!/usr/bin/env bash
folder=$(dirname "$0")
for one in "$@"; do
    case "$one" in
        -artifact_prefix=*) prefix=${one#*=} ;;
        -runs=0) [ "$(basename "$0")" != broken_fuzzer ]; exit ;;
    esac
done
echo run >>"$0.runs"
if [ "$(basename "$0")" = calm_fuzzer ] || { [ "$(basename "$0")" = lucky_fuzzer ] && [ "$(wc -l <"$0.runs")" -gt 1 ]; }; then
    echo "Done 5 runs in 1 second(s)"
    echo "stat::number_of_executed_units: 5"
    exit 0
fi
echo x >"${prefix}crash-1"
echo "artifact; Test unit written to ${prefix}crash-1"
exit 77
"""


@pytest.fixture
def fuzz(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "one").write_text("a", encoding="ascii")
    (tmp_path / "tests").mkdir()
    names = ["calm", "lucky", "ready", "broken"]
    for name in names:
        harness = tmp_path / "tests" / f"{name}_fuzzer"
        harness.write_text(HARNESS, encoding="ascii")
        harness.chmod(0o755)
    lines = [f"{name} {tmp_path}/seeds {tmp_path}/none\n" for name in names]
    (tmp_path / "harnesses.txt").write_text("".join(lines), encoding="ascii")

    def run(name, seed):
        environment = {key: value for key, value in os.environ.items() if key != "FUZZ_SEED"} | ({"FUZZ_SEED": seed} if seed else {})
        done = subprocess.run([ROOT / "tools" / "fuzz.sh", tmp_path, "1", name], env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    return run


@pytest.mark.parametrize("seed", ["", "1"])
def test_a_harness_that_finds_nothing_passes(fuzz, seed):
    status, said = fuzz("calm", seed)
    assert status == 0 and "fuzz: 1 passed, 0 failed" in said


@pytest.mark.parametrize("name", ["ready", "broken", "lucky"])
def test_whatever_a_free_run_finds_fails_it(fuzz, name):
    status, said = fuzz(name, "")
    assert status != 0 and f"fuzz {name}" in said and "FAILED" in said and "crash-1" in said


@pytest.mark.parametrize("name", ["ready", "broken"])
def test_what_is_found_again_or_in_the_repository_fails_a_seeded_run(fuzz, name):
    status, said = fuzz(name, "1")
    assert status != 0 and "FAILED" in said and "crash-1" in said


def test_what_is_found_once_is_said_and_kept(fuzz):
    status, said = fuzz("lucky", "1")
    assert status == 0 and "FOUND" in said
    assert pathlib.Path(said.split("mended: ")[1].split("\n")[0]).exists()
