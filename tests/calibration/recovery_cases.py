"""Data of every family and every addition to the response, drawn by numpy from known parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

import smoothstan as ss

Generator = np.random.Generator
Columns = dict[str, Any]
ROWS = 300
THRESHOLDS = np.asarray([-1.0, 0.2, 1.5])
SPLIT = {f"b_Intercept[{k}]": value for k, value in enumerate(THRESHOLDS, start=1)}


@dataclass(frozen=True)
class Recovery:
    """A model and the parameters that its data are drawn from.

    Args:
        family: its name, or as ``ss.family`` makes it.
        truth: names of ``fit.variables()`` -> true values.
        columns: draws the response, and what belongs to it, given the linear predictor ``Intercept + b x``;
            in a model with thresholds ``b x``. May return fewer rows than it gets, with their ``x``.
        formula: what is fitted.
    """

    family: Any
    truth: Mapping[str, float]
    columns: Callable[[Generator, np.ndarray, np.ndarray], Columns]
    formula: Any = "y ~ x"

    def data(self, seed: list[int]) -> Columns:
        """Draw the columns."""
        rng = np.random.default_rng(seed)
        x = rng.normal(0.5, 1, ROWS)
        eta = self.truth.get("b_Intercept", 0.0) + self.truth.get("b_x", 0.0) * x
        return {"x": x} | self.columns(rng, x, eta)


def line(intercept: float, slope: float, **others: float) -> dict[str, float]:
    """The true values of a straight line and of further parameters."""
    return {"b_Intercept": intercept, "b_x": slope} | others


def only_y(draw: Callable[[Generator, np.ndarray], Any]) -> Callable[[Generator, np.ndarray, np.ndarray], Columns]:
    """Columns with no more than a response, drawn given its linear predictor."""
    return lambda rng, x, eta: {"y": draw(rng, eta)}


def mixed(p: float, y: Any, other: Any, rng: Generator) -> Any:
    """Return ``other`` with probability p, else y."""
    return np.where(rng.random(len(y)) < p, other, y)


def category(rng: Generator, p: np.ndarray) -> np.ndarray:
    """Draw categories from 1, given their probabilities, (rows, categories)."""
    return 1 + np.sum(rng.random((len(p), 1)) > np.cumsum(p, axis=1)[:, :-1], axis=1)


def negbinomial(rng: Generator, mean: np.ndarray, shape: float) -> np.ndarray:
    return rng.poisson(mean * rng.gamma(shape, 1 / shape, len(mean)))


def above_zero(draw: Callable[[], np.ndarray]) -> np.ndarray:
    """Draw counts again and again until all of them are positive."""
    y = draw()
    while np.any(y == 0):
        y = np.where(y == 0, draw(), y)
    return y


def beta(rng: Generator, eta: np.ndarray, phi: float) -> np.ndarray:
    return rng.beta(special.expit(eta) * phi, special.expit(-eta) * phi)


def skew_normal(rng: Generator, mean: np.ndarray, sd: float, alpha: float) -> np.ndarray:
    law = stats.skewnorm(alpha)
    return mean + sd * (law.rvs(len(mean), random_state=rng) - law.mean()) / law.std()


def asym_laplace(rng: Generator, mu: np.ndarray, sigma: float, q: float) -> np.ndarray:
    up, down = rng.exponential(size=(2, len(mu)))
    return mu + sigma * (up / q - down / (1 - q))


def cumulative(rng: Generator, eta: np.ndarray) -> np.ndarray:
    return 1 + np.digitize(eta + rng.logistic(size=len(eta)), THRESHOLDS)


def stopping(rng: Generator, eta: np.ndarray) -> np.ndarray:
    """The first category that is not left; each is left with probability 1 - F(threshold - eta)."""
    left = rng.random((len(eta), 3)) > special.expit(THRESHOLDS - eta[:, None])
    return 1 + np.cumprod(left, axis=1).sum(axis=1)


def continuing(rng: Generator, eta: np.ndarray) -> np.ndarray:
    """As ``stopping``, each left with probability F(eta - threshold); the same for a symmetric link."""
    left = rng.random((len(eta), 3)) < special.ndtr(eta[:, None] - THRESHOLDS)
    return 1 + np.cumprod(left, axis=1).sum(axis=1)


def adjacent(rng: Generator, eta: np.ndarray) -> np.ndarray:
    steps = np.cumsum(eta[:, None] - THRESHOLDS, axis=1)
    return category(rng, special.softmax(np.column_stack([np.zeros(len(eta)), steps]), axis=1))


def categorical(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
    scores = np.column_stack([np.zeros(len(x)), 0.3 - 0.8 * x, -0.2 + 0.9 * x])
    return {"y": np.asarray(["a", "b", "c"])[category(rng, special.softmax(scores, axis=1)) - 1]}


def of_trials(
    draw: Callable[[Generator, np.ndarray, np.ndarray], np.ndarray],
) -> Callable[[Generator, np.ndarray, np.ndarray], Columns]:
    """Columns of successes and numbers of trials."""

    def columns(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
        n = rng.integers(5, 15, len(x))
        return {"y": draw(rng, n, eta), "n": n}

    return columns


def weighted(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
    """Rows that stand for several trials, by their weights; a row of failures and one of successes for each x."""
    n = rng.integers(3, 8, len(x))
    wins = rng.binomial(n, special.expit(eta))
    return {"x": np.tile(x, 2), "y": np.repeat([1, 0], len(x)), "w": np.concatenate([wins, n - wins])}


def censored(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
    """Values below 0 are known to be that only, those above 2.5 too, and a third of the others to within 1."""
    y = rng.normal(eta, 0.8)
    c = np.where(y < 0, "left", np.where(y > 2.5, "right", mixed(1 / 3, np.full(ROWS, "none"), "interval", rng)))
    seen = np.where(c == "interval", np.floor(y), np.clip(y, 0, 2.5))
    return {"y": seen, "c": c, "u": np.floor(y) + 1}


def truncated(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
    y = rng.normal(eta, 0.8)
    kept = (y > -0.5) & (y < 2.5)
    return {"y": y[kept], "x": x[kept]}


def truncated_counts(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
    """Half of the rows only: the interpreter takes its time for loops over incomplete gamma functions."""
    y = rng.poisson(np.exp(eta))[::2]
    return {"y": y[y >= 2], "x": x[::2][y >= 2]}


def with_known_errors(extra: float) -> Callable[[Generator, np.ndarray, np.ndarray], Columns]:
    """Standard errors that are known, and a residual standard deviation beside them."""

    def columns(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
        error = rng.uniform(0.2, 1.5, len(x))
        return {"y": rng.normal(eta, np.hypot(error, extra)), "e": error}

    return columns


def rates(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
    time = rng.uniform(0.3, 4, len(x))
    return {"y": rng.poisson(time * np.exp(eta)), "time": time}


def overdispersed_rates(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
    """A negative binomial whose mean and shape both grow with the time."""
    time = rng.uniform(0.3, 4, len(x))
    return {"y": rng.poisson(np.exp(eta) * rng.gamma(1.5 * time, 1 / 1.5)), "time": time}


def part_of_the_rows(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
    """Rows that are not in the subset have nothing to do with x."""
    kept = rng.random(len(x)) < 0.7
    return {"y": np.where(kept, rng.normal(eta, 0.8), 50.0), "kept": kept}


def two_items(rng: Generator, x: np.ndarray, eta: np.ndarray) -> Columns:
    """A second item whose thresholds are two, 1 higher than the first two."""
    item = np.resize(["p", "q"], len(x))
    latent = eta + rng.logistic(size=len(x))
    y = np.where(item == "p", 1 + np.digitize(latent, THRESHOLDS), 1 + np.digitize(latent, THRESHOLDS[:2] + 1))
    return {"y": y, "item": item}


def expit(eta: np.ndarray) -> np.ndarray:
    return np.asarray(special.expit(eta))


FAMILY_CASES: dict[str, Recovery] = {
    "acat": Recovery("acat", {**SPLIT, "b_x": 0.7}, only_y(adjacent)),
    "asym_laplace": Recovery(
        ss.family("asym_laplace"), line(1, -0.5, sigma=0.5, quantile=0.3),
        only_y(lambda rng, eta: asym_laplace(rng, eta, 0.5, 0.3)),
    ),
    "bernoulli": Recovery("bernoulli", line(-0.3, 0.9), only_y(lambda rng, eta: rng.binomial(1, expit(eta)))),
    "beta": Recovery("beta", line(0.3, -0.6, phi=6.0), only_y(lambda rng, eta: beta(rng, eta, 6))),
    "beta_binomial": Recovery(
        "beta_binomial", line(0.3, -0.6, phi=4.0),
        of_trials(lambda rng, n, eta: rng.binomial(n, beta(rng, eta, 4))), "y | trials(n) ~ x",
    ),
    "binomial": Recovery(
        "binomial", line(0.3, -0.6), of_trials(lambda rng, n, eta: rng.binomial(n, expit(eta))), "y | trials(n) ~ x",
    ),
    "categorical": Recovery(
        "categorical", {"b_mub_Intercept": 0.3, "b_mub_x": -0.8, "b_muc_Intercept": -0.2, "b_muc_x": 0.9}, categorical,
    ),
    "cratio": Recovery(ss.family("cratio", "probit"), {**SPLIT, "b_x": 0.6}, only_y(continuing)),
    "cumulative": Recovery("cumulative", {**SPLIT, "b_x": 0.9}, only_y(cumulative)),
    "exponential": Recovery("exponential", line(0.5, 0.4), only_y(lambda rng, eta: rng.exponential(np.exp(eta)))),
    "gamma": Recovery(
        ss.family("gamma", "log"), line(0.5, 0.4, shape=2.5),
        only_y(lambda rng, eta: rng.gamma(2.5, np.exp(eta) / 2.5)),
    ),
    "gaussian": Recovery("gaussian", line(1, -0.5, sigma=0.8), only_y(lambda rng, eta: rng.normal(eta, 0.8))),
    "geometric": Recovery("geometric", line(0.5, 0.4), only_y(lambda rng, eta: negbinomial(rng, np.exp(eta), 1))),
    "hurdle_gamma": Recovery(
        ss.family("hurdle_gamma", "log"), line(0.5, 0.4, shape=2.5, hu=0.3),
        only_y(lambda rng, eta: mixed(0.3, rng.gamma(2.5, np.exp(eta) / 2.5), 0, rng)),
    ),
    "hurdle_lognormal": Recovery(
        "hurdle_lognormal", line(0.5, 0.4, sigma=0.7, hu=0.3),
        only_y(lambda rng, eta: mixed(0.3, rng.lognormal(eta, 0.7), 0, rng)),
    ),
    "hurdle_negbinomial": Recovery(
        "hurdle_negbinomial", line(1, 0.4, shape=2.0, hu=0.3),
        only_y(lambda rng, eta: mixed(0.3, above_zero(lambda: negbinomial(rng, np.exp(eta), 2)), 0, rng)),
    ),
    "hurdle_poisson": Recovery(
        "hurdle_poisson", line(0.5, 0.4, hu=0.3),
        only_y(lambda rng, eta: mixed(0.3, above_zero(lambda: rng.poisson(np.exp(eta))), 0, rng)),
    ),
    "inverse.gaussian": Recovery(
        ss.family("inverse.gaussian", "log"), line(0.5, 0.3, shape=3.0),
        only_y(lambda rng, eta: rng.wald(np.exp(eta), 3)),
    ),
    "lognormal": Recovery("lognormal", line(0.5, 0.4, sigma=0.7), only_y(lambda rng, eta: rng.lognormal(eta, 0.7))),
    "negbinomial": Recovery(
        "negbinomial", line(1, 0.4, shape=2.0), only_y(lambda rng, eta: negbinomial(rng, np.exp(eta), 2)),
    ),
    "poisson": Recovery("poisson", line(0.5, 0.4), only_y(lambda rng, eta: rng.poisson(np.exp(eta)))),
    "shifted_lognormal": Recovery(
        "shifted_lognormal", line(0.5, 0.4, sigma=0.7, ndt=1.5), only_y(lambda rng, eta: 1.5 + rng.lognormal(eta, 0.7)),
    ),
    "skew_normal": Recovery(
        "skew_normal", line(1, -0.5, sigma=0.8, alpha=5.0), only_y(lambda rng, eta: skew_normal(rng, eta, 0.8, 5)),
    ),
    "sratio": Recovery("sratio", {**SPLIT, "b_x": 0.9}, only_y(stopping)),
    "student": Recovery(
        "student", line(1, -0.5, sigma=0.8, nu=4.0), only_y(lambda rng, eta: eta + 0.8 * rng.standard_t(4, len(eta))),
    ),
    "weibull": Recovery(
        "weibull", line(0.5, 0.4, shape=1.8),
        only_y(lambda rng, eta: np.exp(eta) / special.gamma(1 + 1 / 1.8) * rng.weibull(1.8, len(eta))),
    ),
    "zero_inflated_beta": Recovery(
        "zero_inflated_beta", line(0.3, -0.6, phi=6.0, zi=0.25),
        only_y(lambda rng, eta: mixed(0.25, beta(rng, eta, 6), 0, rng)),
    ),
    "zero_inflated_binomial": Recovery(
        "zero_inflated_binomial", line(0.3, -0.6, zi=0.25),
        of_trials(lambda rng, n, eta: mixed(0.25, rng.binomial(n, expit(eta)), 0, rng)), "y | trials(n) ~ x",
    ),
    "zero_inflated_negbinomial": Recovery(
        "zero_inflated_negbinomial", line(1.5, 0.4, shape=3.0, zi=0.25),
        only_y(lambda rng, eta: mixed(0.25, negbinomial(rng, np.exp(eta), 3), 0, rng)),
    ),
    "zero_inflated_poisson": Recovery(
        "zero_inflated_poisson", line(0.5, 0.4, zi=0.25),
        only_y(lambda rng, eta: mixed(0.25, rng.poisson(np.exp(eta)), 0, rng)),
    ),
    "zero_one_inflated_beta": Recovery(
        "zero_one_inflated_beta", line(0.3, -0.6, phi=6.0, zoi=0.3, coi=0.6),
        only_y(lambda rng, eta: mixed(0.3, beta(rng, eta, 6), rng.binomial(1, 0.6, len(eta)), rng)),
    ),
}  # fmt: skip

ADDITION_CASES: dict[str, Recovery] = {
    "weights": Recovery("bernoulli", line(-0.3, 0.9), weighted, "y | weights(w) ~ x"),
    "cens": Recovery("gaussian", line(1, -0.5, sigma=0.8), censored, "y | cens(c, u) ~ x"),
    "trunc": Recovery("gaussian", line(1, -0.5, sigma=0.8), truncated, "y | trunc(-0.5, 2.5) ~ x"),
    "trunc of counts": Recovery("poisson", line(0.5, 0.4), truncated_counts, "y | trunc(lb = 2) ~ x"),
    "se": Recovery("gaussian", line(1, -0.5), with_known_errors(0.0), "y | se(e) ~ x"),
    "se with sigma": Recovery(
        "gaussian", line(1, -0.5, sigma=0.8), with_known_errors(0.8), "y | se(e, sigma = TRUE) ~ x",
    ),
    "rate": Recovery("poisson", line(0.5, 0.4), rates, "y | rate(time) ~ x"),
    "rate with shape": Recovery(
        "negbinomial", line(1, 0.4, shape=1.5), overdispersed_rates, "y | rate(time) ~ x",
    ),
    "subset": Recovery("gaussian", line(1, -0.5, sigma=0.8), part_of_the_rows, "y | subset(kept) ~ x"),
    "thres": Recovery(
        "cumulative",
        {"b_x": 0.9, "b_Intercept[p,1]": -1.0, "b_Intercept[p,2]": 0.2, "b_Intercept[p,3]": 1.5,
         "b_Intercept[q,1]": 0.0, "b_Intercept[q,2]": 1.2},
        two_items, "y | thres(gr = item) ~ x",
    ),
}  # fmt: skip
