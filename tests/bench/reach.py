#!/usr/bin/python3
"""Time to the loss that plain style transfer (Gatys, VGG-19, one size, Adam) reaches after 500 iterations.

    tests/bench/reach.py --weights vgg19.safetensors [--content PICTURE] [--style PICTURE] [--iterations 500]

Both sides begin with the content picture. The baseline (baseline/gatys.py, all processors) is timed over some
iterations. The loss that it would reach after all of them is found out by ours with the same optimiser, which does the
same mathematics (versus.py checks that) in less time. Then ours takes L-BFGS until its loss is as low.
"""
import argparse
import os
import sys
import tempfile

import numpy
import torch
from PIL import Image

import results
from baseline import gatys, tensors
from versus import PROCESSORS, ROOT, Ours, seconds

AT_ONCE = 10  # iterations between two looks at the loss


def picture(path, edge):
    image = Image.open(path).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    image = image.crop((left, top, left + side, top + side)).resize((edge, edge), Image.LANCZOS)
    return torch.from_numpy(numpy.asarray(image, dtype=numpy.float32) / 255).permute(2, 0, 1)[None].contiguous()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--content", default=str(ROOT / "resources/samples/content-landscape.jpg"))
    parser.add_argument("--style", default=str(ROOT / "resources/samples/style-waves.jpg"))
    parser.add_argument("--weights", required=True)
    parser.add_argument("--edge", type=int, default=256)
    parser.add_argument("--iterations", type=int, default=500)
    parser.add_argument("--timed", type=int, default=30)
    parser.add_argument("--binary", default=str(ROOT / "build/release/bin/bench_versus"))
    options = parser.parse_args()
    torch.set_num_threads(PROCESSORS)
    baseline = gatys.Baseline(options.weights, options.edge)
    baseline.start(picture(options.content, options.edge), picture(options.style, options.edge))
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "inputs.safetensors")
        tensors.write(inputs, baseline.inputs())
        baseline.step()
        theirs = seconds(baseline, options.timed) * options.iterations

        def refinement(optimiser):
            ours = Ours([options.binary, "refine", inputs, options.weights, optimiser])
            return ours, lambda: float(ours.results(os.path.join(folder, "results.safetensors"))["loss"])
        same, loss = refinement("adam")
        plain = same.seconds(options.iterations) * options.iterations
        goal = loss()
        print(f"Plain, Adam: loss {goal:.4f} after {options.iterations} iterations, {theirs:.0f} s (ours: {plain:.0f} s)",
              flush=True)
        ours, loss = refinement("lbfgs")
        mine, steps, reached = 0, 0, float("inf")
        while reached > goal:
            if steps > 2 * options.iterations:
                sys.exit(f"ours is at {reached:.4f} after {steps} iterations")
            mine += ours.seconds(AT_ONCE) * AT_ONCE
            steps += AT_ONCE
            reached = loss()
    print(f"Ours, L-BFGS: loss {reached:.4f} after {steps} iterations, {mine:.0f} s, {mine / theirs:.2f} of the time")
    results.tell("time to plain Gatys' loss", mine / theirs, "×")


if __name__ == "__main__":
    main()
