"""The models whose calibration is tested: one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

import smoothstan as ss

ROWS = 40


@dataclass(frozen=True)
class Case:
    """A model with proper priors on everything, narrow enough that the data drawn from them are sane.

    Args:
        formula, family, priors: what ``brm`` is told.
        marginals: the ranked parameters, under the names of ``fit.variables()``, with the distribution
            functions that their priors are to have.
    """

    formula: Any
    family: str
    priors: tuple[ss.Prior, ...]
    marginals: Mapping[str, Callable[[Any], Any]]


def covariates() -> dict[str, Any]:
    """Columns of all models; ``y`` is a response that all families allow, until one is drawn."""
    rng = np.random.default_rng(21)
    return {
        "x": rng.normal(0.5, 1, ROWS), "z": rng.uniform(-1, 1, ROWS), "g": np.repeat(list("abcdefgh"), ROWS // 8),
        "o": np.resize([0, 1, 2, 3], ROWS), "y": np.ones(ROWS, dtype=int),
    }  # fmt: skip


def above(lower: float, cdf: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the distribution function of what lies above a bound."""
    return lambda x: (cdf(x) - cdf(lower)) / (1 - cdf(lower))


def priors(**by_class: str) -> tuple[ss.Prior, ...]:
    """One prior for each class of parameters."""
    return tuple(ss.prior(density, class_=name) for name, density in by_class.items())


UNIT, HALF = stats.norm(0, 1).cdf, stats.norm(0, 0.5).cdf
SIGMA = stats.gamma(6, scale=1 / 10).cdf
DEVIATION = stats.lognorm(0.5, scale=np.exp(-0.5)).cdf
# Of two effects under LKJ(2): (cor + 1) / 2 ~ Beta(2, 2).
COR = stats.beta(2, 2, loc=-1, scale=2).cdf
SHARE = stats.beta(2, 4).cdf
LINE = {"Intercept": UNIT, "b_x": HALF}
COMMON = {"Intercept": "normal(0, 1)", "b": "normal(0, 0.5)"}
GROUP = {"sd": "lognormal(-0.5, 0.5)", "cor": "lkj(2)"}

CASES: dict[str, Case] = {
    "correlated slopes": Case(
        "y ~ x + (1 + x | g)", "gaussian", priors(**COMMON, **GROUP, sigma="gamma(6, 10)"),
        {**LINE, "sd_g__Intercept": DEVIATION, "sd_g__x": DEVIATION, "cor_g__Intercept__x": COR, "sigma": SIGMA},
    ),
    "student": Case(
        "y ~ x", "student", priors(**COMMON, sigma="gamma(6, 10)", nu="gamma(4, 0.5)"),
        {**LINE, "sigma": SIGMA, "nu": above(1, stats.gamma(4, scale=2).cdf)},
    ),
    "negbinomial": Case(
        "y ~ x", "negbinomial", priors(**COMMON, shape="gamma(4, 2)"),
        {**LINE, "shape": stats.gamma(4, scale=1 / 2).cdf},
    ),
    "cumulative": Case(
        "y | thres(3) ~ x", "cumulative",
        (ss.prior("normal(0, 0.5)", class_="b"), ss.prior("normal(-1.2, 0.3)", class_="Intercept", coef="1"),
         ss.prior("normal(0.3, 0.3)", class_="Intercept", coef="2"),
         ss.prior("normal(1.8, 0.3)", class_="Intercept", coef="3")),
        # So far apart that their order takes away less than 0.001 of their joint distribution.
        {"b_x": HALF, "Intercept[1]": stats.norm(-1.2, 0.3).cdf, "Intercept[2]": stats.norm(0.3, 0.3).cdf,
         "Intercept[3]": stats.norm(1.8, 0.3).cdf},
    ),
    "zero_inflated_poisson": Case(
        "y ~ x", "zero_inflated_poisson", priors(**COMMON, zi="beta(2, 4)"), {**LINE, "zi": SHARE},
    ),
    "hurdle_lognormal": Case(
        "y ~ x", "hurdle_lognormal", priors(**COMMON, sigma="gamma(6, 10)", hu="beta(2, 4)"),
        {**LINE, "sigma": SIGMA, "hu": SHARE},
    ),
    "distributional sigma": Case(
        ss.bf("y ~ x + (1 | k | g)", "sigma ~ z + (1 | k | g)"), "gaussian",
        (*priors(**COMMON, cor="lkj(2)", sd="lognormal(-0.5, 0.5)"),
         ss.prior("normal(-0.5, 0.5)", class_="Intercept", dpar="sigma"),
         ss.prior("normal(0, 0.5)", class_="b", dpar="sigma"),
         ss.prior("lognormal(-0.5, 0.5)", class_="sd", dpar="sigma")),
        {**LINE, "Intercept_sigma": stats.norm(-0.5, 0.5).cdf, "b_sigma_z": HALF, "sd_g__Intercept": DEVIATION,
         "sd_g__sigma_Intercept": DEVIATION, "cor_g__Intercept__sigma_Intercept": COR},
    ),
    "mo": Case(
        "y ~ mo(o) + x", "gaussian",
        (*priors(**COMMON, sigma="gamma(6, 10)"), ss.prior("dirichlet(2, 1, 1)", class_="simo", coef="moo1")),
        {**LINE, "bsp_moo": HALF, "simo_moo1[1]": stats.beta(2, 2).cdf, "simo_moo1[3]": stats.beta(1, 3).cdf,
         "sigma": SIGMA},
    ),
}  # fmt: skip
