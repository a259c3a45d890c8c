"""A model matrix that is never held as a whole gives the same fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.gam import design


@pytest.mark.parametrize("family", ["gaussian", "poisson"])
def test_blocks_of_rows_give_the_same_fit(monkeypatch: pytest.MonkeyPatch, family: str) -> None:
    rng = np.random.default_rng(3)
    n = 3000
    x, z = rng.uniform(size=(2, n))
    data = pd.DataFrame({"x": x, "z": z, "g": rng.choice(list("abcd"), n), "y": rng.poisson(np.exp(np.sin(6 * x) + z))})
    formula = "y ~ s(x, bs='cr') + s(z, k=6) + s(g, bs='re')"
    whole = ss.gam(formula, data, family=family)
    monkeypatch.setattr(design, "LARGEST_MATRIX", 0)
    blocks = ss.gam(formula, data, family=family)
    assert not isinstance(blocks.penalised.problem.X, np.ndarray)
    np.testing.assert_allclose(blocks.score, whole.score, rtol=1e-9)
    np.testing.assert_allclose(blocks.edf, whole.edf, rtol=1e-5)
    np.testing.assert_allclose(blocks.fitted, whole.fitted, rtol=1e-5)
