"""``inits="gam"``: the Stan parameters at the estimate give the linear predictor of the penalised fit."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.arrays import FloatArray
from smoothstan.codegen import write_program
from smoothstan.design import Design, build_design
from smoothstan.engines import SamplingOptions, StanliEngine
from smoothstan.errors import FitWarning, OptionError, SamplingWarning
from smoothstan.formula import parse_formula
from smoothstan.gam import chain_starts, fit_penalised
from smoothstan.gam.chain_starts import Start, estimate_of, start_at
from smoothstan.gam.of_design import twin_of
from smoothstan.priors import resolve_priors
from smoothstan.smooths import times
from smoothstan.terms import GroupTerm, LinearTerm, OffsetTerm, SmoothTerm

N = 240


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    data = pd.DataFrame({name: rng.uniform(size=N) for name in ("x", "z", "w")})
    data["f"] = pd.Categorical(rng.choice(list("abc"), N))
    data["g"] = rng.integers(0, 12, N)
    data["h"] = pd.Categorical(rng.choice([f"h{i}" for i in range(6)], N))
    effects = rng.normal(size=(12, 2)) * 0.4
    eta = np.sin(5 * data.x) + data.z * data.w + effects[data.g, 0] + effects[data.g, 1] * data.x
    data["y"] = eta + 0.3 * rng.standard_normal(N)
    data["count"] = rng.poisson(np.exp(eta / 2))
    data["won"] = rng.binomial(1, 1 / (1 + np.exp(-eta)))
    data["tries"] = rng.integers(1, 9, N)
    data["hits"] = rng.binomial(data.tries, 1 / (1 + np.exp(-eta)))
    return data


DATA = frame()
MODELS = {
    "linear": ("y ~ x + f", "gaussian"),
    "no intercept": ("y ~ 0 + f + s(x)", "gaussian"),
    "one smooth": ("y ~ s(x, bs='cr', k=12)", "gaussian"),
    "unpenalised": ("y ~ s(x, fx=TRUE, k=5) + s(z)", "gaussian"),
    "by level": ("y ~ f + s(x, by=f, k=6)", "gaussian"),
    "by number": ("y ~ s(x, by=z, k=6)", "gaussian"),
    "tensor": ("y ~ te(x, z, k=4)", "gaussian"),
    "three margins": ("y ~ te(x, z, w, k=3)", "gaussian"),
    "nested": ("y ~ s(x, k=5) + s(z, k=5) + s(x, z, k=15)", "gaussian"),
    "interactions": ("y ~ ti(x, k=5) + ti(z, k=5) + ti(x, z, k=4)", "gaussian"),
    "t2": ("y ~ x + t2(z, w, k=4)", "gaussian"),
    "linked": ("y ~ s(x, k=6, id=1) + s(z, k=6, id=1)", "gaussian"),
    "factor smooth": ("y ~ s(x, f, bs='fs', k=5)", "gaussian"),
    "deviations": ("y ~ s(x, k=5) + s(x, f, bs='sz', k=5)", "gaussian"),
    "adaptive": ("y ~ s(x, bs='ad', k=15)", "gaussian"),
    "random effect smooth": ("y ~ s(h, bs='re') + z", "gaussian"),
    "groups": ("y ~ z + (1 + x || g) + (1 | h)", "gaussian"),
    "slopes only": ("y ~ x + (0 + x + z || g)", "gaussian"),
    "nested groups": ("y ~ (1 | f / h)", "gaussian"),
    "correlated": ("y ~ x + (1 + x | g)", "gaussian"),
    "offset": ("count ~ s(x, k=6) + offset(z)", "poisson"),
    "bernoulli": ("won ~ s(x, k=6) + (1 | h)", "bernoulli"),
    "binomial": ("hits | trials(tries) ~ s(x, k=6)", "binomial"),
    "weights": ("y | weights(z) ~ s(x, k=6)", "gaussian"),
    "student": ("y ~ s(x, k=6) + (1 | h)", "student"),
    "sigma predicted": (("y ~ s(x, k=6)", "sigma ~ s(z, k=5) + (1 | g)"), "gaussian"),
}


def design_of(name: str) -> Design:
    formula, family = MODELS[name]
    parsed = ss.bf(*formula) if isinstance(formula, tuple) else parse_formula(formula)
    return build_design(parsed, DATA, ss.family(family))


def linear_predictor(design: Design, start: Start) -> FloatArray:
    """What the program computes from its parameters."""
    data = design.stan_data()
    total = np.zeros(design.n)
    for term in design.terms:
        if isinstance(term, LinearTerm) and term.dpar == "mu":
            x = term.matrix.at(design.table)
            if term.centred:
                total += start["Intercept"]
                x = x[:, 1:] - x[:, 1:].mean(axis=0)
            if x.shape[1]:
                total += x @ start["b"]
        elif isinstance(term, OffsetTerm):
            total += term.values(design.table)
        elif isinstance(term, GroupTerm):
            deviations, root = np.diag(start[f"sd_{term.index}"]), start.get(f"L_{term.index}")
            scaled = deviations if root is None else deviations @ root
            effects = (scaled @ start[f"z_{term.index}"]).T[term.indices(design.table)]
            columns = [column for e in term.effects for column in e.matrix.at(design.table).T]
            for c in (c for c in term.coefficients if c.dpar == "mu"):
                total += effects[:, c.number - 1] * columns[c.number - 1]
        elif isinstance(term, SmoothTerm) and term.dpar == "mu":
            if term.fixed_names:
                total += np.asarray(data["Xs"]) @ start["bs"]
            for numbered in term.numbered:
                columns, rows = numbered.smooth.columns(design.table)
                for coefficients, block in zip(unscaled(numbered, start), columns.random, strict=True):
                    total[slice(None) if rows is None else rows] += times(block, coefficients[None, :])[0]
    return total


def unscaled(numbered, start: Start) -> list[FloatArray]:
    """The transformed parameters ``s_i_j``."""
    if not numbered.blocks:
        return []
    deviations, joint = start[numbered.deviations], numbered.smooth.mixed.joint
    standard = [start[block.standardised] for block in numbered.blocks]
    if joint is None:
        return [sd * z for sd, z in zip(deviations, standard, strict=True)]
    if joint.diagonals is not None:
        return [standard[0] / np.sqrt(joint.diagonals @ deviations**-2)]
    precision = sum(s / sd**2 for s, sd in zip(joint.matrices, deviations, strict=True))
    return [np.linalg.solve(np.linalg.cholesky(precision).T, standard[0])]


@pytest.mark.parametrize("name", MODELS)
def test_the_estimate_is_met_exactly(name: str) -> None:
    design = design_of(name)
    twin = twin_of(design, independent=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        fit = fit_penalised(twin.gam.problem())
    start = start_at(twin, fit, estimate_of(fit), resolve_priors(design.prior_slots()), np.random.default_rng(1))
    np.testing.assert_allclose(linear_predictor(design, start), fit.eta, rtol=0, atol=1e-8 * np.abs(fit.eta).max())


@pytest.mark.parametrize("name", MODELS)
def test_starts_are_complete_and_inside(name: str) -> None:
    """Stan's program takes them: every parameter is there, of the right shape, within its bounds."""
    design = design_of(name)
    priors = resolve_priors(design.prior_slots())
    starts = chain_starts(design, priors, 2, 3)
    assert len(starts) == 2
    program = write_program(design, priors, version="test")
    options = SamplingOptions(2, 0, 1, seed=3, inits=starts, show_progress=False)
    drawn = StanliEngine().sample(program, options)
    assert np.isfinite(drawn.statistics["lp__"]).all()


