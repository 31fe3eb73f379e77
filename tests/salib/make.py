"""Makes the tables beside this file: samples of two functions with known indices, and what SALib finds on them.

Provenance: SALib 1.5 (Herman and Usher 2017; Iwanaga, Usher and Herman 2022), from PyPI, MIT licence.
Run with `pip install SALib`, then `python make.py`.
"""

import csv
import math

from SALib.analyze import sobol as analyze
from SALib.sample import sobol as sample


def ishigami(x):
    return math.sin(x[0]) + 7 * math.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * math.sin(x[0])


def g(x):
    product = 1.0
    for value, a in zip(x, [0, 1, 4.5, 9]):
        product *= (abs(4 * value - 2) + a) / (1 + a)
    return product


def make(name, function, bounds):
    inputs = [f"x{at}" for at in range(1, len(bounds) + 1)]
    problem = {"num_vars": len(bounds), "names": inputs, "bounds": bounds}
    points = sample.sample(problem, 64, calc_second_order=False, seed=1)
    import numpy

    values = numpy.array([function(point) for point in points])
    found = analyze.analyze(problem, values, calc_second_order=False, num_resamples=1000, seed=1)
    with open(f"{name}.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(inputs + ["y"])
        for point, value in zip(points, values):
            out.writerow([repr(float(number)) for number in [*point, value]])
    with open(f"{name}-indices.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["input", "first", "first_half", "total", "total_half"])
        for at, input in enumerate(inputs):
            row = [found[key][at] for key in ["S1", "S1_conf", "ST", "ST_conf"]]
            out.writerow([input] + [repr(float(number)) for number in row])


make("ishigami", ishigami, [[-math.pi, math.pi]] * 3)
make("g", g, [[0, 1]] * 4)
