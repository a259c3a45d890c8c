"""Every density of the table, as the program evaluates it, against scipy and closed forms."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special, stats

import smoothstan as ss
from smoothstan.codegen import write_program
from smoothstan.engines import StanliEngine
from smoothstan.posterior import FitRequest
from smoothstan.priors import parse_distribution
from smoothstan.priors.density import DENSITIES

sys.path.insert(0, str(Path(__file__).parents[1] / "codegen"))
import reference_density

TABLE = pd.DataFrame({"y": [0.4, -1.1, 0.3, 2.0, 0.9], "x": [0.1, 1.2, -0.4, 0.3, -1.0]})
# Both sides are good to a few units in the last place; differences of distribution functions lose some digits.
RTOL = 1e-9


class AsymmetricLaplace:
    """Density ``2 tau (1 - tau) / sigma exp(-2 / sigma |y - mu| (tau above mu, 1 - tau below))``."""

    def __init__(self, mu: float, sigma: float, tau: float) -> None:
        self.mu, self.sigma, self.tau = mu, sigma, tau

    def logpdf(self, y: Any) -> Any:
        slope = np.where(np.asarray(y) > self.mu, self.tau, 1 - self.tau)
        return np.log(2 * self.tau * (1 - self.tau) / self.sigma) - 2 * slope * np.abs(y - self.mu) / self.sigma

    def cdf(self, y: Any) -> Any:
        below = self.tau * np.exp(2 * (1 - self.tau) * np.minimum(y - self.mu, 0) / self.sigma)
        above = 1 - (1 - self.tau) * np.exp(-2 * self.tau * np.maximum(y - self.mu, 0) / self.sigma)
        return np.where(np.asarray(y) > self.mu, above, below)


class Circular:
    """Density ``exp(kappa cos(y - mu)) / (2 pi I0(kappa))``, which repeats."""

    def __init__(self, mu: float, kappa: float) -> None:
        self.mu, self.kappa = mu, kappa

    def logpdf(self, y: Any) -> Any:
        return self.kappa * np.cos(y - self.mu) - np.log(2 * np.pi * special.i0(self.kappa))

    def cdf(self, y: float) -> float:
        """Return the integral from zero: only differences are used."""
        return float(integrate.quad(lambda t: np.exp(self.logpdf(t)), 0, y, epsabs=1e-12)[0])


REFERENCE = {
    **reference_density.DENSITIES, "skew_double_exponential": AsymmetricLaplace, "von_mises": Circular,
}  # fmt: skip
ARGUMENTS = {
    "std_normal": (), "normal": (0.3, 1.2), "student_t": (3.5, 0.1, 2), "cauchy": (0.2, 1.5),
    "double_exponential": (0.1, 2), "logistic": (0.2, 1.1), "gumbel": (0.1, 1.3), "skew_normal": (0.1, 1.2, -2),
    "exp_mod_normal": (0.1, 1.2, 0.7), "skew_double_exponential": (0.3, 1.2, 0.3), "von_mises": (0.3, 2),
    "lognormal": (0.2, 1.1), "chi_square": (3,), "inv_chi_square": (3,), "scaled_inv_chi_square": (3, 1.2),
    "exponential": (1.3,), "gamma": (2, 1.1), "inv_gamma": (2.5, 1.1), "weibull": (2, 1.1), "frechet": (2, 1.1),
    "rayleigh": (1.2,), "loglogistic": (1.2, 2), "pareto": (0.1, 2), "pareto_type_2": (-0.3, 1.2, 2), "beta": (2, 3),
    "beta_proportion": (0.4, 3), "uniform": (-0.2, 2.5),
}  # fmt: skip


def written(name: str) -> str:
    return f"{name}({', '.join(map(str, ARGUMENTS[name]))})"


def truncations(name: str) -> list[tuple[float | None, float | None]]:
    """Return the bounds of its support, and bounds that cut it off on both sides, below and above."""
    if name == "von_mises":
        return [(-math.pi, math.pi), (0.0, 2 * math.pi), (-0.5, 2.0), (2.5, 6.0)]
    low, high = parse_distribution(written(name)).support
    return [(low, high), (0.2, 0.9), (0.2, high), (low, 0.9)]


@pytest.fixture(scope="module")
def design() -> Any:
    return FitRequest.of("y ~ 1").bind(TABLE)[0]


def log_jacobian(u: float, lb: float | None, ub: float | None) -> tuple[float, float]:
    """Return the bounded value of an unconstrained one, and the log derivative."""
    if lb is not None and ub is not None:
        p = special.expit(u)
        return lb + (ub - lb) * p, math.log((ub - lb) * p * (1 - p))
    if lb is not None:
        return lb + math.exp(u), u
    return (u, 0.0) if ub is None else (ub - math.exp(u), u)


def test_the_tables_have_the_same_densities() -> None:
    assert set(REFERENCE) == set(ARGUMENTS) == set(DENSITIES)


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_the_program_has_the_density_made_proper_between_the_bounds(name: str, design: Any) -> None:
    from smoothstan.priors import resolve_priors

    reference = REFERENCE[name](*ARGUMENTS[name])
    for lb, ub in truncations(name):
        priors = [ss.prior(written(name), "Intercept", lb=lb, ub=ub), ss.prior("exponential(1)", "sigma")]
        table = resolve_priors(design.prior_slots(), priors)
        program = write_program(design, table, version="test", sample_prior="only")
        bounds = (-np.inf if lb is None else lb, np.inf if ub is None else ub)
        mass = math.log(float(reference.cdf(bounds[1])) - float(reference.cdf(bounds[0])))
        for u in (-1.3, 0.2, 1.1):
            value, jacobian = log_jacobian(u, lb, ub)
            expected = float(reference.logpdf(value)) - mass + jacobian + (0.5 - math.exp(0.5))
            found, _ = StanliEngine().log_density(program, np.asarray([u, 0.5]))
            assert found == pytest.approx(expected, rel=RTOL, abs=RTOL), (lb, ub, u)


def test_draws_from_priors_have_their_distributions() -> None:
    """The expressions are one program; 27 tests at 1e-5 each fail by chance once in 3,700 seeds."""
    import stanli

    names = sorted(set(ARGUMENTS) - {"von_mises"})
    lines = [f"  real r{i} = {parse_distribution(written(name)).draw};" for i, name in enumerate(names)]
    code = "parameters {\n  real x;\n}\nmodel {\n  target += std_normal_lpdf(x);\n}\ngenerated quantities {\n"
    model = stanli.Model(stan_code=code + "\n".join(lines) + "\n}\n", data="{}")
    fit = model.sample(chains=1, seed=11, warmup=50, samples=3000, refresh=0)
    draws = dict(zip(fit.names, fit.draws().reshape(-1, len(fit.names)).T, strict=True))
    for i, name in enumerate(names):
        assert stats.kstest(draws[f"r{i}"], REFERENCE[name](*ARGUMENTS[name]).cdf).pvalue > 1e-5, name


def test_draws_from_a_circle_are_turned_into_the_bounds() -> None:
    code = ss.stancode("y ~ 1", TABLE, prior=ss.prior("von_mises(0.3, 2)", "Intercept", lb=0, ub=6), sample_prior="yes")
    assert "real prior_Intercept_1 = 0 + fmod(von_mises_rng(0.3, 2) - (0) + 4 * pi(), 2 * pi());" in code
    assert "if (!(prior_Intercept_1 < 0 || prior_Intercept_1 > 6)) break;" in code
