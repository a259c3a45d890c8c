"""The density of varying effects of every kind: that of one large normal distribution, written out in full."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import smoothstan as ss
from smoothstan.codegen import parameter_space, write_program
from smoothstan.engines.stanli import _model
from smoothstan.posterior import FitRequest
from smoothstan.terms import GroupTerm

LEVELS = [f"p{i}" for i in range(1, 8)]
# Stan and numpy add the terms in another order; inverses of matrices of condition 1e3 lose three digits.
RTOL, ATOL = 1e-9, 1e-9
COVARIANCE = 0.3 + (-0.5) ** np.abs(np.subtract.outer(range(7), range(7)))
SHAPES = {
    "plain": "gr(g)", "by": "gr(g, by=sex)", "covariance": "gr(g, cov=A)", "student": "gr(g, dist='student')",
    "by and covariance": "gr(g, by=sex, cov=A)", "student and covariance": "gr(g, cov=A, dist='student')",
    "by, student and covariance": "gr(g, by=sex, cov=A, dist='student')",
    "by and student": "gr(g, by=sex, dist='student')", "members": "mm(g, h)",
    "prior weights": "gr(g, pw=pw)",
    "prior weights, by, covariance, student": "gr(g, pw=pw, by=sex, cov=A, dist='student')",
    "prior weights and by": "gr(g, by=sex, pw=pw)", "prior weights of members": "mm(g, h, pw=cbind(pw, pwh))",
    "weights and by": "mm(g, h, weights=cbind(w1, w2), by=cbind(sex, sexh))",
}  # fmt: skip
CASES = [(name, bar, center) for name in SHAPES for bar in ("|", "||") for center in (False, True)]


@cache
def data() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    n = 30
    d = pd.DataFrame({
        "y": rng.normal(size=n), "x": rng.normal(size=n), "g": rng.permutation(np.resize(LEVELS, n)),
        "h": rng.permutation(np.resize(LEVELS, n)), "w1": rng.uniform(size=n), "w2": rng.uniform(size=n),
    })  # fmt: skip
    d["pw"], d["pwh"] = (d[name].str[1:].astype(float) / 3 for name in ("g", "h"))
    d["sex"], d["sexh"] = (np.where(d[name].isin(LEVELS[:3]), "m", "f") for name in ("g", "h"))
    return d


@cache
def bound(name: str, bar: str, center: bool):
    grouping = SHAPES[name][:-1] + f", center={center})"
    known = {"A": pd.DataFrame(COVARIANCE, index=LEVELS)}
    design, priors = FitRequest.of(f"y ~ x + (1 + x {bar} {grouping})", data2=known).bind(data())
    program = write_program(design, priors, version="test")
    return design, program, _model(program)


def points(design, seed: int) -> list[dict]:
    """Two points in the space of the parameters that differ in all but the correlations."""
    term, rng = group(design), np.random.default_rng(seed)
    first, second = (
        term.starts(lambda *shape: rng.uniform(-0.5, 0.5, shape))
        | {"Intercept": rng.normal(), "b": rng.normal(size=1), "sigma": rng.uniform(0.5, 2)}
        for _ in range(2)
    )
    if term.has_correlations:
        shape = first["L_1"].shape
        angles = rng.uniform(-0.8, 0.8, shape[:-2])
        root = np.zeros(shape)
        root[..., 0, 0], root[..., 1, 0], root[..., 1, 1] = 1, angles, np.sqrt(1 - angles**2)
        first["L_1"] = second["L_1"] = root
    return [first, second]


def group(design) -> GroupTerm:
    return design.groups[0]


def log_density(program, model, values: dict) -> float:
    arrays = {key: np.asarray(value)[None] for key, value in values.items()}
    point = parameter_space(program.code, arrays).unconstrain(arrays)[0]
    return float(model.log_prob_grad(point)[0])


def covariance(design, values: dict) -> np.ndarray:
    """The covariance of all effects, level by level, given the scales of the levels: c_g c_h A_gh S_g S_h'."""
    known = group(design).covariance.known
    a = COVARIANCE if known else np.eye(7)
    tails = np.sqrt(values["df_1"] * values["udf_1"]) if "df_1" in values else np.ones(7)
    roots = []
    for level in group(design).levels:
        column = () if values["sd_1"].ndim == 1 else int(level in LEVELS[:3])
        sd = values["sd_1"] if column == () else values["sd_1"][:, column]
        correlation = np.eye(2) if "L_1" not in values else values["L_1"] if column == () else values["L_1"][column]
        roots.append(np.diag(sd) @ correlation)
    return np.block([
        [tails[i] * tails[j] * a[i, j] * roots[i] @ roots[j].T for j in range(7)] for i in range(7)
    ])  # fmt: skip


def effects(design, values: dict) -> np.ndarray:
    """(levels, 2) effects."""
    if "r_1" in values:
        return values["r_1"]
    known = group(design).covariance.known
    mixed = values["z_1"] @ np.linalg.cholesky(COVARIANCE).T if known else values["z_1"]
    blocks = covariance(design, values) if not known else None
    result = np.empty((7, 2))
    for g in range(7):
        if blocks is not None:
            result[g] = np.linalg.cholesky(blocks[2 * g : 2 * g + 2, 2 * g : 2 * g + 2]) @ mixed[:, g]
        else:
            own = covariance(design, values)[2 * g : 2 * g + 2, 2 * g : 2 * g + 2] / COVARIANCE[g, g]
            result[g] = np.linalg.cholesky(own) @ mixed[:, g]
    return result


