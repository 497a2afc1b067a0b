#!/usr/bin/env python3
"""Turn the benchmark's figures into a table of ratios, JSON, and plot data.

usage: report.py FIGURES DIRECTORY

Every ratio is the median over the rounds of one contestant, divided by the
median of another in the same run. Rounds are interleaved, so that what disturbs
the machine disturbs all alike. The spread is the distance of the quartiles, in
per cent of the median.
"""
import csv
import json
import math
import os
import statistics
import sys

OURS = "lock.h linux", "lock.h c11"
ASYNC_OURS = "async_lock.h", "async_lock.h, no loop", "lock.h async"
UNJUDGED = "lock.h async",      # it pays for its threads; no aim is set for it


def read(path):
    """{(workload, case): {contestant: [value of each round]}}"""
    figures = {}
    with open(path, newline="") as f:
        for workload, case, name, _, value in csv.reader(f, delimiter="\t"):
            names = figures.setdefault((workload, case), {})
            names.setdefault(name, []).append(float(value))
    return figures


def spread(values):
    if len(values) < 2 or statistics.median(values) == 0:
        return 0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / abs(statistics.median(values))


def summary(figures):
    return {
        key: {name: {"median": statistics.median(values),
                     "spread": spread(values), "rounds": values}
              for name, values in names.items()}
        for key, names in figures.items()
    }


def geometric_mean(values):
    values = list(values)
    if min(values) <= 0:
        return 0
    return math.exp(sum(map(math.log, values)) / len(values))


MEAN, WORST = "geometric mean", "worst case"     # over the cases of a workload


def over_cases(results, workload):
    """One figure for a workload of many cases: their geometric mean."""
    cases = [names for (w, _), names in results.items() if w == workload]
    if not cases:
        return
    results[workload, MEAN] = {
        name: {"median": geometric_mean(c[name]["median"] for c in cases),
               "spread": statistics.mean(c[name]["spread"] for c in cases)}
        for name in cases[0] if all(name in c for c in cases)
    }


# What is compared with what, and what is aimed at: workload, case, peer, bound.
# The bound is on ours / peer; ">" where more is better, "" where nothing is aimed
# at. Of two peers the better one counts in each case. "1.0.0 *" is that version
# on the same port, if it was measured too; its bounds leave room for noise.
AIMS = [
    ("uncontended", "inline", "limit", "<", 1.10),
    ("uncontended", "inline", "parking_lot", "<", 1.05),
    ("uncontended", "called", "parking_lot", "<", 1.05),
    ("uncontended", "called", "pthread_mutex_t", "<", 0.65),
    ("uncontended", "called", "1.0.0 *", "<", 1.06),
    ("failing try", "called", "parking_lot", "<", 1.1),
    ("failing try", "called", "1.0.0 *", "<", 1.06),
    ("timed acquire of a free lock", "called", "pthread_mutex_t", "<", 0.2),
    ("timed acquire of a free lock", "called", "1.0.0 *", "<", 1.06),
    ("lateness of 1 ms", "us", "limit", "<", 1.2),
    ("contended", MEAN, "parking_lot", ">", 1.04),
    ("contended", WORST, "parking_lot", ">", 0.95),
    ("contended", MEAN, "parking_lot or Rust std", ">", 0.92),
    ("contended", MEAN, "pthread_mutex_t", ">", 1.5),
    ("contended min/max", MEAN, "parking_lot", ">", 0.8),
    ("contended min/max", MEAN, "1.0.0 *", ">", 0.9),
    ("contended cores busy", MEAN, "parking_lot", "", None),
    ("convoy", MEAN, "parking_lot", ">", 1),
    ("convoy", WORST, "parking_lot", ">", 0.93),
    ("convoy cores busy", MEAN, "parking_lot", "", None),
    *((f"hogs {figure}", case, "parking_lot", sign, bound)
      for case, bounds in (("1 hog, 10 us", (0.95, 0.33, 0.25)),
                           ("1 hog, 50 us", (0.95, 0.33, 0.25)),
                           ("4 hogs, 10 us", (0.9, 0.6, 0.3)),
                           ("2 hogs, 100 us", (0.9, 0.8, 0.3)))
      for figure, sign, bound in zip(("throughput", "mean", "p99"), "><<",
                                     bounds)),
    ("busy convoy", WORST, "parking_lot", ">", 0.85),
    ("busy hogs p99", "1 hog, 10 us", "parking_lot", "<", 1),
    ("ping-pong", "two cores", "parking_lot", "<", 1),
    ("ping-pong", "two cores", "sem_t", "<", 0.2),
    ("ping-pong", "one core", "parking_lot", "<", 1.3),
    ("ping-pong", "one core", "sem_t", "<", 1.4),
    ("release", "1000 asleep", "pthread_mutex_t", "<", 1.2),
]
ASYNC_AIMS = [
    ("async uncontended", "pair", "async-lock", "<", 1),
    ("async hand-over", "1000 waiting", "tokio", "<", 0.25),
    ("async hand-over", "100000 waiting", "tokio", "<", 0.25),
    ("async hand-over", "1000 waiting", "limit", "<", 2.5),
    ("async hand-over", "100000 waiting", "limit", "<", 2.5),
    ("async cancel", "1000 waiting", "tokio", "<", 0.5),
    ("async cancel", "100000 waiting", "tokio", "<", 0.5),
]


