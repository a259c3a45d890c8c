"""Simulated data with known functions: one model for every basis and every kind of tensor product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

N = 160
LEVELS = np.asarray(list("abcdefgh"))
NOISE = 0.3
"""The standard deviation of the noise; the functions have one of about 0.7."""


def covariates() -> dict[str, Any]:
    """Return covariates of every kind that a smooth can take; matrices have six columns."""
    rng = np.random.default_rng(20240701)
    arm = pd.Categorical.from_codes(rng.permutation(N) % 3, list("uvw"))
    return {
        "x": rng.uniform(size=N),
        "z": rng.uniform(size=N),
        "v": rng.uniform(0.5, 2, size=N),
        "lat": np.degrees(np.arcsin(rng.uniform(-1, 1, size=N))),
        "lon": rng.uniform(-180, 180, size=N),
        "f": arm,
        "o": pd.Categorical.from_codes(arm.codes, list("uvw"), ordered=True),
        "g": LEVELS[rng.permutation(N) % len(LEVELS)],
        "region": LEVELS[rng.permutation(N) % len(LEVELS)],
        "when": rng.uniform(size=(N, 6)),
        "dose": rng.uniform(0, 0.6, size=(N, 6)),
    }


def wave(x: Any) -> Any:
    """Return a smooth cyclic function on [0, 1]."""
    return np.sin(2 * np.pi * x) + 0.3 * np.cos(4 * np.pi * x)


def hill(x: Any) -> Any:
    """Return a hill on a slope, another value at each end."""
    return 1.5 * np.exp(-(((x - 0.4) / 0.15) ** 2)) + x


def surface(x: Any, z: Any) -> Any:
    """Return a surface that is no sum of functions of x and z."""
    return 2 * np.exp(-((x - 0.3) ** 2 + (z - 0.6) ** 2) / 0.08) + z


def code(levels: Any) -> Any:
    """Return the numbers of the levels a, b, ... from 0."""
    return np.searchsorted(LEVELS, levels)


def by_arm(d: Mapping[str, Any]) -> Any:
    """Return another function of x in every arm, with another mean."""
    return np.choose(d["f"].codes, [wave(d["x"]), 1 + d["x"], hill(d["x"])])


def by_group(d: Mapping[str, Any]) -> Any:
    """Return a function of x whose height and phase depend on the group."""
    number = code(d["g"])
    return 0.3 * (number - 3.5) + np.sin(2 * np.pi * (d["x"] + number / 12))


def on_sphere(d: Mapping[str, Any]) -> Any:
    """Return a function of low degree on the sphere."""
    lat, lon = np.radians(d["lat"]), np.radians(d["lon"])
    return np.sin(lat) + np.cos(lat) ** 2 * np.cos(2 * lon)


@dataclass(frozen=True)
class Known:
    """A model and the function that its data are simulated from.

    ``options`` are those of ``brm``; ``centred`` says whether its smooths sum to zero, so that the data tell
    the intercept apart from them.
    """

    formula: str
    truth: Callable[[Mapping[str, Any]], Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    centred: bool = True


def _curve(smooth: str, truth: Callable[[Any], Any] = hill, **options: Any) -> Known:
    return Known(f"y ~ {smooth}", lambda d: truth(d["x"]), options)


def _surface(smooth: str, **options: Any) -> Known:
    return Known(f"y ~ {smooth}", lambda d: surface(d["x"], d["z"]), options)


CIRCLE = {"x": [0.0, 1.0]}
NEIGHBOURS = {"map": {a: [b for b in LEVELS if abs(code(a) - code(b)) in (1, 7)] for a in LEVELS}}

KNOWN: Mapping[str, Known] = {
    "ad": _curve("s(x, bs='ad', k=12, m=3)"),
    "bs": _curve("s(x, bs='bs', k=10)"),
    "bs, three penalties": _curve("s(x, bs='bs', k=10, m=c(3, 2, 1))"),
    "cc": _curve("s(x, bs='cc', k=10)", wave, knots=CIRCLE),
    "cp": _curve("s(x, bs='cp', k=10)", wave, knots=CIRCLE),
    "cr": _curve("s(x, bs='cr', k=10)"),
    "cs": _curve("s(x, bs='cs', k=10)"),
    "ds": _surface("s(x, z, bs='ds', k=20, m=c(1, 0.5))"),
    "fs": Known("y ~ s(x, g, bs='fs', k=6)", by_group, centred=False),
    "gp": _curve("s(x, bs='gp', k=10)"),
    "mrf": Known("y ~ s(region, bs='mrf', xt=list(nb=map))", lambda d: np.sin(np.pi * code(d["region"]) / 4),
                 {"data2": NEIGHBOURS}),
    "ps": _curve("s(x, bs='ps', k=12)"),
    "re": Known("y ~ s(g, bs='re') + s(g, x, bs='re')", lambda d: np.cos(code(d["g"])) + d["x"] * np.sin(code(d["g"])),
                centred=False),
    "sos": Known("y ~ s(lat, lon, bs='sos', k=20)", on_sphere),
    "sz": Known("y ~ s(x, k=8) + s(f, x, bs='sz', k=8)", by_arm, centred=False),
    "tp": _curve("s(x, k=10)"),
    "tp, two covariates": _surface("s(x, z, k=20)"),
    "ts": _curve("s(x, bs='ts', k=10)"),
    "te": _surface("te(x, z, k=5)"),
    # A penalty that the data hardly inform leaves a narrow funnel.
    "ti": _surface("ti(x, k=5) + ti(z, k=5) + ti(x, z, k=5)", adapt_delta=0.99),
    "t2": _surface("t2(x, z, k=5)"),
    "by factor": Known("y ~ f + s(x, by=f, k=8)", by_arm),
    "by ordered factor": Known("y ~ f + s(x, k=8) + s(x, by=o, k=8)", by_arm),
    "by number": Known("y ~ s(x, by=v, k=10)", lambda d: 0.6 * d["v"] * hill(d["x"]), centred=False),
    "tensor by factor": Known("y ~ f + te(x, z, by=f, k=c(6, 3))", lambda d: 3 * (d["z"] - 0.5) * by_arm(d)),
    "matrices": Known("y ~ s(when, by=dose, k=8)", lambda d: np.sum(d["dose"] * wave(d["when"]), axis=1),
                      centred=False),
    "linked": Known("y ~ s(x, id=1, k=8) + s(z, id=1, k=8)", lambda d: hill(d["x"]) + hill(1 - d["z"])),
}  # fmt: skip


def simulate(known: Known) -> tuple[dict[str, Any], Any]:
    """Return data with the response, and the function at their rows."""
    data = covariates()
    truth = np.asarray(known.truth(data), dtype=float)
    rng = np.random.default_rng([*known.formula.encode()])
    return {**data, "y": truth + NOISE * rng.normal(size=N)}, truth
