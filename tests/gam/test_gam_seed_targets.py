"""The numbers that the seed post prints for its penalised fits, to the printed digits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss


def printed(value: float, digits: int) -> float:
    return float(f"{value:.{digits}f}")


def test_motorcycle(mcycle: pd.DataFrame) -> None:
    fit = ss.gam("accel ~ 1 + s(times, bs='cr', k=20)", mcycle, method="REML")
    text = str(fit)
    assert "(Intercept)  -25.546      1.956  -13.06   <2e-16 ***" in text
    assert "s(times) 11.78  13.97 33.93  <2e-16 ***" in text
    assert "R-sq.(adj) =  0.782   Deviance explained = 80.1%" in text
    assert "-REML = 616.01  Scale est. = 509.01    n = 133" in text
    assert printed(fit.smoothing_parameters["s(times)"], 5) == 25.31955
    np.testing.assert_allclose(
        fit.vcomp().to_numpy(), [[7.20912, 4.683773, 11.09606], [22.56130, 19.877401, 25.60758]], rtol=2e-6
    )
    matrix = fit.model_matrix()
    assert matrix.shape == (133, 20)
    assert list(matrix.columns[:3]) == ["(Intercept)", "s(times).1", "s(times).2"]
    np.testing.assert_allclose(matrix.iloc[0, :5], [1, -0.143, -0.165, -0.154, -0.311], atol=5e-4)


@pytest.mark.parametrize(
    ("smooth", "edf", "total", "score"),
    [
        ("s(times, bs='cr', k=50)", (12.8, 1), (13.81, 2), (616.068, 3)),
        ("s(times, bs='cr', k=50, fx=TRUE)", (49, 0), (50, 0), (403.4616, 4)),
        ("s(times, bs='cr', k=20, sp=1e7)", (1.01, 2), (2.01, 2), (691.5683, 4)),
    ],
)
def test_variants(
    mcycle: pd.DataFrame, smooth: str, edf: tuple[float, int], total: tuple[float, int], score: tuple[float, int]
) -> None:
    fit = ss.gam(f"accel ~ 1 + {smooth}", mcycle)
    assert printed(fit.edf.iloc[0], edf[1]) == edf[0]
    assert printed(fit.total_edf, total[1]) == total[0]
    assert printed(fit.score, score[1]) == score[0]


def test_radon(radon: pd.DataFrame) -> None:
    for formula in ("log_radon ~ 1 + s(county, bs='re')", "log_radon ~ 1 + (1 | county)"):
        fit = ss.gam(formula, radon)
        text = str(fit)
        assert "s(county) 39.57     84 1.573" in text
        assert "R-sq.(adj) =  0.126   Deviance explained = 16.4%" in text
        assert "-REML = 1092.4  Scale est. = 0.58686   n = 919" in text
        row = fit.summary().parametric.loc["(Intercept)"]
        assert (printed(row["Estimate"], 3), printed(row["Std. Error"], 3)) == (1.35, 0.047)
        np.testing.assert_allclose(
            fit.vcomp().to_numpy(),
            [[0.2976671, 0.2202676, 0.4022639], [0.7660696, 0.7304109, 0.8034692]],
            atol=6e-8,
        )
