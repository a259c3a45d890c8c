"""Every basis and tensor product, fitted once to data from a known function: its 95 % band covers the function."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from known_functions import KNOWN, NOISE, Known, N, simulate

import smoothstan as ss
from smoothstan.codegen import StanProgram, write_program
from smoothstan.errors import SamplingWarning
from smoothstan.posterior import sampling
from smoothstan.smooths import BASES, TENSORS
from smoothstan.terms import SmoothOptions

pytestmark = pytest.mark.slow
CHAINS, DRAWS = 2, 300

# To the model, its own draws are functions as good as the true one, so that this many of them lie outside
# the band as far as a true function may in one fit of a hundred; 25 to 30 rows of 160 for most smooths.
FALSE_ALARM = 0.01
# The root mean squared error of a smooth with e effective parameters is about NOISE sqrt(e / N): 0.09 for
# 15, 0.15 for 40, where the functions have a standard deviation of about 0.7.
LARGEST_ERROR = 0.3
# The intercept at the mean of the rows of one of three arms has the error NOISE sqrt(3 / N) at least.
LARGEST_INTERCEPT_ERROR = 3 * NOISE / np.sqrt(N)
A_HANDFUL = 5


@dataclass(frozen=True)
class Recovery:
    """How well a fit recovers its function.

    ``covered`` is the share of rows at which the band holds the function, ``least`` the limit for it, ``error``
    the root mean squared error over the function's standard deviation, ``intercept`` the intercept's.
    """

    covered: float
    least: float
    error: float
    intercept: float
    divergences: int

    def faults(self, known: Known) -> list[str]:
        """Return what is not as it should be."""
        limits = {
            "band": self.covered >= self.least,
            "error": self.error <= LARGEST_ERROR,
            "intercept": self.intercept <= LARGEST_INTERCEPT_ERROR or not known.centred,
            "divergences": self.divergences <= A_HANDFUL,
        }
        return [name for name, kept in limits.items() if not kept]


def recover(known: Known) -> Recovery:
    data, truth = simulate(known)
    with warnings.catch_warnings():
        # A few hundred draws are enough for a band, but not for every threshold of the diagnostics.
        warnings.simplefilter("ignore", SamplingWarning)
        fit = ss.brm(
            known.formula, data, backend="stanli", chains=CHAINS, iter_warmup=DRAWS, iter_sampling=DRAWS, seed=1,
            show_progress=False, **{"adapt_delta": 0.95, **known.options},
        )  # fmt: skip
    eta = fit.posterior_linpred().values.reshape(CHAINS * DRAWS, N)
    low, high = np.quantile(eta, [0.025, 0.975], axis=0)
    inside = np.mean((low <= eta) & (eta <= high), axis=1)
    return Recovery(
        covered=float(np.mean((low <= truth) & (truth <= high))),
        least=float(np.quantile(inside, FALSE_ALARM)),
        error=float(np.sqrt(np.mean((eta.mean(axis=0) - truth) ** 2)) / truth.std()),
        intercept=float(fit.draws["posterior"]["b_Intercept"].std()),
        divergences=int(fit.draws["sample_stats"]["diverging"].sum()),
    )


@cache
def recovery(name: str) -> Recovery:
    return recover(KNOWN[name])


def test_every_smooth_is_fitted() -> None:
    formulas = " ".join(known.formula for known in KNOWN.values())
    for name in BASES:
        assert f"bs='{name}'" in formulas or name == "tp", name
    for name in TENSORS:
        assert f" {name}(" in formulas, name


@pytest.mark.parametrize("name", KNOWN)
def test_band_covers_the_function(name: str) -> None:
    found = recovery(name)
    assert not found.faults(KNOWN[name]), found


def test_bands_have_their_level_on_average() -> None:
    """Coverage is 95 % across the function (Nychka, 1988, Journal of the American Statistical Association 83).

    With about ten effective parameters, covered or not independently, one smooth's coverage has the standard
    error sqrt(0.95 * 0.05 / 10) = 0.07.
    """
    covered = [recovery(name).covered for name in KNOWN]
    assert np.mean(covered) == pytest.approx(0.95, abs=3 * 0.07 / np.sqrt(len(covered)))


def _replaced(old: str, new: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a change to the text of every program that is written."""

    def write(*arguments: Any, **options: Any) -> StanProgram:
        program = write_program(*arguments, **options)
        assert old in program.code
        return StanProgram(program.code.replace(old, new), program.data, program.variables)

    return lambda patch: patch.setattr(sampling, "write_program", write)


MUTANTS: Mapping[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "deviations that do not follow the data": ("cr", _replaced("sds_1[1] * zs_1_1", "0.02 * zs_1_1")),
    "standardised coefficients in the predictor": ("ps", _replaced("(bs, s_1_1)", "(bs, zs_1_1)")),
    "no fixed columns": ("tp", _replaced("(bs, s_1_1)", "(0 * bs, s_1_1)")),
    "two penalties that do not follow the data": ("te", _replaced("inv_square(sds_1)", "[1e4, 1e4]'")),
    "groups in another order": ("fs", _replaced("sort_indices_asc(Js_1)", "sort_indices_desc(Js_1)")),
    "no constraint": ("cr", lambda patch: patch.setattr(SmoothOptions, "of", partial(SmoothOptions.of, centre=False))),
    "no constraints of a tensor product": (
        "te", lambda patch: patch.setattr(SmoothOptions, "of", partial(SmoothOptions.of, centre=False)),
    ),
    "rows of a level in another order": ("by factor", _replaced("by_1[rows_1]", "by_1[reverse(rows_1)]")),
}  # fmt: skip
"""What goes wrong -> the smooth and the change.  Wrong priors of coefficients are the matter of test_log_density."""


@pytest.mark.parametrize("mutant", MUTANTS)
def test_detects(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, change = MUTANTS[mutant]
    change(monkeypatch)
    assert recover(KNOWN[name]).faults(KNOWN[name])
