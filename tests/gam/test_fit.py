"""Laws of the penalised fit: invariance, edf as a trace, blocks of rows, extreme smoothing parameters, bad input."""

from __future__ import annotations

import json
from dataclasses import replace

import gam_cases
import numpy as np
import pytest

from smoothstan.errors import DataError, FamilyError, FitError, FitWarning, OptionError
from smoothstan.families.gam_families import GAM_FAMILIES
from smoothstan.families.links import LINKS
from smoothstan.gam import PenaltyBlock, Problem, RowBlocks, fit_penalised
from smoothstan.gam.log_determinant import stacked_factor
from smoothstan.gam.penalty_system import penalty_system

FAMILIES = json.loads((gam_cases.REFERENCE / "mgcv" / "gam_families.json").read_text())
BASE = gam_cases.problem("g_sim1_4cr")


def with_family(problem, family, link, y, **changes):
    return replace(problem, y=np.asarray(y, dtype=float), family=GAM_FAMILIES[family](), link=LINKS[link], **changes)


@pytest.mark.parametrize("case", FAMILIES["fits"], ids=lambda c: f"{c['family']}-{c['link']}-{c['method']}")
def test_families_agree_with_mgcv(case):
    weights = np.array(FAMILIES["weights"]) if case["weighted"] else np.ones(200)
    problem = with_family(
        gam_cases.problem("g_pois_cr"),
        case["family"],
        case["link"],
        FAMILIES["responses"][case["response"]],
        weights=weights,
        method=case["method"],
    )
    fit = fit_penalised(problem)
    assert fit.converged
    if case["method"] == "GCV" and (case["family"], case["link"]) in {("gamma", "log"), ("binomial", "probit")}:
        # For links that are not canonical mgcv counts degrees of freedom by other weights in GCV.
        assert fit.score == pytest.approx(case["score"], rel=1e-3)
        return
    assert fit.score == pytest.approx(case["score"], abs=1e-7 * (abs(case["score"]) + 1))
    for mine, name in (
        (fit.total_edf, "edf"),
        (fit.scale, "sig2"),
        (fit.deviance, "deviance"),
        (fit.null_deviance, "null_deviance"),
        (fit.r_squared, "r_sq"),
    ):
        assert mine == pytest.approx(case[name], rel=1e-5), name
    if case["aic"] != "NA":
        assert fit.aic == pytest.approx(case["aic"], rel=1e-5)
        assert pytest.approx(case["AIC"], rel=1e-5) == fit.AIC
    np.testing.assert_allclose(list(fit.shape.values()), case["theta"] or [], rtol=1e-5)
    np.testing.assert_allclose(fit.vp.diagonal(), case["Vp"], rtol=1e-4)
    np.testing.assert_allclose(fit.fitted[:10], case["fitted10"], rtol=1e-5)


def test_rescaled_response():
    a, b = fit_penalised(BASE), fit_penalised(replace(BASE, y=1000 * BASE.y + 1e6))
    np.testing.assert_allclose(b.sp, a.sp, rtol=1e-5)
    np.testing.assert_allclose(b.edf, a.edf, rtol=1e-6)
    assert b.scale == pytest.approx(1e6 * a.scale, rel=1e-8)
    np.testing.assert_allclose(b.fitted, 1000 * a.fitted + 1e6, rtol=1e-9)


def test_rescaled_penalties():
    blocks = tuple(
        replace(b, penalties=tuple(c * s for s in b.penalties))
        for b, c in zip(BASE.blocks, (1e-6, 1e3, 1e8, 1.0), strict=True)
    )
    a, b = fit_penalised(BASE), fit_penalised(replace(BASE, blocks=blocks))
    assert b.score == pytest.approx(a.score, rel=1e-10)
    np.testing.assert_allclose(b.sp * np.array([1e-6, 1e3, 1e8, 1.0]), a.sp, rtol=1e-4)


