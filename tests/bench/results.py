"""How a benchmark tells its figures to all.py: a line for each, beside what it prints for people.

    result: <figure> <unit> <name>
"""
import os
import pathlib
import re

PREFIX = "result:"


def tell(name, figure, unit):
    print(PREFIX, f"{figure:.6g}", unit, name, flush=True)


def heard(line):
    """(name, figure, unit), or None for any other line."""
    if not line.startswith(PREFIX):
        return None
    figure, unit, name = line[len(PREFIX):].strip().split(" ", 2)
    return name, float(figure), unit


def environment():
    """What ./pentimento starts its programs with, for those that are started without it."""
    script = (pathlib.Path(__file__).resolve().parents[2] / "pentimento").read_text()
    return dict(re.findall(r"^export (\w+)=\$\{\1:-(\w+)\}$", script, re.M)) | os.environ
