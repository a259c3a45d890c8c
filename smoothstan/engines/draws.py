"""What every engine returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from smoothstan.arrays import FloatArray

SAMPLER_STATISTICS = {
    "lp__": "lp",
    "accept_stat__": "acceptance_rate",
    "stepsize__": "step_size",
    "treedepth__": "tree_depth",
    "n_leapfrog__": "n_steps",
    "divergent__": "diverging",
    "energy__": "energy",
}
"""Stan's names of the sampler's columns -> ArviZ's."""


@dataclass(frozen=True)
class RawDraws:
    """Draws as Stan names them.

    Args:
        columns: names such as ``"b[1]"``.
        values: (chains, draws, columns).
        statistics: Stan's name of a sampler statistic -> (chains, draws).
        engine: the engine's name and version.
        seed: the seed that was used.
        seconds: wall time of compiling or translating, and of sampling.
    """

    columns: tuple[str, ...]
    values: FloatArray
    statistics: Mapping[str, FloatArray]
    engine: str
    seed: int
    seconds: Mapping[str, float] = field(default_factory=dict)
