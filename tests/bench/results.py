"""How a benchmark tells its figures to all.py: a line for each, beside what it prints for people.

    result: <figure> <unit> <name>
"""
PREFIX = "result:"


def tell(name, figure, unit):
    print(PREFIX, f"{figure:.6g}", unit, name, flush=True)


def heard(line):
    """(name, figure, unit), or None for any other line."""
    if not line.startswith(PREFIX):
        return None
    figure, unit, name = line[len(PREFIX):].strip().split(" ", 2)
    return name, float(figure), unit
