#!/usr/bin/env python3
"""Goal P7: the PostgreSQL adapter beside libpq by hand, a hundred new petitions a batch, on a server of its own."""

import sys
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))
import postgresql  # noqa: E402
import adapters  # noqa: E402


def main():
    options = adapters.arguments(__doc__)
    batches, repeats = (3, 1) if options.quick else (20, 5)
    server = postgresql.Server(tcp=True).create()
    try:
        version = server.sql("SHOW server_version")
        samples = adapters.samples_of([adapters.ROOT / "build/release/bin/postgresql_bench", server.url, batches, 100, repeats])
    finally:
        server.remove()
    goals = [
        adapters.goal(samples, "P7", "petitions/s, adapter / multi-row VALUES with the same seals", 0.7,
                    lambda s: (s["values_s"] + s["sealing_s"]) / s["adapter_s"]),
        adapters.goal(samples, "P7 rows", "petitions/s, adapter / a round trip a row with the same seals", 5,
                    lambda s: (s["rows_s"] + s["sealing_s"]) / s["adapter_s"]),
        adapters.goal(samples, "P7 bare", "petitions/s, adapter / multi-row VALUES with seals made in advance", None,
                    lambda s: s["values_s"] / s["adapter_s"]),
    ]
    round_trip = round(median(sample["round_trip_us"] for sample in samples))
    adapters.finish("postgresql", options,
                    adapters.conditions(samples, batch=100, server=version, network="loopback", round_trip_us=round_trip),
                    goals, samples)


if __name__ == "__main__":
    main()
