"""The two models of the seed post, against the numbers that it prints (four chains of brms)."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats

import smoothstan as ss
from smoothstan.posterior.estimates import summary_frame

# parameter -> (Estimate, Est.Error, l-95%, u-95%, Bulk_ESS) as printed, two decimals.
RADON = {
    "sd_county__Intercept": (0.30, 0.05, 0.22, 0.40, 1708),
    "b_Intercept": (1.35, 0.05, 1.25, 1.45, 3128),
    "sigma": (0.77, 0.02, 0.73, 0.80, 6203),
}
MCYCLE = {
    "sds_stimes_1": (4.96, 1.19, 3.17, 7.81, 1007),
    "b_Intercept": (-25.44, 2.00, -29.24, -21.46, 5627),
    "bs_stimes_1": (1.65, 0.34, 0.98, 2.31, 4744),
    "sigma": (22.79, 1.50, 20.09, 25.91, 3932),
}
ROUNDING = 0.005


@pytest.mark.parametrize(("model", "targets"), [("mcycle_fit", MCYCLE), ("radon_fit", RADON)])
def test_posterior_means_and_intervals(model: str, targets: dict, request: pytest.FixtureRequest) -> None:
    fit = request.getfixturevalue(model)
    posterior = fit.draws["posterior"].dataset
    table = summary_frame({name: posterior[name].values for name in targets})
    for name, (mean, sd, low, high, ess) in targets.items():
        row = table.loc[name]
        # Four Monte Carlo standard errors of both runs, and the rounding of what was printed.
        allowed = 4 * np.hypot(sd / np.sqrt(ess), row["Est.Error"] / np.sqrt(row["Bulk_ESS"])) + ROUNDING
        assert abs(row["Estimate"] - mean) < allowed, name
        draws = posterior[name].values
        for prob, printed, column in ((0.025, low, "l-95% CI"), (0.975, high, "u-95% CI")):
            error = float(array_stats.mcse(draws, chain_axis=0, draw_axis=1, method="quantile", prob=prob))
            assert abs(row[column] - printed) < 4 * np.sqrt(2) * error + ROUNDING, (name, column)
        assert row["Est.Error"] == pytest.approx(sd, abs=ROUNDING + 4 * sd / np.sqrt(2 * min(ess, row["Bulk_ESS"])))
        assert row["Rhat"] < 1.01


def test_radon_loo(radon_fit: ss.Posterior) -> None:
    loo = radon_fit.loo()
    assert loo.elpd_loo == pytest.approx(-1083.6, abs=1.5)
    assert loo.p_loo == pytest.approx(44.5, abs=3)
    assert loo.looic == pytest.approx(2167.1, abs=3)
    estimates = loo.estimates
    assert estimates.loc["elpd_loo", "SE"] == pytest.approx(28.8, abs=0.2)
    assert estimates.loc["p_loo", "SE"] == pytest.approx(4.1, abs=0.5)
    assert (loo.pareto_k < 0.7).all()


def test_partial_pooling(radon_fit: ss.Posterior, radon) -> None:
    """County estimates vary less than county means, the less so the fewer observations there are."""
    expected = radon_fit.posterior_epred().mean(("chain", "draw")).values
    by_county = radon.assign(estimate=expected).groupby("county", observed=True)
    table = by_county.agg(n=("log_radon", "size"), observed=("log_radon", "mean"), estimate=("estimate", "mean"))
    grand = float(radon_fit.fixef().loc["Intercept", "Estimate"])
    assert table["estimate"].std() < table["observed"].std()
    shrinkage = 1 - (table["estimate"] - grand) / (table["observed"] - grand)
    sigma, tau = (float(radon_fit.draws["posterior"].dataset[v].mean()) for v in ("sigma", "sd_county__Intercept"))
    # The shrinkage factor of a normal mean with known variances: sigma^2 / (sigma^2 + n tau^2).
    theory = sigma**2 / (sigma**2 + table["n"] * tau**2)
    clear = (table["observed"] - grand).abs() > 0.3
    np.testing.assert_allclose(shrinkage[clear], theory[clear], atol=0.12)
