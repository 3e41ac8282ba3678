#!/usr/bin/python3
"""How long until the studio's window is painted, until its engine is loaded, and what an idle studio costs.

    QT_QPA_PLATFORM=offscreen tests/bench/startup.py [--rounds 5]

The baseline in the same run is a program that loads the engine's libraries and does nothing else: what every
start would cost if they were linked to the program.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import results

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/release"
LOAD = "import ctypes; ctypes.CDLL(%r)" % str(BUILD / "lib/libpentimento_ui.so")


def start(seconds):
    """Seconds to each line that the studio prints, and its memory and processor time at the end."""
    with tempfile.TemporaryDirectory() as home:
        begin = time.perf_counter()
        studio = subprocess.Popen(
            [str(BUILD / "bin/pentimento"), "--time-start", "--home", home, "--smoke", str(seconds)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=results.environment())
        lines = {}
        for line in studio.stdout:
            lines[line.strip()] = time.perf_counter() - begin
            if line.startswith("longest"):
                break
        ticks = os.sysconf("SC_CLK_TCK")

        def used():
            fields = open(f"/proc/{studio.pid}/stat").read().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / ticks
        before, since = used(), time.perf_counter()
        time.sleep(3)
        idle = (used() - before) / (time.perf_counter() - since)
        resident = next(int(line.split()[1]) for line in open(f"/proc/{studio.pid}/status") if line.startswith("VmRSS"))
        studio.wait()
    stall = next(line for line in lines if line.startswith("longest")).split()[2]
    return lines["painted"], lines["loaded"], float(stall), 100 * idle, resident / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rounds, loads = [], []
    start(8)  # warms the file cache
    for _ in range(options.rounds):
        begin = time.perf_counter()
        subprocess.run(["python3", "-c", LOAD], check=True)
        loads.append(time.perf_counter() - begin)
        rounds.append(start(8))
    painted, loaded, stall, idle, resident = (statistics.median(values) for values in zip(*rounds))
    load = statistics.median(loads)
    print(f"Loading the engine's libraries alone: {1e3 * load:.0f} ms\n")
    print("| what | figure | in the libraries' loading time |\n|---|---|---|")
    print(f"| first window painted | {1e3 * painted:.0f} ms | {painted / load:.2f} |")
    print(f"| engine loaded | {1e3 * loaded:.0f} ms | {loaded / load:.2f} |")
    print(f"| longest time without an answer while it loads | {stall:.0f} ms | |")
    print(f"| processor time of the idle studio | {idle:.1f} % of a core | |")
    print(f"| memory of the idle studio | {resident:.0f} MB | |")
    results.tell("first window painted", 1e3 * painted, "ms")
    results.tell("engine loaded", 1e3 * loaded, "ms")
    results.tell("longest time without an answer while loading", stall, "ms")
    results.tell("idle studio, processor time", idle, "%")
    results.tell("idle studio, memory", resident, "MB")


if __name__ == "__main__":
    main()