def test_reparameterised_columns():
    rng = np.random.default_rng(2)
    x, blocks = BASE.X.copy(), []
    for block in BASE.blocks:
        t = rng.normal(size=(block.size, block.size))
        x[:, block.columns] = x[:, block.columns] @ t
        blocks.append(replace(block, penalties=tuple(t.T @ s @ t for s in block.penalties)))
    a, b = fit_penalised(BASE), fit_penalised(replace(BASE, X=x, blocks=tuple(blocks)))
    np.testing.assert_allclose(b.fitted, a.fitted, rtol=1e-6)
    assert b.total_edf == pytest.approx(a.total_edf, rel=1e-6)


@pytest.mark.parametrize("name", ["g_sim1_4cr", "g_pois_cr", "g_bin_cbind", "g_gamma_log", "g_nb", "g_radon_re"])
def test_edf_is_the_trace_of_the_hat_matrix(name):
    fit = fit_penalised(gam_cases.problem(name))
    assert np.sum(fit.hat()) == pytest.approx(fit.total_edf, rel=1e-9)


def test_hat_matrix_by_hand():
    fit = fit_penalised(BASE)
    hat = BASE.X @ np.linalg.solve(BASE.X.T @ BASE.X + fit.penalty, BASE.X.T)
    np.testing.assert_allclose(fit.hat(), hat.diagonal(), rtol=1e-7)
    np.testing.assert_allclose(hat @ BASE.y, fit.fitted, rtol=1e-7)


