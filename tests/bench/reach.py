#!/usr/bin/python3
"""Time to the loss that plain single-scale style transfer (Gatys, VGG-19, Adam) reaches after 500 iterations.

    tests/bench/reach.py CONTENT STYLE --weights vgg19.safetensors [--edge 256] [--iterations 500] [--timed 40]

The baseline (tests/bench/baseline/gatys.py, all processors) is timed over some iterations from the content picture.
What it would reach after all of them, `bench_versus plain` finds out, which does the same mathematics (versus.py
checks that) in less time. Then ours refines coarse to fine (`bench_versus reach`) until the loss at full size is as
low. Prints both times and their ratio.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy
import torch
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from baseline import gatys, tensors  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


def picture(path, edge):
    image = Image.open(path).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    image = image.crop((left, top, left + side, top + side)).resize((edge, edge), Image.LANCZOS)
    return torch.from_numpy(numpy.asarray(image, dtype=numpy.float32) / 255).permute(2, 0, 1)[None].contiguous()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("content")
    parser.add_argument("style")
    parser.add_argument("--weights", required=True)
    parser.add_argument("--edge", type=int, default=256)
    parser.add_argument("--iterations", type=int, default=500)
    parser.add_argument("--timed", type=int, default=40)
    parser.add_argument("--binary", default=str(ROOT / "build/release/bin/bench_versus"))
    options = parser.parse_args()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    baseline = gatys.Baseline(options.weights, options.edge)
    baseline.start(picture(options.content, options.edge), picture(options.style, options.edge))
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "inputs.safetensors")
        tensors.write(inputs, baseline.inputs())
        baseline.step()
        begin = time.perf_counter()
        for _ in range(options.timed):
            baseline.step()
        theirs = (time.perf_counter() - begin) / options.timed * options.iterations
        loss = float(subprocess.run([options.binary, "plain", inputs, options.weights, str(options.iterations)],
                                    check=True, stdout=subprocess.PIPE, text=True).stdout)
        print(f"baseline: loss {loss:.4f} after {options.iterations} iterations, {theirs:.1f} s", flush=True)
        answer = subprocess.run([options.binary, "reach", inputs, options.weights, str(loss)], check=True,
                                stdout=subprocess.PIPE, text=True).stdout.split()
        seconds, steps, reached = float(answer[0]), int(answer[1]), float(answer[2])
        print(f"ours: loss {reached:.4f} after {steps} iterations, {seconds:.1f} s: {theirs / seconds:.1f} times as fast")


if __name__ == "__main__":
    main()
