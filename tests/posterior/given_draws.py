"""Fits with draws that nothing sampled: given by name, or made up where the test does not mind."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from unittest import mock

import numpy as np
import pandas as pd

import smoothstan as ss
from smoothstan.codegen import StanProgram
from smoothstan.engines import RawDraws, SamplingOptions
from smoothstan.errors import SamplingWarning
from smoothstan.terms import Variable

_STATISTICS = {
    "lp__": 0.0, "accept_stat__": 0.9, "stepsize__": 0.5, "treedepth__": 3.0, "n_leapfrog__": 7.0, "divergent__": 0.0,
    "energy__": 100.0,
}  # fmt: skip


@dataclass(frozen=True)
class GivenDraws:
    """An engine whose draws are there already: posterior variable -> value, (draws,) or (draws, ...)."""

    given: Mapping[str, Any]
    ndraws: int
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    name: ClassVar[str] = "given"

    def sample(self, program: StanProgram, options: SamplingOptions) -> RawDraws:
        """Return one chain."""
        columns: dict[str, np.ndarray] = {}
        known = set()
        for variable in program.variables:
            known.add(variable.name)
            columns |= zip(variable.columns, self._values(variable).reshape(self.ndraws, -1).T, strict=True)
        assert set(self.given) <= known, sorted(set(self.given) - known)
        statistics = {name: np.full((1, self.ndraws), value) for name, value in _STATISTICS.items()}
        values = np.stack(list(columns.values()), axis=-1)[None]
        return RawDraws(tuple(columns), values, statistics, "given", seed=1)

    def _values(self, variable: Variable) -> np.ndarray:
        shape = (self.ndraws, *map(len, variable.coords))
        if variable.name in self.given:
            given = np.asarray(self.given[variable.name], dtype=float)
            return np.broadcast_to(given[:, None] if given.ndim == 1 and len(shape) == 2 else given, shape)
        if variable.name.startswith("cor_"):
            return self.rng.uniform(-0.7, 0.7, size=shape)
        values = self.rng.normal(size=shape)
        positive = variable.name.split("_")[0] in ("sd", "sds", "sigma", "nu", "phi", "shape")
        return np.abs(values) + 1.5 if positive else values


def fit_of_draws(
    formula: Any, data: pd.DataFrame | dict[str, Any], *, family: Any = "gaussian", ndraws: int = 5, **given: Any
) -> ss.Posterior:
    """Return a fit with these draws."""
    engine = GivenDraws(given, ndraws)
    with mock.patch("smoothstan.api.choose_engine", return_value=engine), warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        return ss.brm(formula, data, family=family, chains=1, iter_warmup=0, iter_sampling=ndraws)
