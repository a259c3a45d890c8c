"""What every basis of the registry has to obey, whatever the data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import brentq

from smoothstan import SmoothCon, smooth2random, smooth_con
from smoothstan.posterior.codec import decode, encode
from smoothstan.smooths import BASES, TENSORS, GroupedBasis

Array = NDArray[np.float64]

TERMS = {
    "ad": ["s(x, bs='ad', k=12, m=3)", "s(x, z, bs='ad', k=5, m=3)"],
    "bs": ["s(x, bs='bs', k=8)", "s(x, bs='bs', k=8, m=c(3, 2, 1))"],
    "cc": ["s(x, bs='cc', k=7)"],
    "cp": ["s(x, bs='cp', k=7)"],
    "cr": ["s(x, bs='cr', k=7)", "s(x, bs='cr', k=7, by=z)", "s(x, bs='cr', k=7, pc=0.5)"],
    "cs": ["s(x, bs='cs', k=7)"],
    "ds": ["s(x, bs='ds', k=8)", "s(x, z, bs='ds', k=14, m=c(1, 0.5))"],
    "fs": ["s(x, g, bs='fs', k=4, xt='cr')", "s(x, g, bs='fs', k=5)"],
    "gp": ["s(x, bs='gp', k=8)", "s(x, z, bs='gp', k=14, m=c(2, 1, 1))"],
    "mrf": ["s(g, bs='mrf', xt=list(nb=ring))", "s(g, bs='mrf', k=3, xt=list(nb=ring))"],
    "ps": ["s(x, bs='ps', k=8)", "s(x, bs='ps', k=8, m=c(2, 1))"],
    "re": ["s(g, bs='re')", "s(g, x, bs='re')"],
    "sos": ["s(lat, lon, bs='sos', k=12)"],
    "sz": ["s(x, g, bs='sz', k=4, xt=list(bs='cr'))", "s(x, g, bs='sz', k=5, id=1)"],
    "tp": ["s(x, k=8)", "s(x, z, k=14)", "s(x, k=7, m=c(2, 0))"],
    "ts": ["s(x, bs='ts', k=8)"],
    "te": ["te(x, z, k=4)", "te(x, z, k=4, bs='ps')"],
    "ti": ["ti(x, z, k=4)"],
    "t2": ["t2(x, z, k=4)", "t2(x, z, k=4, full=TRUE)"],
}
ALL = [(name, term) for name, terms in TERMS.items() if name in BASES or name in TENSORS for term in terms]
RING = {"ring": {"a": ["b", "d"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c", "a"]}}
# In whose spaces a change of units only changes the coefficients.
AFFINE = ("cr", "cs", "cc", "cp", "ps", "bs", "tp", "ts", "ds", "gp", "te", "ti")


def table(seed: int, n: int = 60) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    groups = np.concatenate([np.arange(4), rng.integers(0, 4, size=n - 4)])
    return {
        "x": rng.uniform(size=n).round(3), "z": rng.normal(size=n).round(3), "g": np.asarray(list("abcd"))[groups],
        "lat": rng.uniform(-80, 80, size=n), "lon": rng.uniform(-170, 170, size=n),
    }  # fmt: skip


def made(term: str, data: dict[str, Any], **options: Any) -> SmoothCon:
    (smooth,) = smooth_con(term, data, data2=RING, **{"absorb_cons": True, **options})
    return smooth


def hat(smooth: SmoothCon, weight: float = 0.3) -> Array:
    """Return the hat matrix with an intercept, for a fixed weight of the unscaled penalties."""
    design = np.column_stack([np.ones(len(smooth.design)), smooth.design])
    penalty = np.zeros((design.shape[1],) * 2)
    for s in smooth.penalties:
        penalty[1:, 1:] += weight * s
    return design @ np.linalg.pinv(design.T @ design + penalty, rcond=1e-12, hermitian=True) @ design.T


seeds = st.integers(0, 2**20)


def test_the_table_of_terms_is_complete() -> None:
    assert set(TERMS) == {*BASES, *TENSORS}


@pytest.mark.parametrize(("name", "term"), ALL, ids=[term for _, term in ALL])
@settings(max_examples=5, deadline=None, derandomize=True)
@given(seed=seeds)
def test_penalties_and_constraint(name: str, term: str, seed: int) -> None:
    smooth = made(term, table(seed))
    q = smooth.design.shape[1]
    total = np.zeros((q, q))
    for s, rank in zip(smooth.penalties, smooth.ranks, strict=True):
        assert s.shape == (q, q)
        np.testing.assert_array_equal(s, s.T)
        values = np.linalg.eigvalsh(s) / np.abs(s).max()
        assert values.min() > -1e-10
        assert np.sum(values > 1e-11) == rank
        total += s / np.linalg.norm(s)
    values = np.linalg.eigvalsh(total)
    assert np.sum(values > 1e-11 * values.max()) == q - smooth.null_space_dimension
    if smooth.bound.smooth.basis.centred and "by=" not in term and "pc=" not in term and name != "t2":
        np.testing.assert_allclose(smooth.design.sum(axis=0) / np.abs(smooth.design).sum(axis=0), 0, atol=1e-9)
    if name not in ("re", "fs", "mrf", "sz", "ad", "te", "t2", "ti"):
        assert np.linalg.matrix_rank(np.column_stack([np.ones(len(smooth.design)), smooth.design])) == q + 1


@pytest.mark.parametrize(("name", "term"), ALL, ids=[term for _, term in ALL])
@settings(max_examples=3, deadline=None, derandomize=True)
@given(seed=seeds)
def test_mixed_form_has_the_same_space_and_penalty(name: str, term: str, seed: int) -> None:
    smooth = made(term, table(seed), diagonal_penalty=True)
    random = smooth2random(smooth)
    assert random.fixed.shape[1] + sum(z.shape[1] for z in random.random) == smooth.design.shape[1]
    rng = np.random.default_rng(seed)
    fixed, blocks = rng.normal(size=random.fixed.shape[1]), tuple(rng.normal(size=z.shape[1]) for z in random.random)
    coefficients = random.coefficients(fixed, blocks)
    fitted = random.fixed @ fixed + sum(z @ b for z, b in zip(random.random, blocks, strict=True))
    scale = np.abs(smooth.design).max() * np.abs(coefficients).max()
    np.testing.assert_allclose(smooth.design @ coefficients, fitted, atol=1e-9 * scale)
    if random.joint is None:
        for j, s in enumerate(smooth.penalties):
            np.testing.assert_allclose(coefficients @ s @ coefficients, blocks[j] @ blocks[j], rtol=1e-6)
        return
    for j, s in enumerate(smooth.penalties):
        diagonals, matrices = random.joint.diagonals, random.joint.matrices
        inside = np.diag(diagonals[:, j]) if diagonals is not None else np.asarray(matrices)[j]
        np.testing.assert_allclose(coefficients @ s @ coefficients, blocks[0] @ inside @ blocks[0], rtol=1e-6)


@pytest.mark.parametrize(("name", "term"), ALL, ids=[term for _, term in ALL])
@settings(max_examples=3, deadline=None, derandomize=True)
@given(seed=seeds)
def test_the_order_of_rows_does_not_matter(name: str, term: str, seed: int) -> None:
    data = table(seed)
    order = np.random.default_rng(seed).permutation(len(data["x"]))
    shuffled = {key: values[order] for key, values in data.items()}
    first, second = made(term, data), made(term, shuffled)
    np.testing.assert_allclose(hat(second), hat(first)[np.ix_(order, order)], atol=1e-6)


@pytest.mark.parametrize(("name", "term"), [p for p in ALL if p[0] in AFFINE], ids=[t for n, t in ALL if n in AFFINE])
@settings(max_examples=3, deadline=None, derandomize=True)
@given(seed=seeds, shift=st.floats(-3, 3), factor=st.floats(0.2, 5))
def test_units_do_not_matter(name: str, term: str, seed: int, shift: float, factor: float) -> None:
    if "pc=" in term or (name == "gp" and "m=" in term):
        return  # the point, or the range, is in the units of the covariate
    data = table(seed)
    if name == "tp" and "x, z" in term:
        factor = 1.0  # r^2 log r of longer distances has other leading eigenvectors
    units = {"x": (factor, shift), "z": (factor, 0.0) if "by=" not in term else (1.0, 0.0)}
    moved = data | {key: data[key] * f + s for key, (f, s) in units.items()}
    first, second = made(term, data), made(term, moved)
    np.testing.assert_allclose(hat(second, _weight_for(second, np.trace(hat(first)))), hat(first), atol=1e-5)


def _weight_for(smooth: SmoothCon, edf: float) -> float:
    """Return the weight with these degrees of freedom: units may change the scale of a single penalty."""
    if len(smooth.penalties) > 1:
        return 0.3
    exponent = brentq(lambda e: np.trace(hat(smooth, float(np.exp(e)))) - edf, -25, 25, xtol=1e-12, rtol=1e-14)
    return float(np.exp(exponent))


@pytest.mark.parametrize(("name", "term"), ALL, ids=[term for _, term in ALL])
def test_prediction_at_the_data_is_the_design(name: str, term: str) -> None:
    data = table(7)
    smooth = made(term, data)
    np.testing.assert_array_equal(smooth.predict_matrix(data), smooth.design)
    beyond = data | {"x": data["x"] * 3 - 1, "z": data["z"] * 2}
    assert np.isfinite(smooth.predict_matrix(beyond)).all()


@pytest.mark.parametrize(("name", "term"), ALL, ids=[term for _, term in ALL])
def test_grouped_bases_hold_no_zeros(name: str, term: str) -> None:
    basis = made(term, table(3)).bound.smooth.basis
    if isinstance(basis, GroupedBasis):
        assert all(values.shape[1] == basis.n_inner for values in [basis.inner(_covariates(term))])


def _covariates(term: str) -> Any:
    smooth = made(term, table(3))
    return smooth.bound.rows(smooth.table).stacked


def test_stored_smooths_predict_the_same_bits_in_a_new_process(tmp_path: Path) -> None:
    smooths = {term: made(term, table(11)) for _, term in ALL}
    new = table(12, n=9)
    (tmp_path / "smooths").write_bytes(encode({term: smooth.bound for term, smooth in smooths.items()}))
    (tmp_path / "new").write_bytes(encode({key: v for key, v in new.items() if v.dtype.kind == "f"}))
    (tmp_path / "levels").write_bytes(encode(list(new["g"])))
    code = f"""
import numpy as np
import smoothstan
from smoothstan.posterior.codec import decode, encode
from smoothstan.table import read_table
folder = {str(tmp_path)!r}
bound = decode(open(folder + "/smooths", "rb").read())
new = decode(open(folder + "/new", "rb").read()) | {{"g": decode(open(folder + "/levels", "rb").read())}}
table = read_table(new)
open(folder + "/result", "wb").write(encode({{term: b.design(table) for term, b in bound.items()}}))
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    result = decode((tmp_path / "result").read_bytes())
    for term, smooth in smooths.items():
        np.testing.assert_array_equal(result[term], smooth.predict_matrix(new), err_msg=term)
