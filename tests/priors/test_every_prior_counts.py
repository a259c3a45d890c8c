"""Every prior of the table is in the program: its ``lprior`` is the sum of scipy's densities over the rows.

Nothing of the package is used but what it reports: the rows of ``prior_summary``, the names of the draws, and
``lprior``.  The parameters of a row are found by brms's rules for names.
"""

from __future__ import annotations

import re
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import betaln

import smoothstan as ss
from smoothstan.errors import SamplingWarning

sys.path.insert(0, str(Path(__file__).parents[1] / "codegen"))
from reference_density import DENSITIES, parse_density

P = ss.prior
# (formula, family, the user's priors): every kind of term, parameter, address and bound.
MODELS: list[tuple[Any, str, list[Any]]] = [
    ("y ~ x + f", "gaussian", []),
    ("y ~ 0 + Intercept + x", "gaussian", [P("normal(0, 2)"), P("cauchy(0, 1)", coef="Intercept")]),
    ("y ~ x * f", "student", [P("double_exponential(0, 1)"), P("logistic(0, 2)", coef="x"), P("gamma(3, 0.2)", "nu")]),
    ("y ~ x + w", "gaussian", [P("normal(0, 1)", lb=-2, ub=3), P("uniform(0, 20)", "sigma", ub=20)]),
    ("y ~ x + (1 + x + w | g) + (1 | sub)", "gaussian", [
        P("exponential(2)", "sd"), P("gumbel(0, 2)", "sd", group="g", coef="x"), P("lkj(2.5)", "cor"),
    ]),
    ("y ~ (1 + x || g) + (1 + w | sub)", "gaussian", [
        P("normal(1, 1)", "sd", group="g", ub=4), P("lkj(0.7)", "cor", group="sub"),
    ]),
    ("y ~ s(z, k=5) + s(x, k=4) + (1 | g)", "gaussian", [
        P("normal(0, 3)"), P("normal(0, 1)", coef="sx_1"), P("weibull(2, 1)", "sds", coef="s(x, k = 4)"),
    ]),
    ("y ~ t2(x, z, k=4)", "gaussian", [P("rayleigh(2)", "sds")]),
    (["y ~ x + (1 | i | g)", "sigma ~ s(z, k=4) + w + (1 | i | g)"], "gaussian", [
        P("normal(0, 1)", dpar="sigma"), P("skew_normal(0, 1, 2)", coef="w", dpar="sigma"),
        P("frechet(2, 1)", "sd", dpar="sigma"),
        P("normal(-1, 2)", "Intercept", dpar="sigma"), P("inv_gamma(2, 1)", "sds", dpar="sigma"),
    ]),
    ("count ~ x + (1 | g)", "poisson", [P("student_t(4, 0, 1)")]),
    ("count ~ x", "negbinomial", []),
    ("count ~ x", "zero_inflated_negbinomial", [P("beta(2, 5)", "zi"), P("loglogistic(1, 2)", "shape", ub=50)]),
    (["count ~ x", "shape ~ z"], "negbinomial", [P("exp_mod_normal(0, 1, 2)", dpar="shape")]),
    ("w ~ x", "Gamma", [P("scaled_inv_chi_square(3, 1)", "shape")]),
    ("w ~ x", "shifted_lognormal", []),
    ("y ~ x", "skew_normal", [P("chi_square(3)", "sigma"), P("pareto_type_2(0, 2, 3)", "alpha", lb=0)]),
    ("hits | trials(trials) ~ x + (0 + x | g)", "beta_binomial", [
        P("lognormal(0, 1)", "sd"), P("inv_chi_square(2)", "phi"),
    ]),
]  # fmt: skip


def prefix(dpar: str) -> str:
    return f"_{dpar}" if dpar else ""


def parameters_of(row: Any, names: list[str]) -> list[str]:
    """Return the posterior names of what a row of the table speaks for; none for the rows of classes and groups."""
    class_, coef, group, d = row["class"], row["coef"], row["group"], prefix(row["dpar"])
    if class_ == "b":
        return [name for name in (f"b{d}_{coef}", f"bs{d}_{coef}") if coef and name in names]
    if class_ == "Intercept":
        return [f"Intercept{d}"]
    if class_ == "sd":
        return [f"sd_{group}__{row['dpar'] + '_' if row['dpar'] else ''}{coef}"] if coef else []
    if class_ == "sds":
        covariates = "".join(re.findall(r"^(\w+)\(|(?<=[(, ])([a-z])(?=[,)])", coef)[0]) if coef else ""
        label = covariates + "".join(re.findall(r"(?<=[( ])([a-z])(?=[,)])", coef))
        return [name for name in names if coef and re.fullmatch(rf"sds{d}_{label}_\d+", name)]
    return [class_] if class_ in names else []


