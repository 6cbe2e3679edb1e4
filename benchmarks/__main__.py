"""`make bench`: measure Shipledger against floors in the same run and say which targets are met."""

from __future__ import annotations

import argparse
import sys

from benchmarks.creates import measure_creates
from benchmarks.datadog import measure_datadog
from benchmarks.dataset import CACHE
from benchmarks.jira import measure_jira
from benchmarks.live import measure_live
from benchmarks.matrix import measure_matrix
from benchmarks.pages import measure_first_pages
from benchmarks.people import measure_people
from benchmarks.postgres import measure_postgres
from benchmarks.reads import measure_reads, measure_start
from benchmarks.report import to_table, write
from benchmarks.results import NotMeasured, Result, Scale
from benchmarks.search import measure_search

FULL = Scale(rounds=5, seconds=6.0, steady_seconds=20.0, deployments=1_000_000, few_deployments=10_000, starts=3)
QUICK = Scale(rounds=3, seconds=2.0, steady_seconds=5.0, deployments=100_000, few_deployments=10_000, starts=2)

MEASURES = {
    "creates": measure_creates,
    "reads": measure_reads,
    "start": measure_start,
    "jira": measure_jira,
    "datadog": measure_datadog,
    "postgres": measure_postgres,
    "people": measure_people,
    "live": measure_live,
    "matrix": measure_matrix,
    "search": measure_search,
    "pages": measure_first_pages,
}


def main() -> int:
    """Measure, print, and write when asked; 1 when a target is missed, or something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short rounds, and 100,000 deployments instead of 1,000,000")
    parser.add_argument("--only", action="append", choices=MEASURES, help="measure only this; repeat for several")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md")
    options = parser.parse_args()
    scale = QUICK if options.quick else FULL
    CACHE.mkdir(parents=True, exist_ok=True)
    results: list[Result] = []
    is_whole = True
    for name in options.only or MEASURES:
        try:
            results.extend(MEASURES[name](scale))
        except NotMeasured as missing:
            print(f"not measured: {name}. {missing}", file=sys.stderr)
            is_whole = False
        else:
            print(f"measured: {name}", flush=True)
    print(to_table(results))
    if options.write:
        write(results, scale)
    return 0 if is_whole and all(result.is_met is not False for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
