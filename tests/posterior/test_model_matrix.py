"""The design of a fit: its product with the coefficients is the linear predictor."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import OptionError


def data() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 60
    return pd.DataFrame(
        {"y": rng.normal(size=n), "x": rng.uniform(size=n), "z": rng.normal(size=n), "f": rng.choice(list("abc"), n)}
    )


@pytest.fixture(scope="module")
def fit() -> ss.Posterior:
    formula = ["y ~ z + s(x, by=f, bs='cr', k=5) + s(f, bs='re') + (1 + z | f)", "sigma ~ s(x, k=4)"]
    with pytest.warns(ss.errors.SamplingWarning):
        return ss.brm(
            formula, data(), seed=1, backend="stanli", chains=2, iter_warmup=60, iter_sampling=20, show_progress=False
        )


def coefficients(fit: ss.Posterior, names: list[str]) -> np.ndarray:
    """Return (draws, p) values of the named coefficients."""
    found: dict[str, np.ndarray] = {}
    for name, variable in fit.draws["posterior"].dataset.data_vars.items():
        values = variable.values.reshape(-1, *variable.shape[2:])
        labels = [variable.coords[dim].values for dim in variable.dims[2:]]
        for index in np.ndindex(values.shape[1:]):
            inside = ",".join(str(label[i]) for label, i in zip(labels, index, strict=True))
            found[f"{name}[{inside}]" if inside else str(name)] = values[(slice(None), *index)]
    return np.column_stack([found[name] for name in names])


@pytest.mark.parametrize("dpar", ["mu", "sigma"])
def test_product_with_the_coefficients(fit: ss.Posterior, dpar: str) -> None:
    design = fit.model_matrix(dpar=dpar)
    expected = fit.posterior_linpred(dpar=dpar).values.reshape(-1, len(design))
    np.testing.assert_allclose(coefficients(fit, list(design.columns)) @ design.to_numpy().T, expected, atol=1e-10)


def test_new_rows_and_other_fits(fit: ss.Posterior) -> None:
    new = data().iloc[[3]]
    np.testing.assert_array_equal(ss.model_matrix(fit, new).to_numpy(), ss.model_matrix(fit).iloc[[3]].to_numpy())
    gam = ss.gam("y ~ z + s(x, k=5)", data())
    assert list(ss.model_matrix(gam).columns[:3]) == ["(Intercept)", "z", "s(x).1"]
    with pytest.raises(OptionError, match="'nu' has no linear predictor"):
        fit.model_matrix(dpar="nu")
