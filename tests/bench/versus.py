#!/usr/bin/python3
"""Pentimento against plain PyTorch, in turn in one run: checks that both compute the same, then prints ratios.

    tests/bench/versus.py --weights vgg19.safetensors [--only dcgan …] [--rounds 5]

Needs torch for Python (Debian: python3-torch) and build/release/bin/bench_versus. Each round times the baseline
with PyTorch's own number of threads, the baseline with all processors, and ours; the medians make the ratios.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from baseline import adain, dcgan, gatys, tensors  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "resources" / "models"
DEFAULT_THREADS = torch.get_num_threads()
PROCESSORS = len(os.sched_getaffinity(0))


class Ours:
    """bench_versus as a process that waits for orders."""

    def __init__(self, arguments):
        # Waiting threads must not spin while the other side is timed.
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=os.environ | {"OMP_WAIT_POLICY": "PASSIVE"})
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("bench_versus ended early")
        return line.strip()

    def order(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return self.answer()

    def seconds(self, steps):
        return float(self.order(f"steps {steps}")) / steps

    def results(self, path):
        self.order(f"results {path}")
        return tensors.read(path)


def seconds(baseline, steps):
    begin = time.perf_counter()
    for _ in range(steps):
        baseline.step()
    return (time.perf_counter() - begin) / steps


def difference(a, b):
    return ((a - b).norm() / b.norm().clamp_min(1e-30)).item()


def compare(name, baseline, arguments, steps, tolerance, rounds, binary, check=True):
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "inputs.safetensors")
        tensors.write(inputs, baseline.inputs())
        ours = Ours([binary, arguments[0], inputs, *arguments[1:]])
        torch.set_num_threads(PROCESSORS)
        theirs = baseline.step()
        ours.seconds(1)
        worst = 0
        if check:
            mine = ours.results(os.path.join(folder, "results.safetensors"))
            worst = max(difference(mine[key].reshape(value.shape), value) for key, value in theirs.items())
            if not worst < tolerance:
                raise SystemExit(f"{name}: the two sides differ by {worst:.1e}")
        times = {"own threads": [], "all": [], "ours": []}
        seconds(baseline, 1), ours.seconds(1)
        for _ in range(rounds):
            torch.set_num_threads(DEFAULT_THREADS)
            times["own threads"].append(seconds(baseline, steps))
            torch.set_num_threads(PROCESSORS)
            times["all"].append(seconds(baseline, steps))
            times["ours"].append(ours.seconds(steps))
        median = {key: statistics.median(values) for key, values in times.items()}
        print(f"| {name} | {1e3 * median['own threads']:.0f} | {1e3 * median['all']:.0f} | {1e3 * median['ours']:.0f} "
              f"| {median['own threads'] / median['ours']:.2f} | {median['all'] / median['ours']:.2f} | {worst:.0e} |",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", help="VGG-19's, safetensors: without, refinement is left out")
    parser.add_argument("--only", nargs="*", help="cases whose names begin so")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--binary", default=str(ROOT / "build/release/bin/bench_versus"))
    options = parser.parse_args()
    print(f"PyTorch {torch.__version__}, {PROCESSORS} processors; PyTorch's own number of threads is {DEFAULT_THREADS}.\n")
    print("| what | PyTorch, own threads, ms | PyTorch, all processors, ms | ours, ms | ratio | ratio, all | difference |")
    print("|---|---|---|---|---|---|---|")
    cases = [
        ("dcgan 64 px, batch 64", lambda: dcgan.Baseline(),
         ["gan", "arch", "dcgan", "loss", "bce", "size", "64", "width", "64", "latent", "100", "batch", "64",
          "lr_g", "2e-4", "lr_d", "2e-4", "beta1", "0.5"], 1, 1e-3)]
    if options.weights:
        for edge in 256, 512:
            cases.append((f"refine VGG-19, {edge} px", lambda edge=edge: gatys.Baseline(options.weights, edge),
                          ["refine", options.weights], 1, 1e-3))
    networks = MODELS / "features.safetensors", MODELS / "decoder.safetensors"
    for edge in 256, 512:
        cases.append((f"instant, whole pass, {edge} px", lambda edge=edge: adain.Baseline(*networks, edge),
                      ["instant"], 10, 2e-2))
    for name, make, arguments, steps, tolerance in cases:
        if options.only and not any(name.startswith(prefix) for prefix in options.only):
            continue
        compare(name, make(), arguments, steps, tolerance, options.rounds, options.binary)


if __name__ == "__main__":
    main()
