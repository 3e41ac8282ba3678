#!/usr/bin/python3
"""Runs every benchmark and prints one table at the end: what was measured, the aim, whether it is met.

    tests/bench/all.py [--weights vgg19.safetensors] [--quick] [--only versus import …]

Build first: cmake --build build/release --target bench pentimento pentimento-cli. What cannot run is skipped with the
reason, what fails is told and hides nothing. --quick takes few rounds and leaves the long ones out: good for seeing
that everything runs. Figures of a busy machine tell nothing; the load is printed beside the table.
"""
import argparse
import importlib.util
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import typing

import results

HERE = pathlib.Path(__file__).resolve().parent
BIN = HERE.parents[1] / "build/release/bin"
LONGEST = 3600  # seconds; then a benchmark is stopped


class Bench(typing.NamedTuple):
    name: str
    command: list
    aims: dict             # result → "≥ 2.2", "≤ 50" or "" for what is only told
    quick: typing.Optional[list] = None   # more arguments for --quick; None: left out then
    modules: tuple = ()    # of Python
    needs: tuple = ()      # programs of ours
    unmet: dict = {}       # result → why this call cannot measure it


def script(name, *arguments):
    return [sys.executable, str(HERE / name), *arguments]


def benches(weights):
    without = "needs --weights, VGG-19's" if not weights else ""
    refinements = {f"refine VGG-19, {edge} px, all processors": "≥ 1.33" for edge in (256, 512)}
    yield Bench("versus", script("versus.py", *(["--weights", weights] if weights else [])),
                {"fc 28 px, batch 64, own threads": "≥ 1",
                 "dcgan 64 px, batch 64, all processors": "≥ 2.2",
                 "dcgan 64 px, batch 64, of the product rate": "≥ 60",
                 "stylegan2-small, grouped, all processors": "≥ 1",
                 "stylegan2-small, scaled, all processors": "≥ 1",
                 "r3gan-small, all processors": "≥ 1",
                 "stylegan2-small, grouped, of the product rate": "≥ 60",
                 "stylegan2-small, scaled, of the product rate": "≥ 60",
                 "r3gan-small, of the product rate": "≥ 60"} | refinements,
                quick=["--rounds", "1"], modules=("torch", "numpy"), needs=("bench_versus",),
                unmet=dict.fromkeys(refinements, without) if without else {})
    reach = "time to plain Gatys' loss"
    yield Bench("reach", script("reach.py", "--weights", weights or ""), {reach: "≤ 0.33"},
                modules=("torch", "numpy", "PIL"), needs=("bench_versus",), unmet={reach: without} if without else {})
    yield Bench("instant", [str(BIN / "bench_instant")],
                {"instant, whole pass, 256 px": "≥ 25", "instant, slider, 256 px": "≥ 40",
                 "instant, whole pass, 512 px": "≥ 6", "instant, slider, 512 px": "≥ 10"}, quick=[])
    yield Bench("import", script("import.py"), {"import against an image folder loader": "≥ 2"},
                quick=["--pictures", "1000", "--rounds", "1"], modules=("torch", "torchvision", "PIL"),
                needs=("pentimento-cli",))
    yield Bench("pack", [str(BIN / "bench_pack")],
                {"packed set of 1000000, opening": "≤ 100", "packed set of 1000000, memory added": "≤ 1",
                 "batch of 64 in a step of DCGAN, width 24": "≤ 5"}, quick=[])
    yield Bench("startup", script("startup.py"),
                {"first window painted": "≤ 400", "longest time without an answer while loading": "≤ 50",
                 "idle studio, processor time": "≤ 1", "idle studio, memory": ""},
                quick=["--rounds", "1"], needs=("pentimento",))
    yield Bench("slider", [str(BIN / "bench_slider")], {"slider in the studio, 256 px": "≤ 100"}, quick=[])
    yield Bench("stalls", [str(BIN / "bench_stalls")], {"longest stall of the studio in use": "≤ 50"}, quick=[])
    yield Bench("stalls_large", [str(BIN / "bench_stalls_large")],
                {"longest stall of the studio with much in it": "≤ 50"}, quick=[])
    yield Bench("plot", [str(BIN / "bench_plot")],
                {"plot of 100,000 points at 30 Hz": "≤ 5", "plot of 100,000 points at 30 Hz, smoothed": "≤ 5"}, quick=[])
    yield Bench("studio", [str(BIN / "bench_studio")],
                {f"training while it is watched, {reports} reports": "≥ 90" for reports in (0, 2000, 100000)}, quick=[])
    # In what the mathematics asks for, with room for chance.
    yield Bench("growth", [str(BIN / "bench_growth")],
                {"growth: " + what: "≤ 1.15" for what in
                 ("DCGAN step, width 32, 64 px", "DCGAN step, width 32, batch 16",
                  "Refinement, built-in, an iteration", "Refinement, built-in, 256 px",
                  "Instant, a slider's move, 256 px")})
    tiles = {f"gradient in tiles, {loss}, difference": "≤ 0.001" for loss in ("gram", "mean_std", "mean_cov")}
    yield Bench("style_tiles", [str(BIN / "bench_style_tiles"), weights or ""], tiles,
                unmet=dict.fromkeys(tiles, without) if without else {})
    # Above 1: ours is faster than the best that LibTorch offers.
    yield Bench("conv_transpose", [str(BIN / "bench_conv_transpose")],
                {f"transposed convolution {layer} px": "≥ 1" for layer in
                 ("512→256, 4→8", "256→128, 8→16", "128→64, 16→32", "64→3, 32→64")})
    yield Bench("adam", [str(BIN / "bench_adam")],
                {f"Adam's step, generator of {preset}": "≥ 1" for preset in ("fc", "dcgan", "stylegan2-small")}, quick=[])
    yield Bench("resample", [str(BIN / "bench_resample")],
                {f"{way} from {size} px, best alternative": "≥ 1" for way, sizes in
                 {"upsample2": (8, 16, 32), "downsample2": (16, 32, 64)}.items() for size in sizes})


