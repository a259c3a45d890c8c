"""A fit: what was asked for, the model, and the draws; what every answer is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.codegen import prior_data
from smoothstan.design import Design
from smoothstan.engines import SamplingOptions
from smoothstan.priors import Prior, PriorTable
from smoothstan.terms import SmoothOptions

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class FitModel:
    """All of a fit but the draws: what ``save`` stores beside them.

    Args:
        design: the model bound to its data.
        priors: the prior of every parameter.
        code: the Stan program.
        options: how it was sampled, with the seed that was used.
        sample_prior: ``"no"``, ``"yes"`` or ``"only"``.
        engine: name and version of the engine that sampled it.
        backend: the engine that was asked for.
        given_priors: the priors that the user gave, for fits to other data.
        smooth_options: the knots and objects that the user gave for smooths.
        data_sets: the number of data sets, of which ``design`` holds the first; each has as many chains, in order.
    """

    design: Design
    priors: PriorTable
    code: str
    options: SamplingOptions
    sample_prior: str
    engine: str
    backend: str = "auto"
    given_priors: tuple[Prior, ...] = ()
    smooth_options: SmoothOptions = field(default_factory=SmoothOptions)
    data_sets: int = 1


@dataclass(frozen=True, repr=False)
class Fitted:
    """Draws from the posterior of a model, with everything needed to use them.

    ``draws`` is an xarray DataTree with the groups posterior, sample_stats, observed_data and
    constant_data, for some models also latent; variables carry brms's names.  ``criteria`` holds what ``add_criterion``
    computed, by name.
    """

    model: FitModel
    draws: xr.DataTree
    criteria: Mapping[str, Any] = field(default_factory=dict)

    @property
    def design(self) -> Design:
        """The model bound to its data."""
        return self.model.design

    @property
    def formula(self) -> str:
        """The formulas as written."""
        return str(self.design.formula)

    @property
    def family(self) -> str:
        """The name of the response family."""
        return self.design.family.name

    @property
    def stancode(self) -> str:
        """The Stan program."""
        return self.model.code

    @property
    def standata(self) -> StanData:
        """The data for Stan under brms's names."""
        model = self.model
        return self.design.stan_data(prior_only=model.sample_prior == "only") | prior_data(self.design, model.priors)

    @property
    def priors(self) -> PriorTable:
        """The priors that were used."""
        return self.model.priors

    @property
    def chains(self) -> int:
        """The number of chains."""
        return int(self.draws["posterior"].sizes["chain"])

    @property
    def ndraws(self) -> int:
        """The number of draws after warm-up, over all chains."""
        return self.chains * int(self.draws["posterior"].sizes["draw"])

    @cached_property
    def flat(self) -> Mapping[str, FloatArray]:
        """Posterior variable -> (draws, ...), chain by chain; laid out as after loading, see ``Contiguous``."""
        return self._flattened("posterior")

    @property
    def latent(self) -> Mapping[str, FloatArray]:
        """The same of the parameters that the posterior does not show; mostly nothing."""
        return self._flattened("latent") if "latent" in self.draws.children else {}

    def _flattened(self, group: str) -> Mapping[str, FloatArray]:
        return {
            str(name): np.ascontiguousarray(array.values, dtype=float).reshape(self.ndraws, *array.shape[2:])
            for name, array in self.draws[group].dataset.data_vars.items()
        }

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is computed again where it is needed, so that a fit travels light to other processes."""
        return {name: value for name, value in vars(self).items() if name in self.__dataclass_fields__}
