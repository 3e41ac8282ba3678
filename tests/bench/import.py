#!/usr/bin/python3
"""Importing 10,000 pictures against the usual Python image folder loader with 2 workers, in one run.

    tests/bench/import.py [--pictures 10000] [--rounds 3]

Both decode JPEGs of 320 x 240 px, cut a square out of the middle and scale it to 64 px. The baseline (torchvision's
ImageFolder and a DataLoader; Debian: python3-torchvision) leaves tensors in memory; ours also finds broken and
duplicate pictures and writes the packed set that trainings then read.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy
import results
import torch
from PIL import Image
from torchvision import datasets, transforms

CLI = pathlib.Path(__file__).resolve().parents[2] / "build/release/bin/pentimento-cli"


def make(folder, count):
    generator = numpy.random.default_rng(1)
    for k in range(count):
        target = folder / f"class{k % 10}"
        target.mkdir(exist_ok=True)
        coarse = generator.integers(0, 256, (12, 16, 3), dtype=numpy.uint8)
        Image.fromarray(coarse).resize((320, 240), Image.BICUBIC).save(target / f"{k}.jpg", quality=90)


def baseline(folder):
    shrink = transforms.Compose([transforms.Resize(64), transforms.CenterCrop(64), transforms.ToTensor(),
                                 transforms.Normalize([.5] * 3, [.5] * 3)])
    loader = torch.utils.data.DataLoader(datasets.ImageFolder(folder, shrink), batch_size=64, num_workers=2)
    return sum(len(labels) for _, labels in loader)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        folder, pack = pathlib.Path(home) / "pictures", os.path.join(home, "out.pack")
        folder.mkdir()
        make(folder, options.pictures)
        theirs, ours = [], []
        for _ in range(options.rounds):
            begin = time.perf_counter()
            assert baseline(folder) == options.pictures
            theirs.append(time.perf_counter() - begin)
            if os.path.exists(pack):
                os.remove(pack)
            begin = time.perf_counter()
            subprocess.run([CLI, "import", folder, "--size", "64", "--out", pack], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=results.environment())
            ours.append(time.perf_counter() - begin)
    a, b = statistics.median(theirs), statistics.median(ours)
    print("| what | image folder loader, s | ours, s | ratio |\n|---|---|---|---|")
    print(f"| {options.pictures} pictures of 320 x 240 px to 64 px | {a:.1f} | {b:.1f} | {a / b:.2f} |")
    results.tell("import against an image folder loader", a / b, "times")


if __name__ == "__main__":
    main()