def ratio(results, workload, case, name, peer):
    """Ours by the peer's, in one case or over all; None if not measured."""
    peers = peer.replace("*", name.split()[-1]).split(" or ")
    ratios = []
    for (w, c), names in results.items():
        if w != workload or c == MEAN or (c != case
                                          and case not in (MEAN, WORST)):
            continue
        if not {name, *peers} <= names.keys():
            return None
        best = max(names[peer]["median"] for peer in peers)
        if not best:
            return None
        ratios.append(names[name]["median"] / best)
    if not ratios:
        return None
    return min(ratios) if case == WORST else geometric_mean(ratios)


def table_of_all(results):
    for (workload, case), names in results.items():
        if workload in ("hogs wait", "busy hogs wait", "load"):
            continue
        print(f"\n{workload}: {case}")
        for name, r in names.items():
            print(f"    {name:24}{r['median']:14.5g}  +-{r['spread']:5.0%}")


def table_of_ratios(results, aims, ours):
    if not any(aim[0] == workload for aim in aims for workload, _ in results):
        return
    print(f"\n{'ratio to the peer in the same run':60}{'aim':>8}"
          + "".join(f"{name:>23}" for name in ours))
    for workload, case, peer, sign, bound in aims:
        ratios = [ratio(results, workload, case, name, peer) for name in ours]
        if all(r is None for r in ratios):
            continue
        line = f"{workload}, {case} / {peer}"
        aim = f"{sign} {bound:g}" if sign else ""
        print(f"{line:60}{aim:>8}", end="")
        for name, r in zip(ours, ratios):
            met = (r is None or name in UNJUDGED or not sign
                   or (r <= bound if sign == "<" else r >= bound))
            shown = "-" if r is None else f"{r:.2f} {' ' if met else '*'}"
            print(f"{shown:>23}", end="")
        print()
    print("* short of the aim")


# >>plots: one file of data for each, a block of lines for each contestant

SHOWN = OURS + ("parking_lot", "Rust std", "pthread_mutex_t", "nsync_mu",
                "absl::Mutex", "tbb::mutex", "sem_t")
ASYNC_SHOWN = ASYNC_OURS + ("limit", "tokio", "async-lock", "asyncio",
                            "boost.fiber")


def write_blocks(path, blocks):
    with open(path, "w") as f:
        for name, points in blocks.items():
            if points:
                print(f'# {name}', *("%g %g" % p for p in points), "\n",
                      sep="\n", file=f)


def points(results, workload, name, case_to_x):
    """(x, median) for each case of which x is known, ascending."""
    by_x = {}
    for (w, case), names in results.items():
        x = case_to_x(case) if w == workload else None
        if x is not None and name in names:
            by_x.setdefault(x, []).append(names[name]["median"])
    return sorted((x, geometric_mean(values)) for x, values in by_x.items())


def leading_number(case):
    return int(case.split()[0]) if case[0].isdigit() else None


def section(case):
    return float(case.split(", ")[1].split()[0])


def hog_quantile(case):
    hogs, q = case.rsplit(", ", 1)
    return float(q) * 100 if hogs == "1 hog, 50 us" else None


def plot_data(results, directory):
    for file, workload, names, case_to_x in (
            ("throughput", "contended", SHOWN, leading_number),
            ("hog", "hogs wait", SHOWN, hog_quantile),
            ("hand-over", "async hand-over", ASYNC_SHOWN, leading_number),
            ("cancel", "async cancel", ASYNC_SHOWN, leading_number)):
        write_blocks(os.path.join(directory, file + ".dat"),
                     {name: points(results, workload, name, case_to_x)
                      for name in names})
    peer = dict(points(results, "sections", "parking_lot", section))
    write_blocks(os.path.join(directory, "sections.dat"),
                 {name: [(x, y / peer[x]) for x, y
                         in points(results, "sections", name, section)]
                  for name in SHOWN if peer})
    with open(os.path.join(directory, "bytes.dat"), "w") as f:
        for (workload, case), names in results.items():
            if workload in ("bytes", "async bytes"):
                for name, r in names.items():
                    if "no loop" in name:
                        continue    # it is the same lock
                    note = ", a waiter" if case == "waiter" else ""
                    print(f'"{name}{note}" {r["median"]:g}', file=f)


def main():
    figures, directory = sys.argv[1:]
    results = summary(read(figures))
    for workload in "contended", "convoy", "busy convoy":
        for figure in "", " min/max", " cores busy":
            over_cases(results, workload + figure)
    with open(os.path.join(directory, "machine")) as f:
        machine = [" ".join(line.split()) for line in f]
    table_of_all(results)
    print("", *("# " + line for line in machine), sep="\n")
    names = {name for r in results.values() for name in r}
    variants = sorted(n for n in names if n.endswith((" linux", " c11"))
                      and n not in OURS)
    table_of_ratios(results, AIMS, list(OURS) + variants)
    table_of_ratios(results, ASYNC_AIMS, ASYNC_OURS)
    plot_data(results, directory)
    rows = [{"workload": workload, "case": case, "contestant": name, **r}
            for (workload, case), by_name in results.items()
            for name, r in by_name.items()]
    with open(os.path.join(directory, "results.json"), "w") as f:
        json.dump({"machine": machine, "figures": rows}, f, indent=1)


main()
