"""Natural parameters: their definition, mgcv's t2 margins, and the axes chosen for the null space."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smooths.reference_cases import data, load

from smoothstan.smooths import BASES, Request
from smoothstan.smooths.natural import (
    canonical_null_columns,
    data_natural,
    data_natural_ridge,
    leading_null_columns,
    monomial_degree,
    penalty_natural,
    penalty_null_space,
    polynomial_candidates,
)

KINDS = [data_natural, data_natural_ridge, penalty_natural]


def spline(seed: int = 1, n: int = 80, k: int = 7, shift: float = 0.0) -> tuple[Any, ...]:
    x = np.random.default_rng(seed).gamma(2.0, size=n) + shift
    basis = BASES["cr"]((x,), Request(("x",), (k,)))
    design = basis.design((x,))
    candidates = design.T @ polynomial_candidates(x[:, None], 1)
    return x, design, design.T @ design, basis.penalties[0], k - 2, candidates


@pytest.mark.parametrize("natural", KINDS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), k=st.integers(3, 12), shift=st.sampled_from([0.0, -50.0, 2000.0]))
def test_the_penalty_becomes_diagonal(natural: Any, seed: int, k: int, shift: float) -> None:
    _, _, gram, penalty, rank, candidates = spline(seed, k=k, shift=shift)
    result = natural(gram, penalty, rank, candidates)
    p = result.to_basis
    transformed = p.T @ penalty @ p
    expected = np.diag([*result.diagonal, 0, 0])
    # Penalties of neighbouring frequencies differ by orders of magnitude.
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(transformed[:rank, :rank], expected[:rank, :rank], atol=1e-9 * scale[:rank, :rank].max())
    assert np.abs(transformed[rank:, rank:]).max() < 1e-9 * result.diagonal.max()
    assert np.linalg.matrix_rank(p) == k
    largest = np.argmax(np.abs(result.penalised) > (1 - 1e-9) * np.abs(result.penalised).max(axis=0), axis=0)
    assert np.all(result.penalised[largest, np.arange(rank)] > 0)


def test_type_0_has_orthonormal_columns_the_roughest_first() -> None:
    _, _, gram, penalty, rank, candidates = spline()
    natural = data_natural(gram, penalty, rank, candidates)
    np.testing.assert_allclose(natural.to_basis.T @ gram @ natural.to_basis, np.eye(7), atol=1e-10)
    assert np.all(np.diff(natural.diagonal) < 0)
    # The eigenvalues of R^-T S R^-1, without the two zeros.
    inverse = np.linalg.inv(np.linalg.cholesky(gram))
    np.testing.assert_allclose(natural.diagonal, np.linalg.eigvalsh(inverse @ penalty @ inverse.T)[:1:-1], rtol=1e-9)


def test_type_1_is_type_0_with_a_ridge() -> None:
    _, _, gram, penalty, rank, candidates = spline()
    plain, ridge = (f(gram, penalty, rank, candidates) for f in (data_natural, data_natural_ridge))
    np.testing.assert_allclose(ridge.penalised, plain.penalised / np.sqrt(plain.diagonal), rtol=1e-8, atol=1e-12)
    np.testing.assert_array_equal(ridge.unpenalised, plain.unpenalised)
    np.testing.assert_array_equal(ridge.diagonal, 1)


@pytest.mark.parametrize("natural", KINDS)
def test_unit_mean_square_of_both_blocks(natural: Any) -> None:
    _, design, gram, penalty, rank, candidates = spline()
    before = natural(gram, penalty, rank, candidates)
    after = before.with_unit_mean_square(gram, len(design))
    assert np.mean((design @ after.penalised) ** 2) == pytest.approx(1, rel=1e-10)
    assert np.mean((design @ after.unpenalised) ** 2) == pytest.approx(1, rel=1e-10)
    factor = after.penalised[0, 0] / before.penalised[0, 0]
    np.testing.assert_allclose(after.diagonal, before.diagonal * factor**2, rtol=1e-12)


def test_type_3_null_columns_have_on_average_the_mean_size_of_the_others() -> None:
    _, design, gram, penalty, rank, candidates = spline()
    natural = penalty_natural(gram, penalty, rank, candidates)
    sums = np.sum((design @ natural.to_basis) ** 2, axis=0)
    assert sums[rank:].mean() == pytest.approx(sums[:rank].mean(), rel=1e-10)
    constant = (design @ natural.unpenalised)[:, 0]
    np.testing.assert_allclose(constant, constant.mean(), rtol=1e-9)


@pytest.mark.parametrize("k", [3, 4, 6, 15])
def test_the_first_null_axis_is_the_projection_of_the_first_coefficient(k: int) -> None:
    penalty = spline(k=k)[3]
    null_space = penalty_null_space(penalty, k - 2)
    axes = leading_null_columns(null_space)
    projection = null_space @ null_space[0]
    np.testing.assert_allclose(axes[:, 0], projection / np.linalg.norm(projection), atol=1e-12)
    np.testing.assert_allclose(axes.T @ axes, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(null_space @ (null_space.T @ axes), axes, atol=1e-12)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    np.testing.assert_allclose(leading_null_columns(null_space @ turn), axes, atol=1e-12)


def test_rows_of_zeros_in_a_penalty_give_the_coefficients_themselves() -> None:
    null_space = np.vstack([np.zeros((3, 3)), np.linalg.qr(np.arange(9.0).reshape(3, 3) ** 2 + np.eye(3))[0]])
    np.testing.assert_allclose(leading_null_columns(null_space)[3:], np.eye(3), atol=1e-12)


@pytest.mark.parametrize(("margin", "variable"), [(0, "x"), (1, "z")])
def test_margins_of_t2_in_mgcv(margin: int, variable: str) -> None:
    """All columns up to signs."""
    stored = load("smooth", "t2_default")
    x = data(stored["dataset"])[variable]
    basis = BASES["cr"]((x,), Request((variable,), (4,)))
    design = basis.design((x,))
    gram = design.T @ design
    candidates = design.T @ polynomial_candidates(x[:, None], 1)
    natural = penalty_natural(gram, basis.penalties[0], 2, candidates).with_unit_mean_square(gram, len(x))
    theirs = np.asarray(stored["raw"]["P"][margin])
    assert theirs.shape == (4, 4)
    ours = natural.to_basis
    signs = np.sign(np.sum(ours * theirs, axis=0))
    np.testing.assert_allclose(ours * signs, theirs, rtol=0, atol=1e-10 * np.abs(theirs).max())
    # The constant comes first.
    constant = design @ theirs[:, 2]
    np.testing.assert_allclose(constant, constant[0], rtol=1e-9)


def test_the_null_space_of_a_line_does_not_depend_on_the_basis() -> None:
    x, design, gram, penalty, rank, candidates = spline()
    rng = np.random.default_rng(2)
    mixing = rng.normal(size=(7, 7))
    mixed = data_natural_ridge(mixing.T @ gram @ mixing, mixing.T @ penalty @ mixing, rank, mixing.T @ candidates)
    plain = data_natural_ridge(gram, penalty, rank, candidates)
    null = design @ plain.unpenalised
    np.testing.assert_allclose(design @ mixing @ mixed.unpenalised, null, atol=1e-9)
    np.testing.assert_allclose(null[:, 0], 1 / np.sqrt(len(x)), rtol=1e-9)
    np.testing.assert_allclose(null[:, 1], (x - x.mean()) / np.sqrt(np.sum((x - x.mean()) ** 2)), atol=1e-9)


def polynomials(x: np.ndarray, columns: list[np.ndarray], seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a design that spans some functions and noise, the null space of the functions, X'phi."""
    rng = np.random.default_rng(seed)
    m = len(columns)
    mixing = np.linalg.qr(rng.normal(size=(m + 2, m + 2)))[0]
    design = np.column_stack([*columns, rng.normal(size=(len(x), 2))]) @ mixing.T
    null_space = mixing[:, :m] @ np.linalg.qr(rng.normal(size=(m, m)))[0]
    return design, null_space, design.T @ polynomial_candidates(x, monomial_degree(m, x.shape[1]))


