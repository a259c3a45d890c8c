"""Formulas that are legitimate but rare, and the data for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

import smoothstan as ss


def unusual_data() -> pd.DataFrame:
    """Return a table with all that the formulas name; most numbers have nothing to do with each other."""
    rng = np.random.default_rng(20240702)
    n = 80
    x, z = rng.uniform(0.1, 3, size=n), rng.normal(size=n)
    pick = {name: np.asarray(levels)[rng.permutation(n) % len(levels)] for name, levels in _LEVELS.items()}
    frame = pd.DataFrame({
        "x": x, "z": z, "v": rng.uniform(0.5, 2, size=n), "w": rng.uniform(0.5, 2, size=n), "my x": x,
        "y": np.sin(2 * x) + 0.3 * rng.normal(size=n), "count": rng.poisson(np.exp(0.5 + 0.3 * z)),
        "success": rng.integers(0, 2, size=n), "hits": rng.binomial(5, 0.4, size=n), "trials": np.full(n, 6),
        **pick,
    })  # fmt: skip
    ordered = pd.Categorical(frame["o"], categories=["low", "mid", "high"], ordered=True)
    # The level "d" is declared but never there.
    return frame.assign(o=ordered, f=pd.Categorical(frame["f"], categories=list("abcd")), lgl=frame["num"] > 2)


_LEVELS: Mapping[str, Any] = {
    "f": list("abc"), "o": ["low", "mid", "high"], "ch": ["a b", "é:1", "x+y"], "one": ["only"],
    "g": [f"g{i}" for i in range(6)], "h": ["u", "v"], "num": [1, 2, 10],
}  # fmt: skip

POISSON, BERNOULLI, BINOMIAL, STUDENT = ({"family": f} for f in ("poisson", "bernoulli", "binomial", "student"))

UNUSUAL: Mapping[str, tuple[Any, Mapping[str, Any]]] = {
    "smooth and random effects of sigma": (["y ~ s(x, k=5)", "sigma ~ s(z, k=4) + s(g, bs='re')"], {}),
    "smooth by factor of sigma": (["y ~ s(x, k=4)", "sigma ~ f + s(z, by=f, k=4)"], {}),
    "tensor product of sigma": (["y ~ 1", "sigma ~ te(x, z, k=3)"], {}),
    "several by": ("y ~ f + o + s(x, by=f, k=4) + s(z, by=o, k=4) + s(z, by=f, k=4)", {}),
    "offsets": ("y ~ offset(w) + s(x, k=5) + offset(log(v))", {}),
    "weights, groups": ("y | weights(w) ~ s(x, g, bs='fs', k=4) + s(h, bs='re')", {}),
    "weights, by": ("y | weights(w) ~ f + s(x, by=f, k=4)", {}),
    "poisson, fs": ("count ~ s(x, g, bs='fs', k=4)", POISSON),
    "poisson, by": ("count ~ f + s(x, by=f, k=4) + offset(v)", POISSON),
    "poisson, te": ("count ~ te(x, z, k=3)", POISSON),
    "bernoulli, ad": ("success ~ s(x, bs='ad', k=8, m=3)", BERNOULLI),
    "bernoulli, by": ("success ~ f + s(x, by=f, k=4)", BERNOULLI),
    "binomial, re": ("hits | trials(trials) ~ s(g, bs='re') + s(x, k=4)", BINOMIAL),
    "binomial, t2": ("hits | trials(trials) ~ t2(x, z, k=3)", BINOMIAL),
    "student, fs": ("y ~ s(x, g, bs='fs', k=4)", STUDENT),
    "student, all parameters": (ss.bf("y ~ s(x, k=4)", "sigma ~ s(g, bs='re')", "nu ~ s(z, k=4)"), STUDENT),
    "transformed": ("y ~ s(log(x), k=5) + s(I(x^2), k=5) + s(scale(z), k=4)", {}),
    "tensor product by factor": ("y ~ f + te(x, z, by=f, k=3)", {}),
    "by logical": ("y ~ lgl + s(x, by=lgl, k=4) + s(z, by=v > 1, k=4)", {}),
    "by factor()": ("y ~ s(x, by=factor(num), k=4)", {}),
    "by ordered": ("y ~ o + s(x, k=4) + s(x, by=o, k=4)", {}),
    "by one level": ("y ~ s(x, by=one, k=4)", {}),
    "by strings": ("y ~ ch + s(x, by=ch, k=4)", {}),
    "by expression": ("y ~ s(x, by=z * v, k=4)", {}),
    "random slopes by number": ("y ~ s(g, by=x, bs='re') + s(g, h, x, bs='re')", {}),
    "random effects of a logical": ("y ~ s(lgl, bs='re') + s(factor(num), bs='re')", {}),
    "fs by factor": ("y ~ f + s(x, g, by=f, bs='fs', k=4)", {}),
    "fs of another basis": ("y ~ s(x, g, bs='fs', k=4, xt=list(bs='ps'))", {}),
    "fs and a group": ("y ~ x + s(x, g, bs='fs', k=4) + (1 | g)", {}),
    "sz, linked": ("y ~ s(x, k=4) + s(h, x, bs='sz', k=4, id=1)", {}),
    "no intercept": ("y ~ 0 + f + s(x, by=f, k=4)", {}),
    "unpenalised, by": ("y ~ f + s(x, k=4, fx=TRUE, by=f)", {}),
    "linked levels": ("y ~ f + s(x, k=4, by=f, id=1)", {}),
    "zero at a point": ("y ~ s(x, k=5, pc=1)", {}),
    "tensor product with groups": ("y ~ te(x, g, bs=c('cr', 're'), k=c(4, 6)) + t2(z, h, bs=c('cr', 're'), k=4)", {}),
    "margins of several covariates": ("y ~ te(x, z, v, d=c(2, 1), bs=c('tp', 'cr'), k=c(6, 3))", {}),
    "interaction with one constraint": ("y ~ s(x, k=4) + ti(x, z, k=4, mc=c(TRUE, FALSE))", {}),
    "three penalties": ("y ~ te(x, z, v, k=3)", {}),
    "quoted names": ("log(v) ~ s(`my x`, k=4)", {}),
    "shrunken": ("y ~ s(x, bs='ts', k=5) + s(z, bs='cs', k=5)", {"sample_prior": "yes"}),
}  # fmt: skip
