"""The program of smoothstan beside one in the form in which brms 2.18 writes the same model.

The brms form loops over the rows for group effects, leaves smooths outside the GLM primitive with one product
each, and keeps brms's order of parameters.  The programs in ``brms_programs`` are written by hand; the
numbers of the default priors are data there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.codegen import StanProgram, write_program
from smoothstan.codegen.program import declared_data
from smoothstan.engines import RawDraws
from smoothstan.engines.data import to_json
from smoothstan.posterior import FitRequest
from smoothstan.priors import PriorTable

_FOLDER = Path(__file__).parent / "brms_programs"
_PARAMETERS = ("Intercept", "b", "bs", "sds_1", "zs_1_1", "sd_1", "z_1", "L_1", "sigma", "zi")
_BRMS_NAMES = {"sds_1": "sds_1_1"}
_POINTS = 5
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class ProgramPair:
    """Two programs with the same posterior."""

    ours: StanProgram
    brms_form: StanProgram


def program_pair(formula: str, data: Any, family: str, brms_program: str) -> ProgramPair:
    """Write our program and read the one in brms's form, both with their data."""
    design, priors = FitRequest.of(formula, family).bind(data)
    code = (_FOLDER / f"{brms_program}.stan").read_text()
    available = design.stan_data() | _prior_numbers(priors)
    chosen = {name: available[name] for name in declared_data(code)}
    return ProgramPair(write_program(design, priors, version="benchmark"), StanProgram(code, chosen, ()))


def _prior_numbers(priors: PriorTable) -> dict[str, float]:
    prior = priors.resolve("Intercept").distribution
    if prior is None:
        raise ValueError("the benchmark's models have a student_t prior on the intercept")
    _, location, scale = prior.arguments
    return {"prior_location": location, "prior_scale": scale}


def density_difference(pair: ProgramPair, draws: RawDraws) -> float:
    """Return log density of ours minus brms's form, checked to be the same at several draws of ours.

    Raises:
        ValueError: if the difference varies by more than 1e-6, so that the posteriors are not the same.
    """
    rows = np.linspace(0, draws.values.shape[0] * draws.values.shape[1] - 1, _POINTS).astype(int)
    ours, theirs = stanli_models(pair)
    points = [parameter_values(draws, row) for row in rows]
    difference = np.array([_log_density(ours, p) - _log_density(theirs, brms_values(p)) for p in points])
    if np.ptp(difference) > _TOLERANCE:
        raise ValueError(f"the two programs differ in more than a constant: {difference}")
    return float(difference.mean())


def start_models(pair: ProgramPair, draws: RawDraws) -> tuple[tuple[Any, FloatArray], tuple[Any, FloatArray]]:
    """Return each program as stanli runs it, with the last draw of ours as its unconstrained starting point."""
    ours, theirs = stanli_models(pair)
    last = parameter_values(draws, -1)
    return (ours, ours.unconstrain(last)), (theirs, theirs.unconstrain(brms_values(last)))


def stanli_models(pair: ProgramPair) -> tuple[Any, Any]:
    """Return both programs as stanli runs them."""
    import stanli

    ours, theirs = (
        stanli.Model(stan_code=program.code, data=to_json(program.data).decode())
        for program in (pair.ours, pair.brms_form)
    )
    return ours, theirs


def parameter_values(draws: RawDraws, row: int) -> dict[str, list[float]]:
    """Return the parameters of one draw of our program, every array flat with its first index fastest."""
    values: dict[str, list[float]] = {}
    flat = draws.values.reshape(-1, len(draws.columns))
    for column, value in zip(draws.columns, flat[row].tolist(), strict=True):
        name = column.partition("[")[0]
        if name in _PARAMETERS:
            values.setdefault(name, []).append(value)
    return values


def brms_values(values: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """Return the same values under the names of brms's form."""
    return {_BRMS_NAMES.get(name, name): value for name, value in values.items()}


def _log_density(model: Any, values: Mapping[str, list[float]]) -> float:
    return float(model.log_prob_grad(model.unconstrain(dict(values)))[0])
