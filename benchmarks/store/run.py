#!/usr/bin/env python3
"""Goal P6: the SQLite adapter beside SQLite's C API, a hundred new petitions a batch."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
import adapters  # noqa: E402


def main():
    options = adapters.arguments(__doc__)
    adapters.OUTPUT.mkdir(parents=True, exist_ok=True)
    batches, repeats = (5, 1) if options.quick else (40, 7)
    samples = adapters.samples_of([adapters.ROOT / "build/release/bin/store_bench", adapters.OUTPUT, batches, 100, repeats])
    goals = [
        adapters.goal(samples, "P6", "petitions/s, adapter / C API with the same seals", 0.8,
                    lambda s: (s["raw_s"] + s["sealing_s"]) / s["adapter_s"]),
        adapters.goal(samples, "P6 bare", "petitions/s, adapter / C API with seals made in advance", None,
                    lambda s: s["raw_s"] / s["adapter_s"]),
    ]
    adapters.finish("store", options, adapters.conditions(samples, batch=100), goals, samples)


if __name__ == "__main__":
    main()