def test_starts_differ_but_not_between_runs() -> None:
    design = design_of("groups")
    priors = resolve_priors(design.prior_slots())
    first, again = (chain_starts(design, priors, 2, 7) for _ in range(2))
    for a, b in zip(first, again, strict=True):
        assert a.keys() == b.keys()
        assert all(np.array_equal(a[name], b[name]) for name in a)
    assert first[0]["sigma"] != first[1]["sigma"]


def test_bounds_of_priors_are_kept() -> None:
    design = design_of("linear")
    start = chain_starts(design, resolve_priors(design.prior_slots(), ss.prior("normal(0, 1)", "b", lb=10)), 1, 1)[0]
    assert (start["b"] > 10).all()


@pytest.mark.parametrize(
    ("formula", "reason"),
    [("y ~ x + (1 + f || g)", "codes the varying effects of a factor"), ("y ~ s(g2, bs='re')", "no column")],
)
def test_what_gam_cannot_fit_is_said(formula: str, reason: str) -> None:
    options = {"chains": 1, "iter_warmup": 1, "iter_sampling": 1, "show_progress": False, "backend": "stanli"}
    with pytest.raises(ValueError, match=reason):
        ss.brm(formula, DATA, inits="gam", **options)


def test_other_words_are_refused() -> None:
    with pytest.raises(OptionError, match="'gam'"):
        ss.brm("y ~ x", DATA, inits="glm", backend="stanli")


def test_brm_starts_there() -> None:
    options = {"chains": 2, "iter_warmup": 150, "iter_sampling": 100, "show_progress": False, "backend": "stanli"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        fit = ss.brm("y ~ s(x, k=6) + (1 | g)", DATA, inits="gam", seed=4, **options)
    assert fit.model.options.inits is None
    expected = ss.gam("y ~ s(x, k=6) + (1 | g)", DATA).fitted
    # The posterior's standard deviations of the curve are about 0.1.
    np.testing.assert_allclose(fit.posterior_epred().mean(("chain", "draw")), expected, atol=0.1)