def log_density(text: str, lb: str, ub: str, value: np.ndarray) -> np.ndarray:
    name, arguments = parse_density(text)
    distribution = DENSITIES[name](*arguments)
    low, high = float(lb) if lb else -np.inf, float(ub) if ub else np.inf
    mass = distribution.cdf(high) - distribution.cdf(low)
    return distribution.logpdf(value) - np.log(mass)


def cholesky_lkj(correlations: np.ndarray, eta: float) -> np.ndarray:
    """Return the density of Cholesky factors: Lewandowski, Kurowicka & Joe (2009), equation 16, times the Jacobian."""
    size = correlations.shape[1]
    k = np.arange(1, size)
    a = eta + (size - k - 1) / 2
    constant = -np.sum((2 * eta - 2 + size - k) * (size - k)) * np.log(2) - np.sum((size - k) * betaln(a, a))
    diagonal = np.diagonal(np.linalg.cholesky(correlations), axis1=1, axis2=2)
    return constant + np.log(diagonal) @ (size - np.arange(1, size + 1) + 2 * eta - 2)


def correlations_of(fit: Any, group: str) -> np.ndarray:
    names = [name for name in fit.flat if name.startswith(f"cor_{group}__")]
    effects = list(dict.fromkeys(part for name in names for part in name.removeprefix(f"cor_{group}__").split("__")))
    matrix = np.tile(np.eye(len(effects)), (fit.ndraws, 1, 1))
    for name in names:
        i, j = map(effects.index, name.removeprefix(f"cor_{group}__").split("__"))
        matrix[:, i, j] = matrix[:, j, i] = fit.flat[name]
    return matrix


@pytest.mark.parametrize(("formula", "family", "given"), MODELS, ids=[f"{f}: {m}" for f, m, _ in MODELS])
def test_lprior_is_the_sum_over_the_table(frame: pd.DataFrame, formula: Any, family: str, given: list[Any]) -> None:
    options: dict[str, Any] = {"backend": "stanli", "chains": 1, "iter_warmup": 30, "iter_sampling": 8, "seed": 2}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        fit = ss.brm(formula, frame, family=family, prior=given, show_progress=False, **options)
    table = fit.prior_summary().to_frame()
    names, covered, expected = list(fit.flat), set(), np.zeros(fit.ndraws)
    for _, row in table.iterrows():
        if row["class"] == "cor" and row["group"]:
            expected += cholesky_lkj(correlations_of(fit, row["group"]), parse_density(row["prior"])[1][0])
        for name in parameters_of(row, names) if row["class"] != "cor" else ():
            covered.add(name)
            if row["prior"] != "(flat)":
                lb, ub = bounds(table, row, fit)
                expected += log_density(row["prior"].replace("min_Y", ub or "0"), lb, ub, fit.flat[name])
    np.testing.assert_allclose(fit.flat["lprior"], expected, rtol=1e-9, atol=1e-9)
    auxiliary = {p.name for p in fit.design.family.parameters}
    sampled = {n for n in names if re.match(r"b_|bs_|sd_|sds_|Intercept", n) or n in auxiliary}
    centred = {f"b{n.removeprefix('Intercept')}_Intercept" for n in names if n.startswith("Intercept")}
    assert covered == sampled - centred


def bounds(table: pd.DataFrame, row: Any, fit: Any) -> tuple[str, str]:
    """Return the bounds of a group's parameters, else of the class's; the smallest response in place of its symbol."""
    same = table[(table["class"] == row["class"]) & (table["dpar"] == row["dpar"]) & (table["coef"] == "")]
    whole = same[same["group"] == ""].iloc[0]
    own = same[same["group"] == row["group"]]
    own = own.iloc[0] if len(own) else whole
    lb, ub = own["lb"] or whole["lb"], own["ub"] or whole["ub"]
    return lb, repr(float(fit.design.observed.y.min())) if ub == "min_Y" else ub


def test_the_density_of_correlations() -> None:
    """For two effects the correlation is beta distributed on (-1, 1), and the Cholesky factor has it as an element."""
    rho = np.asarray([-0.7, 0.1, 0.55])
    matrix = np.tile(np.eye(2), (3, 1, 1))
    matrix[:, 0, 1] = matrix[:, 1, 0] = rho
    np.testing.assert_allclose(cholesky_lkj(matrix, 1.7), stats.beta.logpdf(rho, 1.7, 1.7, -1, 2), rtol=1e-12)
