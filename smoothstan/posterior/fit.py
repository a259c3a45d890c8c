"""The fitted model."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import final

from smoothstan.posterior.checking import Checking
from smoothstan.posterior.comparing import Comparing
from smoothstan.posterior.conditioning import Conditioning
from smoothstan.posterior.handling import Handling
from smoothstan.posterior.hypotheses import Hypotheses
from smoothstan.posterior.marginal_effects import MarginalEffects
from smoothstan.posterior.storage import load_tree
from smoothstan.posterior.tables import Tables


@final
@dataclass(frozen=True, repr=False)
class Posterior(Tables, MarginalEffects, Conditioning, Hypotheses, Comparing, Checking, Handling):
    """Draws from the posterior of a model, with everything needed to use them.

    ``draws`` is an xarray DataTree with the groups posterior, sample_stats, observed_data and
    constant_data, for some models also latent; variables carry brms's names.  The methods stand with their kind:
    ``Predictions``, ``Tables``, ``MarginalEffects``, ``Conditioning``, ``Hypotheses``, ``Comparing``, ``Checking``,
    ``Handling``.
    """


def load_fit(path: str | os.PathLike[str]) -> Posterior:
    """Read a fit that ``Posterior.save`` wrote.

    Raises:
        StorageError: if there is no such file, it is damaged, or something else wrote it.
    """
    return load_tree(path, Posterior)