def reference(design, values: dict) -> float:
    """The log density with the Jacobian of all bounds, but for the correlations."""
    d, r, term = data(), effects(design, values), group(design)
    mu = values["Intercept"] + (d.x - d.x.mean()) * values["b"][0]
    columns = ["g"] if len(term.membership.members) == 1 else ["g", "h"]
    weights = np.full((len(d), len(columns)), 1 / len(columns))
    if "weights" in str(design.formula):
        weights = d[["w1", "w2"]].to_numpy() / d[["w1", "w2"]].to_numpy().sum(axis=1, keepdims=True)
    for k, name in enumerate(columns):
        own = r[[LEVELS.index(level) for level in d[name]]]
        mu = mu + weights[:, k] * (own[:, 0] + own[:, 1] * d.x)
    total = stats.norm(mu, values["sigma"]).logpdf(d.y).sum()
    scale = design.scale
    total += stats.t(3, scale.location, scale.scale).logpdf(values["Intercept"])
    for positive, width in ((values["sigma"], scale.identity_scale), (values["sd_1"], scale.scale)):
        total += np.sum(stats.t(3, 0, width).logpdf(positive) + np.log(2) + np.log(positive))
    if "df_1" in values:
        df, u = values["df_1"], values["udf_1"]
        total += stats.gamma(2, scale=10).logpdf(df) - stats.gamma(2, scale=10).logsf(1) + np.log(df - 1)
        total += np.sum(stats.invgamma(df / 2, scale=0.5).logpdf(u) + np.log(u))
    if "pw" in str(design.formula):
        return total + weighted(design, values)
    if "r_1" in values:
        return total + stats.multivariate_normal(np.zeros(14), covariance(design, values)).logpdf(r.ravel())
    return total + stats.norm().logpdf(values["z_1"]).sum()


def weighted(design, values: dict) -> float:
    """The weighted density of standardised effects; of centred ones also the log determinant of the way to them."""
    known = group(design).covariance.known
    whole, scales = covariance(design, values), []
    for i in range(7):
        own = whole[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] / (COVARIANCE[i, i] if known else 1.0)
        scales.append(np.linalg.cholesky(own))
    root = np.kron(np.linalg.cholesky(COVARIANCE), np.eye(2)) if known else np.eye(14)
    way = np.zeros((14, 14))
    for i, scale in enumerate(scales):
        way[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = scale
    way = way @ root
    z = np.linalg.solve(way, values["r_1"].ravel()).reshape(7, 2) if "r_1" in values else values["z_1"].T
    density = sum((i + 1) / 3 * stats.norm().logpdf(z[i]).sum() for i in range(7))
    return density - np.linalg.slogdet(way)[1] * ("r_1" in values)


@pytest.mark.parametrize(("name", "bar", "center"), CASES)
def test_program_has_the_density_of_the_model(name, bar, center):
    design, program, model = bound(name, bar, center)
    for seed in range(3):
        first, second = points(design, seed)
        found = log_density(program, model, second) - log_density(program, model, first)
        expected = reference(design, second) - reference(design, first)
        assert found == pytest.approx(expected, rel=RTOL, abs=ATOL)


@pytest.mark.parametrize(("name", "bar"), [(name, bar) for name, bar, center in CASES if center])
def test_centred_and_standardised_effects_have_one_distribution(name, bar):
    design, program, model = bound(name, bar, False)
    centred = bound(name, bar, True)
    values, _ = points(design, 5)
    r = effects(design, values)
    moved = {key: value for key, value in values.items() if key != "z_1"} | {"r_1": r}
    change = 0.5 * np.linalg.slogdet(covariance(design, values))[1]
    assert log_density(*centred[1:], moved) + change == pytest.approx(
        log_density(program, model, values), rel=RTOL, abs=ATOL
    )


@pytest.mark.parametrize("name", ["plain", "by"])
def test_every_set_has_the_prior_of_its_correlations(name):
    """For two effects the density of lkj(eta) is that of one correlation, Lewandowski et al. (2009), section 3."""
    priors = [ss.prior("lkj(3)", class_="cor"), ss.prior("exponential(2)", class_="sd", coef="x", group="g")]
    fit = ss.brm(
        f"y ~ 0 + (1 + x | {SHAPES[name]})", data(), prior=priors, chains=1, iter_warmup=40, iter_sampling=5,
        seed=1, backend="stanli", show_progress=False,
    )  # fmt: skip
    flat, scale = fit.flat, fit.design.scale
    expected = stats.t(3, 0, scale.identity_scale).logpdf(flat["sigma"]) + np.log(2)
    for key, values in flat.items():
        if key.startswith("sd_g__Intercept"):
            expected = expected + stats.t(3, 0, scale.scale).logpdf(values) + np.log(2)
        if key.startswith("sd_g__x"):
            expected = expected + stats.expon(scale=0.5).logpdf(values)
        if key.startswith("cor_g"):
            expected = expected + stats.beta(3, 3, loc=-1, scale=2).logpdf(values)
    np.testing.assert_allclose(flat["lprior"], expected, rtol=1e-9)