@pytest.mark.parametrize("name", ["g_sim1_4cr", "g_pois_cr", "g_nb"])
def test_blocks_of_rows_give_the_same_fit(name):
    problem = gam_cases.problem(name)

    def blocks():
        for start in range(0, 200, 37):
            rows = slice(start, min(start + 37, 200))
            yield rows, problem.X[rows]

    a = fit_penalised(problem)
    b = fit_penalised(replace(problem, X=RowBlocks(200, problem.X.shape[1], blocks)))
    assert b.score == pytest.approx(a.score, rel=1e-12)
    np.testing.assert_allclose(b.hat(), a.hat(), rtol=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_random_designs(seed):
    """The optimum is one: perturbing any smoothing parameter does not lower the criterion."""
    rng = np.random.default_rng(seed)
    n, sizes = int(rng.integers(60, 200)), rng.integers(3, 9, 3)
    x = np.hstack([np.ones((n, 1)), rng.normal(size=(n, int(sizes.sum())))])
    blocks, at = [], 1
    for j, q in enumerate(sizes):
        root = rng.normal(size=(q, q))[:, : q - j % 2]
        blocks.append(PenaltyBlock(at, at + q, (root @ root.T,), (root.shape[1],), (1.0,), f"s{j}", j % 2))
        at += q
    y = x @ np.concatenate([[1.0], rng.normal(size=at - 1) * np.repeat([1.0, 0.2, 0.0], sizes)]) + rng.normal(size=n)
    problem = Problem(x, y, np.ones(n), np.zeros(n), tuple(blocks), GAM_FAMILIES["gaussian"](), LINKS["identity"])
    fit = fit_penalised(problem)
    assert fit.converged
    assert np.all(fit.edf1 >= fit.edf - 1e-8)
    assert np.sum(fit.hat()) == pytest.approx(fit.total_edf, rel=1e-8)
    for k in range(3):
        for factor in (0.5, 2.0):
            sp = fit.sp.copy()
            sp[k] *= factor
            fixed = tuple(replace(b, fixed_sp=(float(v),)) for b, v in zip(blocks, sp, strict=True))
            assert fit_penalised(replace(problem, blocks=fixed)).score >= fit.score - 1e-7


@pytest.mark.parametrize("sp", [(1e-8, 1e10), (1e12, 1e-9), (1e15, 1e15)])
@pytest.mark.parametrize("name", ["g_te", "g_mcycle_ad", "g_sim1_select", "g_sz"])
def test_extreme_smoothing_parameters(name, sp):
    count = len(gam_cases.reference(name)["fit"]["sp"])
    fit = fit_penalised(gam_cases.problem(name, "REML", (sp * 4)[:count]))
    assert np.isfinite(fit.score)
    assert fit.null_space_dimension - 1e-6 <= fit.total_edf <= fit.coefficients.size + 1e-6


def test_log_determinant_of_penalties_that_differ_by_1e20():
    """On one orthonormal basis the log determinant is a sum of logarithms, however far the penalties are apart."""
    q = np.linalg.qr(np.random.default_rng(0).normal(size=(6, 6)))[0]
    first, second = np.array([1.0, 2, 3, 0, 0, 0]), np.array([0, 0, 1.0, 2, 3, 4])
    block = PenaltyBlock(0, 6, ((q * first) @ q.T, (q * second) @ q.T), (3, 4), (1.0, 1.0), "te", 0)
    system = penalty_system(6, (block,))
    for sp in (np.array([1e-10, 1e10]), np.array([1e12, 1e-8]), np.array([1.0, 1.0])):
        value, gradient, hessian = system.log_determinant(sp)
        total = sp[0] * first + sp[1] * second
        assert value == pytest.approx(np.sum(np.log(total)), rel=1e-10)
        share = np.array([sp[0] * first / total, sp[1] * second / total])
        np.testing.assert_allclose(gradient, share.sum(axis=1), rtol=1e-8)
        expected = np.diag(share.sum(axis=1)) - share @ share.T
        np.testing.assert_allclose(hessian, expected, atol=1e-8)


def test_stacked_factor_of_a_singular_matrix():
    assert stacked_factor(np.array([[1.0, 1.0], [0.0, 0.0]])) is None


def test_duplicate_columns_are_left_out():
    x = np.hstack([BASE.X[:, :1], BASE.X])
    blocks = tuple(replace(b, start=b.start + 1, stop=b.stop + 1) for b in BASE.blocks)
    plain = fit_penalised(BASE)
    # REML counts the lost direction too, as mgcv does, which moves free smoothing parameters a little.
    fixed = tuple(replace(b, fixed_sp=(sp,)) for b, sp in zip(blocks, plain.full_sp, strict=True))
    fit = fit_penalised(replace(BASE, X=x, blocks=fixed))
    assert fit.kept.size == BASE.X.shape[1]
    assert np.sum(fit.coefficients == 0) == 1
    np.testing.assert_allclose(fit.fitted, plain.fitted, rtol=1e-6)


def test_a_smooth_of_noise_shrinks_to_its_null_space():
    y = np.random.default_rng(8).normal(size=200)
    fit = fit_penalised(replace(BASE, y=y))
    assert fit.converged
    assert np.min(fit.block_sums(fit.edf)) == pytest.approx(1, abs=1e-4)


def test_more_coefficients_than_data():
    few = slice(0, 30)
    small = replace(BASE, X=BASE.X[few], y=BASE.y[few], weights=np.ones(30), offset=np.zeros(30))
    with pytest.raises(DataError, match=r"37 coefficients .* for 30 rows .* make s\(x0\), which has 9"):
        fit_penalised(small)


def test_bad_input():
    with pytest.raises(DataError, match="weights are positive"):
        fit_penalised(replace(BASE, weights=np.zeros(200)))
    with pytest.raises(DataError, match="response has missing"):
        fit_penalised(replace(BASE, y=np.full(200, np.nan)))
    with pytest.raises(DataError, match="offset has shape"):
        fit_penalised(replace(BASE, offset=np.zeros(3)))
    with pytest.raises(OptionError, match="method is one of REML, ML, GCV"):
        fit_penalised(replace(BASE, method="AIC"))
    for sp in (0.0, -1.0, np.inf):
        blocks = (replace(BASE.blocks[0], fixed_sp=(sp,)), *BASE.blocks[1:])
        with pytest.raises(OptionError, match=r"sp of s\(x0\) must be a positive number"):
            fit_penalised(replace(BASE, blocks=blocks))
    with pytest.raises(FamilyError, match="family poisson needs whole numbers >= 0; row 0"):
        fit_penalised(with_family(BASE, "poisson", "log", np.full(200, -1.0)))
    with pytest.raises(FitError, match="reproduces the response exactly"):
        fit_penalised(replace(BASE, y=np.ones(200)))
    with pytest.raises(OptionError, match="residuals are one of deviance"):
        fit_penalised(BASE).residuals("anscombe")


def test_separation_is_warned_about():
    y = BASE.X[:, 1] > np.median(BASE.X[:, 1])
    with pytest.warns(FitWarning, match="separated"):
        fit_penalised(with_family(BASE, "binomial", "logit", y))
