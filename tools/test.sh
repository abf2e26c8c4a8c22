#!/usr/bin/env bash
# tools/test.sh BUILD_DIR fast|all: runs the suite; the last line says "N passed, N failed". `fast` leaves out the torture
# and what builds with the installed SDK. With FUZZ_SECONDS, `all` then runs the fuzz harnesses built in the folder `fuzz`
# beside BUILD_DIR, each for so long (from FUZZ_SEED, if it is set) and counted as a test.
set -uo pipefail
build="$1" which="$2"
exclude=()
[ "$which" = fast ] && exclude=(-LE 'torture|slow')

# A plugin that hangs for good is left behind with its threads, on purpose; libvips was not built for ThreadSanitizer.
export TSAN_OPTIONS="report_thread_leaks=0 suppressions=$PWD/tests/tsan.supp ${TSAN_OPTIONS:-}"
# Each test by its name, for tests/scenarios/coverage_page.py.
mkdir -p "$build/results"
results="$(realpath "$build")/results/ctest.xml"
ctest --test-dir "$build" --output-junit "$results" --output-on-failure -j "$(nproc)" "${exclude[@]}" | tee "$build/ctest.log"
status=${PIPESTATUS[0]}
total=$(sed -n 's/.*tests failed out of \([0-9]*\).*/\1/p' "$build/ctest.log")
failed=$(sed -n 's/.*, \([0-9]*\) tests\{0,1\} failed out of.*/\1/p' "$build/ctest.log")
if [ -z "$total" ] || [ "$total" -eq 0 ]; then
    echo "0 passed, 1 failed"
    exit 1
fi
if [ "$which" = all ] && [ "$status" -eq 0 ]; then
    # What docs/coverage.md counts has passed in this very run.
    total=$((total + 1))
    python3 tests/scenarios/coverage_page.py check "$build/results" || { failed=$((failed + 1)) status=1; }
fi
if [ "$which" = all ] && [ -n "${FUZZ_SECONDS:-}" ]; then
    tools/fuzz.sh "$(dirname "$build")/fuzz" "$FUZZ_SECONDS" | tee "$build/fuzz.log"
    [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
    fuzzed=$(sed -n 's/^fuzz: \([0-9]*\) passed, .*/\1/p' "$build/fuzz.log")
    broken=$(sed -n 's/^fuzz: .* passed, \([0-9]*\) failed/\1/p' "$build/fuzz.log")
    total=$((total + ${fuzzed:-0} + ${broken:-1}))
    failed=$((failed + ${broken:-1}))
fi
printf '%d passed, %d failed\n' $((total - failed)) "$failed"
exit "$status"
