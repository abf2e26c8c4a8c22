#!/usr/bin/env bash
# tools/torture.sh BUILD_DIR [--minutes N]: kills, power cuts and bad disks; with --minutes again and again, each time with
# other random moments, until so much time has passed or something is lost. With --minutes the fuzz harnesses, as built in
# the folder `fuzz` beside BUILD_DIR, run as long again, all together, but each for a minute at least.
set -euo pipefail
build=$1
minutes=0
case "${2:-}" in
    "") ;;
    --minutes) minutes=${3:?how many minutes?} ;;
    *) echo "usage: ./dev torture [--minutes N]" >&2; exit 2 ;;
esac
rounds=0
until [ "$rounds" -gt 0 ] && [ "$SECONDS" -ge $((minutes * 60)) ]; do
    ctest --test-dir "$build" --output-on-failure -L torture
    rounds=$((rounds + 1))
done
echo "torture: $rounds round(s) in $SECONDS s, nothing lost"
[ "$minutes" -gt 0 ] || exit 0
fuzz="$(dirname "$build")/fuzz"
seconds=$((minutes * 60 * 2 / $(wc -l <"$fuzz/harnesses.txt")))  # Two run at a time.
tools/fuzz.sh "$fuzz" $((seconds > 60 ? seconds : 60))