def why_not(bench, quick):
    """Why a benchmark cannot run, or None."""
    if quick and bench.quick is None:
        return "left out of --quick"
    if bench.aims.keys() <= bench.unmet.keys():
        return next(iter(bench.unmet.values()))
    programs = [BIN / name for name in bench.needs] + [pathlib.Path(bench.command[0])]
    for program in programs:
        if not program.exists():
            return f"{program.name} is not built"
    for module in bench.modules:
        if importlib.util.find_spec(module) is None:
            return f"Python's {module} is not installed"
    return None


def run(bench, quick):
    """Results by name, and what went wrong, if anything did."""
    command = bench.command + (bench.quick if quick else [])
    heard = {}
    # A script has opponents beside our programs, and starts those by itself.
    environment = os.environ if command[0] == sys.executable else results.environment()
    with tempfile.TemporaryFile("w+") as errors:
        # A group of its own, so that what it starts ends with it.
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True,
                                   env={"QT_QPA_PLATFORM": "offscreen"} | environment)
        clock = threading.Timer(LONGEST, os.killpg, (process.pid, signal.SIGKILL))
        clock.start()
        try:
            for line in process.stdout:
                result = results.heard(line)
                if result:
                    heard[result[0]] = result[1:]
                else:
                    print(line, end="", flush=True)
            code = process.wait()
        finally:
            clock.cancel()
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        errors.seek(0)
        said = errors.read().strip()
    if said:
        print(said, file=sys.stderr, flush=True)
    return heard, (said.splitlines() or [f"ended with {code}"])[-1] if code else None


def verdict(figure, aim):
    if not aim:
        return ""
    sign, bound = aim.split()
    return "met" if (figure >= float(bound) if sign == "≥" else figure <= float(bound)) else "missed"


def shown(figure, unit):
    digits = 2 if abs(figure) < 10 else 1 if abs(figure) < 100 else 0
    return (f"{figure:.0e}" if 0 < abs(figure) < .005 else f"{figure:.{digits}f}") + (f" {unit}" if unit else "")


def rows(bench, heard, problem):
    """Lines of the table: all that has an aim, measured or not, and whatever else was told."""
    for name in [*bench.aims, *(name for name in heard if name not in bench.aims)]:
        aim = bench.aims.get(name, "")
        if name in heard:
            figure, unit = heard[name]
            yield bench.name, name, shown(figure, unit), aim, verdict(figure, aim)
        else:
            reason = bench.unmet.get(name)
            yield bench.name, name, "", aim, f"skipped: {reason}" if reason else problem or "not told"
    if problem and heard.keys() >= bench.aims.keys():
        yield bench.name, "all", "", "", problem


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", help="VGG-19's, safetensors: without, what needs them is skipped")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", help="names of benchmarks")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    table, failed = [], False
    for bench in benches(options.weights):
        if options.only and bench.name not in options.only:
            continue
        reason = why_not(bench, options.quick)
        if reason:
            table += rows(bench, {}, "skipped: " + reason)
            continue
        print(f"\n{bench.name}\n", flush=True)
        heard, problem = run(bench, options.quick)
        failed = failed or bool(problem)
        table += rows(bench, heard, problem and "failed: " + problem)
    print(f"\n{len(os.sched_getaffinity(0))} processors; load at the beginning: {load:.1f}.\n")
    print("| benchmark | what | measured | aim | |\n|---|---|---|---|---|")
    for row in table:
        print("| " + " | ".join(row) + " |")
    return failed


if __name__ == "__main__":
    sys.exit(main())
