#!/usr/bin/env bash
# tools/torture.sh BUILD_DIR [--minutes N]: kills, power cuts and bad disks; with --minutes again and again, each time with
# other random moments, until so much time has passed or something is lost.
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
