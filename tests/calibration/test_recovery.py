"""Every family and every addition to the response finds the parameters that its data were drawn from."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from recovery_cases import ADDITION_CASES, FAMILY_CASES

import smoothstan as ss
from smoothstan.errors import SamplingWarning
from smoothstan.families import FAMILIES

pytestmark = pytest.mark.calibration

CASES = FAMILY_CASES | {f"{name}()": case for name, case in ADDITION_CASES.items()}


def test_no_family_is_missing() -> None:
    assert set(FAMILY_CASES) == set(FAMILIES)


def test_no_addition_is_missing() -> None:
    built = {addition for kind in FAMILIES.values() for addition in kind.optional_additions}
    # All families take subset; the families of successes are fitted with trials.
    assert {name.split()[0] for name in ADDITION_CASES} | {"trials"} == built | {"subset"}


@pytest.mark.parametrize("name", CASES)
def test_recovers_parameters(name: str) -> None:
    case = CASES[name]
    with warnings.catch_warnings():
        # 600 draws are few for the tails of some posteriors, and enough for a mean and a deviation.
        warnings.simplefilter("ignore", SamplingWarning)
        fit = ss.brm(
            case.formula, case.data([*name.encode(), 3]), family=case.family, backend="stanli", chains=2,
            iter_warmup=300, iter_sampling=300, seed=1, show_progress=False,
        )  # fmt: skip
    draws = fit.as_pandas(list(case.truth))
    distance = {key: (draws[key].mean() - value) / draws[key].std() for key, value in case.truth.items()}
    # About 110 parameters; a normal variable is further from its mean than 4 deviations once in 16000 times.
    assert np.max(np.abs(list(distance.values()))) < 4, distance
    assert draws["b_x" if "b_x" in draws else "b_mub_x"].std() < 0.25, "4 deviations that hold any slope"
