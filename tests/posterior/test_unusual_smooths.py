"""Rare but legitimate smooths: fits, new data of any few rows, and files, down to the last bit."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from unusual_smooths import UNUSUAL, unusual_data

import smoothstan as ss

# The sampler only has to move: these few draws are not meant to converge.
pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
DATA = unusual_data()
FACTORS = ("f", "o", "ch", "g", "h", "num", "lgl")


@cache
def fitted(name: str) -> ss.Posterior:
    formula, options = UNUSUAL[name]
    return ss.brm(
        formula, DATA, chains=1, iter_warmup=40, iter_sampling=8, seed=3, backend="stanli", show_progress=False,
        **options,
    )  # fmt: skip


@pytest.mark.parametrize("name", UNUSUAL)
def test_every_row_is_predicted_as_in_the_fit(name: str) -> None:
    """Alone, with the other rows of its level, and with all rows."""
    fit = fitted(name)
    for dpar in fit.design.predicted:
        known = fit.posterior_linpred(dpar=dpar).values
        assert np.all(np.isfinite(known))
        np.testing.assert_array_equal(fit.posterior_linpred(DATA, dpar=dpar).values, known)
        # Products of another number of rows may round differently in the last places.
        for rows in _few_rows():
            found = fit.posterior_linpred(DATA.iloc[rows], dpar=dpar).values
            np.testing.assert_allclose(found, known[..., rows], rtol=1e-11, atol=1e-11)


def _few_rows() -> list[np.ndarray]:
    ones = [np.asarray([row]) for row in (0, 7, 41)]
    return [*ones, *(np.flatnonzero(DATA[name] == DATA[name].iloc[5]) for name in FACTORS)]


@pytest.mark.parametrize("name", UNUSUAL)
def test_summaries_and_predictions(name: str) -> None:
    fit = fitted(name)
    assert "Regression Coefficients" in str(fit)
    assert np.all(np.isfinite(fit.log_lik(DATA.iloc[:3])))
    assert np.all(np.isfinite(fit.posterior_predict(DATA.iloc[[4]], seed=1)))
    matrix = fit.model_matrix(DATA.iloc[:3])
    assert not matrix.columns.has_duplicates
    assert np.all(np.isfinite(matrix))


@pytest.mark.slow
def test_another_process_computes_the_same_bits(tmp_path: Path) -> None:
    new = DATA.iloc[[3, 7, 50]].assign(x=lambda d: 1.3 * d["x"])
    new.to_pickle(tmp_path / "new.pkl")
    for i, name in enumerate(UNUSUAL):
        fitted(name).save(tmp_path / f"{i}.nc")
    code = (
        "import sys, pathlib, numpy, pandas, smoothstan as ss\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "new = pandas.read_pickle(folder / 'new.pkl')\n"
        "for path in folder.glob('*.nc'):\n"
        "    fit = ss.load_fit(path)\n"
        "    values = {dpar: fit.posterior_linpred(new, dpar=dpar).values for dpar in fit.design.predicted}\n"
        "    numpy.savez(path.with_suffix('.npz'), **values)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    for i, name in enumerate(UNUSUAL):
        with np.load(tmp_path / f"{i}.npz") as values:
            for dpar, found in values.items():
                expected = fitted(name).posterior_linpred(new, dpar=dpar).values
                np.testing.assert_array_equal(found, expected, err_msg=f"{name}, {dpar}")
