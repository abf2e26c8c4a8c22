#!/usr/bin/env bash
# tools/fuzz.sh BUILD SECONDS [HARNESS...]: runs the fuzz harnesses of the preset `fuzz`, two at a time, each for so many
# seconds (0: only its corpus and its regressions, once). A line for each; the last one says "fuzz: N passed, N failed".
# What it finds worth keeping lies in BUILD/fuzz/HARNESS and is where the next run begins; delete it to begin anew. With
# FUZZ_SEED all begin from that seed and from nothing but the repository's inputs, so that a run tries what the one before
# has tried; what is found then counts when it is found again in as much time.
set -uo pipefail
usage() { echo "usage: tools/fuzz.sh BUILD SECONDS [HARNESS...]" >&2; exit 2; }
[ $# -ge 2 ] || usage
build=$1 seconds=$2
shift 2
case "$seconds" in '' | *[!0-9]*) usage ;; esac
list="$build/harnesses.txt"
[ -f "$list" ] || { echo "$list is not there: ./dev build fuzz"; echo "fuzz: 0 passed, 1 failed"; exit 1; }
mapfile -t known < <(cut -d ' ' -f 1 "$list")
[ $# -gt 0 ] || set -- "${known[@]}"

# The sanitizer keeps freed memory for a while: little of it, because it counts. What leaks is a finding, too.
export ASAN_OPTIONS="quarantine_size_mb=16:detect_leaks=1:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
symbolizer=$(command -v llvm-symbolizer-14) && export ASAN_SYMBOLIZER_PATH=$symbolizer

# run HARNESS: writes what there is to say about it to BUILD/fuzz/HARNESS.line. False when it found something.
run() {
    local name=$1 program="$build/tests/$1_fuzzer" kept="$build/fuzz/$1" log="$build/fuzz/$1.log" line="$build/fuzz/$1.line"
    local -a limits=(-timeout=5 -rss_limit_mb=512) folders
    read -ra folders < <(sed -n "s/^$name //p" "$list")
    mkdir -p "$kept" "$build/fuzz/found/$name"
    # Git keeps no empty folders, so not every harness has all.
    local -a inputs=("$kept")
    local folder
    for folder in "${folders[@]}"; do [ -d "$folder" ] && inputs+=("$folder"); done
    local how=(-max_total_time="$seconds") seeded=${FUZZ_SEED:-}
    local -a seeds=()
    [ "$seconds" -gt 0 ] || how=(-runs=0)
    if [ -n "$seeded" ]; then
        kept="$build/fuzz/seeded/$name"
        rm -rf "$kept" && mkdir -p "$kept"
        # In one order everywhere: that of a folder differs from disk to disk.
        seeds=("${inputs[@]:1}")
        [ ${#seeds[@]} -eq 0 ] || find "${seeds[@]}" -type f | LC_ALL=C sort | paste -sd , >"$kept.inputs"
        [ ! -s "$kept.inputs" ] || how+=(-seed_inputs="@$kept.inputs")
        inputs=("$kept") how+=(-seed="$seeded")
    fi
    fuzz() { "$program" "${limits[@]}" "${how[@]}" -print_final_stats=1 -artifact_prefix="$build/fuzz/found/$name/" "${inputs[@]}"; }
    fuzz >"$log" 2>&1
    local status=$?
    local executions begun ended took
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    took=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) .*/\1/p' "$log")
    begun=$(sed -n 's/.*INITED.* cov: \([0-9]*\) .*/\1/p' "$log" | head -1)
    ended=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
    if [ "$status" -eq 0 ]; then
        printf 'fuzz %-20s %9d executions in %2d s, coverage %5d (%d new)\n' "$name" "${executions:-0}" "${took:-0}" \
            "${ended:-0}" $((${ended:-0} - ${begun:-0})) >"$line"
        return 0
    fi
    local input
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
    [ -n "$input" ] || input=$(sed -n 's/^\(.*\): Running: \(.*\)/\2/p' "$log" | tail -1)
    # No run is quite the same as another, also from one seed. What one finds and the next does not is new, and to be
    # mended: but whatever change is being tested has not brought it. The inputs of the repository have to pass anyway.
    if [ -n "$seeded" ] && [ -f "$input" ]; then
        mv "$log" "$log.first"
        rm -rf "$kept" && mkdir -p "$kept"
        if "$program" "${limits[@]}" -runs=0 "${seeds[@]}" >"$log" 2>&1 && fuzz >>"$log" 2>&1; then
            printf 'fuzz %-20s FOUND something new, and not again in as much time; to be mended: %s\n' "$name" "$input" >"$line"
            return 0
        fi
    fi
    {
        printf 'fuzz %-20s FAILED\n' "$name"
        grep -m 3 -E 'does not hold|ERROR: |runtime error|broken promise|terminate called|libFuzzer: ' "$log" | sed 's/^/    /'
        printf '    input: %s\n' "${input:-none was written, see the log}"
        printf '    again: %s %s %s\n' "$program" "${limits[*]}" "$input"
        printf '    log:   %s\n' "$log"
    } >"$line"
    return 1
}

mkdir -p "$build/fuzz"
# The harnesses that this starts, and no other process.
trap 'kill $(jobs -p) 2>/dev/null' INT TERM
passed=0 failed=0
declare -A name_of=()
reap() {
    local process status
    wait -n -p process && status=0 || status=$?
    [ "$status" -eq 0 ] && passed=$((passed + 1)) || failed=$((failed + 1))
    cat "$build/fuzz/${name_of[$process]}.line"
    unset "name_of[$process]"
}
for name in "$@"; do
    if [[ " ${known[*]} " != *" $name "* ]] || [ ! -x "$build/tests/${name}_fuzzer" ]; then
        echo "fuzz $name FAILED: no such harness in $build: ./dev build fuzz"
        failed=$((failed + 1))
        continue
    fi
    [ "${#name_of[@]}" -lt 2 ] || reap
    run "$name" &
    name_of[$!]=$name
done
while [ "${#name_of[@]}" -gt 0 ]; do reap; done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
