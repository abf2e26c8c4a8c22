#!/usr/bin/env python3
"""Goal P7: the PostgreSQL adapter beside libpq by hand, a hundred new petitions a batch, on a server of its own: on this
machine's loopback, and as on another machine of the same house (0.2 ms there and back)."""

import sys
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))
import postgresql  # noqa: E402
import adapters  # noqa: E402

FAR = 100  # Microseconds in each direction.


def main():
    options = adapters.arguments(__doc__)
    batches, repeats = (3, 1) if options.quick else (20, 5)
    server = postgresql.Server(tcp=True).create()
    program = [adapters.ROOT / "build/release/bin/postgresql_bench", server.port, postgresql.USER, postgresql.DATABASE]
    try:
        version = server.sql("SHOW server_version")
        near = adapters.samples_of([*program, 0, batches, 100, repeats])
        far = adapters.samples_of([*program, FAR, max(batches // 2, 1), 100, repeats])
    finally:
        server.remove()

    def beside(samples, goal_id, least, whom, text, sealing=True):
        return adapters.goal(samples, goal_id, text, least,
                             lambda s: (s[whom] + (s["sealing_s"] if sealing else 0)) / s["adapter_s"])
    goals = [
        beside(near, "P7", 0.7, "values_s", "petitions/s, adapter / multi-row VALUES with the same seals"),
        beside(near, "P7 bare", None, "values_s", "the same, seals of VALUES made in advance", sealing=False),
        beside(near, "P7 near", None, "rows_s", "petitions/s, adapter / a round trip a row, on the loopback"),
        beside(far, "P7 rows", 5, "rows_s", "petitions/s, adapter / a round trip a row, 0.2 ms away"),
        beside(far, "P7 far", 0.7, "values_s", "petitions/s, adapter / multi-row VALUES, 0.2 ms away"),
    ]
    trips = {name: round(median(s["round_trip_us"] for s in samples)) for name, samples in [("near", near), ("far", far)]}
    adapters.finish("postgresql", options, adapters.conditions(near, batch=100, server=version, round_trip_us=trips), goals,
                    near + far)


if __name__ == "__main__":
    main()