@pytest.mark.parametrize("seed", range(5))
def test_null_columns_are_orthogonal_polynomials_in_order(seed: int) -> None:
    x = np.random.default_rng(seed).uniform(-1, 2, size=(60, 2))
    u, v = x.T
    functions = [np.ones(60), u, v, u**2, u * v, v**2]
    design, null_space, crossed = polynomials(x, functions, seed)
    columns = canonical_null_columns(null_space, design.T @ design, crossed)
    q, r = np.linalg.qr(np.column_stack(functions))
    np.testing.assert_allclose(design @ columns, q * np.sign(np.diag(r)), atol=1e-9)
    np.testing.assert_allclose(null_space @ (null_space.T @ columns), columns, atol=1e-12)


def test_candidates_that_are_not_in_the_null_space_are_passed_over() -> None:
    """Of te(): 1, u, v, uv, where u^2 comes before uv among the candidates."""
    x = np.random.default_rng(3).uniform(0, 2, size=(60, 2))
    u, v = x.T
    functions = [np.ones(60), u, v, u * v]
    design, null_space, crossed = polynomials(x, functions, 3)
    columns = canonical_null_columns(null_space, design.T @ design, crossed)
    q, r = np.linalg.qr(np.column_stack(functions))
    np.testing.assert_allclose(design @ columns, q * np.sign(np.diag(r)), atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_without_candidates_the_choice_does_not_depend_on_the_given_axes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(40, 6))
    gram = design.T @ design
    null_space = np.linalg.qr(rng.normal(size=(6, 3)))[0]
    turned = null_space @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    first, second = canonical_null_columns(null_space, gram), canonical_null_columns(turned, gram)
    np.testing.assert_allclose(first, second, atol=1e-10)
    np.testing.assert_allclose(first.T @ gram @ first, np.eye(3), atol=1e-12)


