"""How to sample."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from smoothstan.errors import OptionError
from smoothstan.numerals import is_number

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
        check_whole("chains", self.chains, 1)
        check_whole("iter_warmup", self.iter_warmup, 0)
        check_whole("iter_sampling", self.iter_sampling, 1)
        check_whole("max_treedepth", self.max_treedepth, 1)
        if self.parallel_chains is not None:
            check_whole("parallel_chains", self.parallel_chains, 1)
        if self.seed is not None:
            check_whole("seed", self.seed, 0)
            if self.seed >= 2**32:
                raise OptionError(f"seed must be below 2**32, got {self.seed}")
        if not (is_number(self.adapt_delta) and 0 < self.adapt_delta < 1):
            raise OptionError(f"adapt_delta must lie strictly between 0 and 1, got {self.adapt_delta!r}")
        if not isinstance(self.show_progress, bool):
            raise OptionError(f"show_progress must be True or False, got {self.show_progress!r}")
        _check_inits(self.inits, self.chains)

    @property
    def parallel(self) -> int:
        """The number of chains to run at the same time: as many as there are processors, by default."""
        return min(self.chains, self.parallel_chains or os.cpu_count() or 1)


def check_whole(name: str, value: Any, minimum: int) -> None:
    """Raise OptionError unless ``value`` is a whole number of at least ``minimum``."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < minimum:
        raise OptionError(f"{name} must be a whole number of at least {minimum}, got {value!r}")


def _check_inits(inits: Any, chains: int) -> None:
    if inits is None or isinstance(inits, Mapping):
        return
    if is_number(inits):
        if inits < 0:
            raise OptionError(f"inits as a number is a radius and must not be negative, got {inits}")
        return
    if not isinstance(inits, (list, tuple)):
        raise OptionError(
            f"inits must be a radius, 'gam', a dict of values by Stan name or one dict per chain, got {inits!r}"
        )
    for values in inits:
        if not isinstance(values, Mapping):
            raise OptionError(f"inits as a list holds one dict of values per chain, got {values!r}")
    if len(inits) != chains:
        raise OptionError(f"inits has {len(inits)} entries for {chains} chains")
