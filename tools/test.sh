#!/usr/bin/env bash
# tools/test.sh BUILD_DIR fast|all: runs the suites one after the other; the last line says "N passed, N failed".
set -uo pipefail
build="$1" which="$2"
passed=0 failed=0

# Adds the counts of a summary line to the totals.
count() { passed=$((passed + $1)); failed=$((failed + $2)); }

ctest --test-dir "$build" --output-on-failure -j "$(nproc)" | tee "$build/ctest.log"
status=${PIPESTATUS[0]}
total=$(sed -n 's/.*tests failed out of \([0-9]*\).*/\1/p' "$build/ctest.log")
bad=$(sed -n 's/.*, \([0-9]*\) tests\{0,1\} failed out of.*/\1/p' "$build/ctest.log")
if [ -z "$total" ] || { [ "$status" -ne 0 ] && [ "${bad:-0}" -eq 0 ]; }; then count 0 1; else count $((total - bad)) "$bad"; fi

pytest_suite() {
    PAKN_BIN="$PWD/$build/bin/paknhub" PAKN_BUILD="$PWD/$build" /usr/bin/python3 -m pytest -q -p no:cacheprovider "$@" |
        tee "$build/pytest.log"
    local code=${PIPESTATUS[0]} good wrong errors
    good=$(sed -n 's/.*[^0-9]\{0,1\}\([0-9][0-9]*\) passed.*/\1/p' "$build/pytest.log" | tail -n 1)
    wrong=$(sed -n 's/^\([0-9][0-9]*\) failed.*/\1/p' "$build/pytest.log" | tail -n 1)
    errors=$(sed -n 's/.*[^0-9]\([0-9][0-9]*\) error.*/\1/p' "$build/pytest.log" | tail -n 1)
    wrong=$((${wrong:-0} + ${errors:-0}))
    [ "$code" -ne 0 ] && [ "$wrong" -eq 0 ] && wrong=1
    count "${good:-0}" "$wrong"
}
pytest_suite tests/integration
[ "$which" = all ] && pytest_suite tests/torture

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
