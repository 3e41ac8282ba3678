#!/usr/bin/python3
"""Pentimento against plain PyTorch, in turn in one run: checks that both compute the same, then prints ratios.

    tests/bench/versus.py --weights vgg19.safetensors [--only dcgan …] [--rounds 5] [--device cuda]

Needs torch for Python (Debian: python3-torch) and build/release/bin/bench_versus. Each round times the baseline
with PyTorch's own number of threads, the baseline with all processors, and ours; the medians make the ratios.
--rounds 0 only checks; --busy 2 times both sides beside two busy programs. On a graphics card the opponents are
PyTorch as it is and torch.compile; the check is made in float32, the timing in what each side computes with of itself.
"""
import argparse
import atexit
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import typing

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import results  # noqa: E402
from baseline import adain, dcgan, fc, gan, gatys, r3gan, stylegan2, tensors  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "resources" / "models"
DEFAULT_THREADS = torch.get_num_threads()
PROCESSORS = len(os.sched_getaffinity(0))


class Failure(Exception):
    pass


class Ours:
    """bench_versus as a process that waits for orders."""

    def __init__(self, arguments, **environment):
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=results.environment() | environment)
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failure("bench_versus ended early")
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

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def wait():
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def seconds(baseline, steps):
    wait()
    begin = time.perf_counter()
    for _ in range(steps):
        baseline.step()
    wait()
    return (time.perf_counter() - begin) / steps


def difference(a, b, least=0.0):
    """Relative to b's length, or to `least` a number where b is shorter."""
    return ((a - b).norm() / b.norm().clamp_min(max(least * b.numel() ** .5, 1e-30))).item()


class Case(typing.NamedTuple):
    name: str
    make: typing.Callable
    arguments: list        # of bench_versus, without the inputs
    tolerance: float       # largest relative difference of anything that both sides compute at their first step
    steps: int = 1         # timed at once: whole rounds of what is not due at every step
    checks: int = 1        # first steps that are compared
    compiled: typing.Callable = None   # lets torch.compile work on a baseline
    batch: int = 1         # pictures in a step
    gflop: float = 0       # of a step, where the share of the machine's rate is told


# Adam's first steps go by gradients' signs, and a gradient that is all but zero may have either: what comes after them
# differs more.
AFTER_ADAM = 1e-2


def check(case, baseline, ours, folder):
    """Both sides' first steps; the largest difference of the very first."""
    worst = 0
    for number in range(case.checks):
        theirs = baseline.step() | (baseline.results() if hasattr(baseline, "results") else {})
        ours.seconds(1)
        mine = ours.results(os.path.join(folder, "results.safetensors"))
        # A number's first steps may nearly cancel: how far it moved then says less than how far numbers move at all.
        moves = [value for key, value in theirs.items() if key.startswith("average.moved")]
        usual = (sum(move.square().sum() for move in moves) / max(1, sum(move.numel() for move in moves))) ** .5 \
            if moves else 0.0
        for key, value in theirs.items():
            is_move = key.startswith("average.moved")
            apart = difference(mine[key].reshape(value.shape), value, float(usual) if is_move else 0.0)
            later = number > 0 or is_move
            if not apart < (AFTER_ADAM if later else case.tolerance):
                raise Failure(f"the two sides differ by {apart:.1e} in {key} of step {number}")
            worst = worst if later else max(worst, apart)
    return worst


def timed(case, baseline, ours, rounds):
    """Medians, in turn."""
    times = {"own threads": [], "all": [], "ours": []}
    seconds(baseline, 1), ours.seconds(1)
    for _ in range(rounds):
        torch.set_num_threads(DEFAULT_THREADS)
        times["own threads"].append(seconds(baseline, case.steps))
        torch.set_num_threads(PROCESSORS)
        times["all"].append(seconds(baseline, case.steps))
        times["ours"].append(ours.seconds(case.steps))
    return {key: statistics.median(values) for key, values in times.items()}


def compare(case, options):
    baseline = case.make()
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "inputs.safetensors")
        tensors.write(inputs, baseline.inputs())
        ours = Ours([options.binary, case.arguments[0], inputs, *case.arguments[1:]])
        torch.set_num_threads(PROCESSORS)
        worst = check(case, baseline, ours, folder)
        if not options.rounds:
            print(f"| {case.name} | | | | | | {worst:.0e} |", flush=True)
            return
        median = timed(case, baseline, ours, options.rounds)
    own, everything, mine = (1e3 * median[key] for key in ("own threads", "all", "ours"))
    print(f"| {case.name} | {own:.0f} | {everything:.0f} | {mine:.0f} | {own / mine:.2f} | {everything / mine:.2f} "
          f"| {worst:.0e} |", flush=True)
    yield f"{case.name}, own threads", own / mine, "times"
    yield f"{case.name}, all processors", everything / mine, "times"
    if case.gflop:
        torch.set_num_threads(PROCESSORS)
        rate = product_rate()
        yield "product rate of this machine", rate, "GFLOP/s"
        yield f"{case.name}, of the product rate", 100 * case.gflop / (mine / 1e3) / rate, "%"