def test_two_values_of_a_covariate_leave_no_square() -> None:
    x = np.repeat([0.0, 1.0], 10)[:, None]
    other = np.random.default_rng(1).normal(size=20)
    design = np.column_stack([np.ones(20), x[:, 0], other])
    columns = canonical_null_columns(np.eye(3), design.T @ design, design.T @ polynomial_candidates(x, 2))
    values = design @ columns
    np.testing.assert_allclose(values[:, 0], 1 / np.sqrt(20), rtol=1e-12)
    np.testing.assert_allclose(values[:, 1], (x[:, 0] - 0.5) / np.sqrt(5), atol=1e-12)
    np.testing.assert_allclose(values.T @ values, np.eye(3), atol=1e-12)


def test_candidates_have_unit_length_and_constants_vanish() -> None:
    x = np.column_stack([np.arange(6.0) + 1e6, np.full(6, 3.0)])
    phi = polynomial_candidates(x, 2)
    assert phi.shape == (6, 6)
    np.testing.assert_allclose(np.linalg.norm(phi, axis=0), [1, 1, 0, 1, 0, 0], atol=1e-15)
    assert [monomial_degree(m, d) for m, d in [(0, 1), (1, 1), (2, 1), (3, 1), (3, 2), (4, 2), (7, 2), (10, 3)]] == [
        0, 0, 1, 2, 1, 2, 3, 2,
    ]  # fmt: skip


def test_no_null_space_and_no_penalty() -> None:
    gram = np.diag([1.0, 2.0, 3.0])
    full = data_natural(gram, np.eye(3), 3)
    assert full.unpenalised.shape == (3, 0)
    np.testing.assert_allclose(full.diagonal, [1, 1 / 2, 1 / 3])
    np.testing.assert_array_equal(full.with_unit_mean_square(gram, 4).unpenalised, np.zeros((3, 0)))
    none = penalty_natural(gram, np.zeros((3, 3)), 0)
    assert none.penalised.shape == (3, 0)
    np.testing.assert_allclose(none.to_basis.T @ gram @ none.to_basis, np.eye(3), atol=1e-12)
    assert penalty_null_space(np.eye(3), 3).shape == (3, 0)


def test_what_the_data_do_not_determine() -> None:
    penalty = np.diag([2.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="do not determine the part of the basis that has no penalty"):
        data_natural_ridge(np.diag([1.0, 1.0, 0.0]), penalty, 2)
    with pytest.raises(ValueError, match="do not determine all 3 coefficients"):
        data_natural(np.diag([1.0, 0.0, 1.0]), penalty, 2)
    # A penalised column without data is no obstacle where columns are not scaled by the data.
    ridge = data_natural_ridge(np.diag([1.0, 0.0, 1.0]), penalty, 2)
    np.testing.assert_allclose(ridge.penalised.T @ penalty @ ridge.penalised, np.eye(2), atol=1e-12)
