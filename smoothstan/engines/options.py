"""How to sample."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smoothstan.errors import OptionError

Inits = float | Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
"""Starting values: None for random ones, a radius, one dict for all chains or one per chain."""


@dataclass(frozen=True)
class SamplingOptions:
    """Options of the sampler under cmdstanpy's names; checked when made."""

    chains: int = 4
    iter_warmup: int = 1000
    iter_sampling: int = 1000
    parallel_chains: int | None = None
    seed: int | None = None
    adapt_delta: float = 0.8
    max_treedepth: int = 10
    inits: Inits = None
    show_progress: bool = True

    def __post_init__(self) -> None:
        _whole("chains", self.chains, 1)
        _whole("iter_warmup", self.iter_warmup, 0)
        _whole("iter_sampling", self.iter_sampling, 1)
        _whole("max_treedepth", self.max_treedepth, 1)
        if self.parallel_chains is not None:
            _whole("parallel_chains", self.parallel_chains, 1)
        if self.seed is not None:
            _whole("seed", self.seed, 0)
            if self.seed >= 2**32:
                raise OptionError(f"seed must be below 2**32, got {self.seed}")
        if not 0 < self.adapt_delta < 1:
            raise OptionError(f"adapt_delta must lie strictly between 0 and 1, got {self.adapt_delta}")
        if isinstance(self.inits, (int, float)) and self.inits < 0:
            raise OptionError(f"inits as a number is a radius and must not be negative, got {self.inits}")
        if isinstance(self.inits, Sequence) and len(self.inits) != self.chains:
            raise OptionError(f"inits has {len(self.inits)} entries for {self.chains} chains")

    @property
    def parallel(self) -> int:
        """The number of chains to run at the same time: as many as there are processors, by default."""
        return min(self.chains, self.parallel_chains or os.cpu_count() or 1)


def _whole(name: str, value: Any, minimum: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
        raise OptionError(f"{name} must be a whole number of at least {minimum}, got {value!r}")