def compare_on_card(case, options):
    """PyTorch as it is, torch.compile and ours."""
    gan.SEEDED = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    baseline = case.make()
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "inputs.safetensors")
        tensors.write(inputs, baseline.inputs())
        command = [options.binary, case.arguments[0], inputs, *case.arguments[1:]]
        checking = Ours(command, VERSUS_DEVICE="cuda", VERSUS_CHECK="1")
        worst = check(case, baseline, checking, folder)
        checking.end()
        if not options.rounds:
            print(f"| {case.name} | | | | | | {worst:.0e} |", flush=True)
            return
        gan.SEEDED = False
        torch.backends.cudnn.allow_tf32 = True   # as it comes
        ours = Ours(command, VERSUS_DEVICE="cuda")
        sides = {"eager": baseline, "ours": ours}
        if case.compiled and not options.eager:
            compiled = case.make()
            case.compiled(compiled)
            sides["compiled"] = compiled
        times = {name: [] for name in sides}
        for name, side in sides.items():       # algorithms are looked for, code is compiled, steps are recorded
            for _ in range(4):
                side.seconds(case.steps) if name == "ours" else seconds(side, case.steps)
        for _ in range(options.rounds):
            for name, side in sides.items():
                steps = max(case.steps, 16)
                times[name].append(side.seconds(steps) if name == "ours" else seconds(side, steps))
        if options.profile:
            line = ours.order(f"profile {max(case.steps, 4)}")
            while line != "done":
                print("    " + line)
                line = ours.answer()
        ours.end()
    median = {name: 1e3 * statistics.median(values) for name, values in times.items()}
    eager, mine, compiled = median["eager"], median["ours"], median.get("compiled", float("nan"))
    print(f"| {case.name} | {eager:.2f} | {compiled:.2f} | {mine:.2f} | {eager / mine:.2f} | {compiled / mine:.2f} "
          f"| {worst:.0e} |", flush=True)
    yield f"{case.name}, cuda, eager", eager / mine, "times"
    if "compiled" in median:
        yield f"{case.name}, cuda, compiled", compiled / mine, "times"
    yield f"{case.name}, cuda, rate", 1e3 * case.batch / mine, "per second"


def product_rate(size=3072, rounds=5):
    """The most single-precision operations a second, in 1e9, that products of matrices reach here."""
    a, b = torch.rand(size, size), torch.rand(size, size)
    torch.mm(a, b)
    best = float("inf")
    for _ in range(rounds):
        begin = time.perf_counter()
        torch.mm(a, b)
        best = min(best, time.perf_counter() - begin)
    return 2e-9 * size ** 3 / best


def cases(weights):
    # 147 GFLOP: all products of both networks that a step needs; the generator's needs no gradients of the
    # discriminator's weights.
    yield Case("dcgan 64 px, batch 64", dcgan.Baseline,
               ["gan", "arch", "dcgan", "loss", "bce", "size", "64", "width", "64", "latent", "100", "batch", "64",
                "lr_g", "2e-4", "lr_d", "2e-4", "beta1", "0.5", "ema_decay", "0"], 1e-3, gflop=147)
    yield Case("fc 28 px, batch 64", fc.Baseline,
               ["gan", "arch", "fc", "loss", "bce", "size", "28", "latent", "100", "batch", "64",
                "lr_g", "2e-4", "lr_d", "2e-4", "beta1", "0.5", "ema_decay", "0"], 1e-3, steps=40)
    # 16 steps: R1 is due once and the path length four times. A picture's products (pentimento-cli describe), times
    # what a step needs of each network: forwards 1, gradients of inputs 1, of weights 1, and of a penalty's slope 4.
    g, d = 15.8e-3, 16.1e-3
    for form in "grouped", "scaled":
        yield Case(f"stylegan2-small, {form}", lambda form=form: stylegan2.Baseline(form == "grouped"),
                   ["gan", "preset", "stylegan2-small"], 1e-4, steps=16, checks=2,
                   gflop=2 * 16 * (3 * g + 6 * g / 2 / 4 + 8 * d + 5 * d / 16))
    # 16 steps: R1 and R2 are due four times. The generator's step looks at real pictures, too.
    yield Case("r3gan-small", r3gan.Baseline, ["gan", "preset", "r3gan-small"], 1e-3, steps=16, checks=2,
               gflop=2 * 8 * 28.3e-3 * (3 + 9 + 2 * 5 / 4))
    if weights:
        for edge in 256, 512:
            yield Case(f"refine VGG-19, {edge} px", lambda edge=edge: gatys.Baseline(weights, edge),
                       ["refine", weights], 1e-3)
    networks = MODELS / "features.safetensors", MODELS / "decoder.safetensors"
    for edge in 256, 512:
        yield Case(f"instant, whole pass, {edge} px", lambda edge=edge: adain.Baseline(*networks, edge),
                   ["instant"], 2e-2, steps=10)


