"""Fits of every family, with additions to their responses, come back from files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from prediction_models import MODELS, fit_of

import smoothstan as ss

pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")


@pytest.mark.parametrize("family", MODELS)
def test_a_loaded_fit_answers_the_same(family: str, tmp_path: Path) -> None:
    fit = fit_of(family)
    fit.save(tmp_path / "fit.nc")
    loaded = ss.load_fit(tmp_path / "fit.nc")
    np.testing.assert_array_equal(loaded.log_lik(), fit.log_lik())
    np.testing.assert_array_equal(loaded.posterior_epred(), fit.posterior_epred())
    np.testing.assert_array_equal(loaded.posterior_predict(seed=1), fit.posterior_predict(seed=1))
