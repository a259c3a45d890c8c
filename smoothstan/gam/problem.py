"""What is to be fitted: a model matrix, a response, penalties on blocks of coefficients, a family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, OptionError
from smoothstan.families.links import Link
from smoothstan.families.penalised import PenalisedFamily
from smoothstan.gam.model_matrix import ModelMatrix, dense

METHODS = ("REML", "ML", "GCV")


@dataclass(frozen=True)
class PenaltyBlock:
    """The coefficients of one smooth and their penalties.

    Args:
        start, stop: its columns in the model matrix.
        penalties: (q, q) matrices S_j, scaled; empty for an unpenalised smooth.
        ranks: their ranks.
        scales: what they were divided by (mgcv's S.scale), for the variance components.
        label: its name in messages and tables.
        null_space_dimension: the dimension of the space that no penalty reaches.
        random_effect: True for a term that was written as a random effect (``bs="re"``).
        fixed_sp: for each penalty its smoothing parameter if the user gave it, else None.
        links: for each penalty a name, or None; penalties of one name share their smoothing parameter.
        tested_as_random: whether its test is the one of a random effect; default: if no function of it is unpenalised.
        names: for each penalty what its smoothing parameter is called; default the label, numbered if several.
    """

    start: int
    stop: int
    penalties: tuple[FloatArray, ...]
    ranks: tuple[int, ...]
    scales: tuple[float, ...]
    label: str
    null_space_dimension: int
    random_effect: bool = False
    fixed_sp: tuple[float | None, ...] | None = None
    links: tuple[str | None, ...] | None = None
    tested_as_random: bool | None = None
    names: tuple[str, ...] | None = None

    @property
    def random_test(self) -> bool:
        """Whether its test is the one of a random effect."""
        if self.tested_as_random is not None:
            return self.tested_as_random
        return self.null_space_dimension == 0 and bool(self.penalties)

    @property
    def size(self) -> int:
        """The number of coefficients."""
        return self.stop - self.start

    @property
    def columns(self) -> slice:
        """Its columns."""
        return slice(self.start, self.stop)

    def penalty_names(self) -> tuple[str, ...]:
        """Return the names of the smoothing parameters."""
        if self.names is not None:
            return self.names
        count = len(self.penalties)
        return (self.label,) if count == 1 else tuple(f"{self.label}{j + 1}" for j in range(count))


@dataclass(frozen=True)
class Problem:
    """A penalised regression.

    Args:
        X: (n, p) array, or anything with the products of ``ModelMatrix``.
        y: (n,) response; proportions for the binomial family.
        weights: (n,) positive prior weights; numbers of trials for the binomial family.
        offset: (n,).
        blocks: the smooths, in the order of their columns; columns in no block are unpenalised.
        family, link: the distribution and the link of its mean.
        method: ``"REML"``, ``"ML"`` or ``"GCV"`` (UBRE where the scale is known).
        scale: a known scale, or None for the family's rule.
    """

    X: FloatArray | ModelMatrix
    y: FloatArray
    weights: FloatArray
    offset: FloatArray
    blocks: tuple[PenaltyBlock, ...]
    family: PenalisedFamily
    link: Link
    method: str = "REML"
    scale: float | None = None

    @property
    def matrix(self) -> ModelMatrix:
        """The model matrix behind its four products."""
        return dense(self.X) if isinstance(self.X, np.ndarray) else self.X

    @property
    def known_scale(self) -> float | None:
        """The scale that was given or that the family has; None if it is estimated."""
        return self.scale if self.scale is not None else (1.0 if self.family.scale_known else None)

    @property
    def scale_known(self) -> bool:
        """Whether the scale is not estimated."""
        return self.known_scale is not None

    def check(self) -> None:
        """Raise DataError or OptionError if this cannot be fitted."""
        if self.method not in METHODS:
            raise OptionError(f"method is one of {', '.join(METHODS)}, got {self.method!r}")
        n = self.matrix.rows
        for what, values in (("response", self.y), ("weights", self.weights), ("offset", self.offset)):
            if values.shape != (n,):
                raise DataError(f"the {what} has shape {values.shape}, the model matrix has {n} rows")
            if not np.all(np.isfinite(values)):
                raise DataError(f"the {what} has missing or infinite values")
        if np.any(self.weights <= 0):
            row = int(np.argmax(self.weights <= 0))
            raise DataError(
                f"weights are positive numbers, found {self.weights[row]:g} in row {row} of the rows used (rows count "
                "from 0); leave out rows of weight zero"
            )
        for block in self.blocks:
            _check_block(block)
        self.family.check(self.y, self.weights)
        _check_size(self)


def _check_block(block: PenaltyBlock) -> None:
    for j, given in enumerate(block.fixed_sp or ()):
        if given is not None and not (np.isfinite(given) and given > 0):
            raise OptionError(f"sp of {block.penalty_names()[j]} must be a positive number, got {given}")
    for penalty in block.penalties:
        if penalty.shape != (block.size, block.size):
            raise DataError(f"{block.label} has {block.size} coefficients, but a penalty of shape {penalty.shape}")
        if not np.all(np.isfinite(penalty)):
            raise DataError(f"the penalty of {block.label} has missing or infinite values")


def _check_size(problem: Problem) -> None:
    """Refuse more coefficients than data; random effects may have as many as they like."""
    n, p = problem.matrix.rows, problem.matrix.columns
    if p == 0:
        raise DataError("the model has no coefficients: give it an intercept or a term")
    counted = p - sum(block.size for block in problem.blocks if block.random_effect)
    if counted > n:
        shrinkable = [block for block in problem.blocks if not block.random_effect]
        largest = max(shrinkable, key=lambda block: block.size, default=None)
        advice = "" if largest is None else f"; make {largest.label}, which has {largest.size} of them, smaller"
        raise DataError(
            f"the model has {counted} coefficients (random effects aside) for {n} "
            f"{'row' if n == 1 else 'rows'} of data{advice}"
        )