def compile_players(baseline):
    baseline.g, baseline.d = torch.compile(baseline.g), torch.compile(baseline.d)


def compile_step(baseline):
    baseline.step = torch.compile(baseline.step)


def compile_features(baseline):
    baseline.features = torch.compile(baseline.features)


def cases_on_card(weights):
    yield Case("dcgan 64 px, batch 128", lambda: dcgan.Baseline(128),
               ["gan", "preset", "dcgan"], 1e-3, compiled=compile_players, batch=128)
    # Without penalties: PyTorch's own second derivatives of convolutions take many times as long as all the rest.
    for form in "scaled", "grouped":
        yield Case(f"stylegan2 128 px, batch 32, no penalties, {form}",
                   lambda form=form: stylegan2.Baseline(form == "grouped", stylegan2.PUBLISHED_128, penalties=False),
                   ["gan", "preset", "stylegan2", "size", "128", "r1_gamma", "0", "path_length_weight", "0", "augment",
                    "none"], 1e-3, steps=4, batch=32)
    for form in "scaled", "grouped":
        yield Case(f"stylegan2-small, {form}", lambda form=form: stylegan2.Baseline(form == "grouped"),
                   ["gan", "preset", "stylegan2-small", "augment", "none"], 1e-3, steps=16, checks=2, batch=16)
    yield Case("r3gan-small", r3gan.Baseline, ["gan", "preset", "r3gan-small"], 1e-3, steps=4, checks=2, batch=8)
    if weights:
        yield Case("refine VGG-19, 512 px", lambda: gatys.Baseline(weights, 512), ["refine", weights], 1e-3,
                   compiled=compile_features)
    networks = MODELS / "features.safetensors", MODELS / "decoder.safetensors"
    for edge in 256, 512:
        yield Case(f"instant, whole pass, {edge} px", lambda edge=edge: adain.Baseline(*networks, edge),
                   ["instant"], 2e-2, steps=10, compiled=compile_step)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", help="VGG-19's, safetensors: without, refinement is left out")
    parser.add_argument("--only", nargs="*", help="cases whose names begin so")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--busy", type=int, default=0, help="other programs that keep a processor busy meanwhile")
    parser.add_argument("--profile", action="store_true", help="tells which kernels take the time of our steps")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--eager", action="store_true", help="without torch.compile, which takes its time")
    parser.add_argument("--binary", default=str(ROOT / "build/release/bin/bench_versus"))
    options = parser.parse_args()
    on_card = options.device == "cuda"
    if on_card:
        torch.set_default_device("cuda")
        print(f"PyTorch {torch.__version__} on {torch.cuda.get_device_name()}.\n")
        print("| what | PyTorch, ms | torch.compile, ms | ours, ms | ratio | ratio, compiled | difference |")
    else:
        print(f"PyTorch {torch.__version__}, {PROCESSORS} processors; PyTorch's own number of threads is "
              f"{DEFAULT_THREADS}.\n")
        print("| what | PyTorch, own threads, ms | PyTorch, all processors, ms | ours, ms | ratio | ratio, all "
              "| difference |")
    print("|---|---|---|---|---|---|---|")
    failed, figures = False, []
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(options.busy)]
    atexit.register(lambda: [process.kill() for process in busy])
    for case in (cases_on_card if on_card else cases)(options.weights):
        if options.only and not any(case.name.startswith(prefix) for prefix in options.only):
            continue
        try:
            figures += (compare_on_card if on_card else compare)(case, options)
        except (Failure, OSError, RuntimeError) as error:
            print(f"{case.name}: {error}", file=sys.stderr, flush=True)
            failed = True
    print()  # the table is whole before the lines for all.py
    for figure in figures:
        results.tell(*figure)
    return failed


if __name__ == "__main__":
    sys.exit(main())
