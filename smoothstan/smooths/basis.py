"""What a smooth basis is: a request from the formula, and what the data made of it.

Implementing a basis: write ``smooths/<name>.py`` with a frozen dataclass derived from ``PlacedBasis``
(or ``GroupedBasis``) and a function ``place(covariates, request)`` that returns one, and add one line
to ``smooths/__init__``.  No template is needed: all bases share one.  A basis knows nothing of ``by``,
``pc``, ``fx``, ``sp`` and of the scaling of penalties: ``construct.py`` does these for every basis.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

import numpy as np

from smoothstan.arrays import Contiguous, FloatArray, IntArray
from smoothstan.smooths.constraint import null_space_of
from smoothstan.table import Factor, describe

Covariate: TypeAlias = FloatArray | Factor
"""(n,) finite numbers, or a factor."""

Covariates: TypeAlias = tuple[Covariate, ...]


_MOST_COLUMNS = 10_000
"""The penalty of a basis with more columns, a dense matrix, would not fit into memory."""


class Unsuitable(ValueError):
    """A request that a basis cannot fulfil; ``place`` is the option or the number of the covariate at fault."""

    def __init__(self, message: str, place: str | int) -> None:
        self.place = place
        super().__init__(message)


def side_by_side(covariates: Covariates) -> FloatArray:
    """Return numeric covariates as one (n, d) matrix."""
    return np.column_stack([c for c in covariates if not isinstance(c, Factor)])


@dataclass(frozen=True)
class Request:
    """What a formula asks of a basis.

    Args:
        names: the labels of the covariates, for messages.
        k: dimension of the basis, empty for the default; several where a basis takes several.
        m: order of the penalty and the like, empty for the default; what it means is the basis's own.
        xt: further settings by name, e.g. ``{"max.knots": 200}``; a bare string, ``xt = "cr"``, as
            ``{"bs": "cr"}``.
        knots: what the user gave per covariate: numbers, level names, or None.
        linked: whether the term has an ``id``, so that all its penalties share one smoothing parameter.
    """

    names: tuple[str, ...]
    k: tuple[int, ...] = ()
    m: tuple[Any, ...] = ()
    xt: Mapping[str, Any] = field(default_factory=dict)
    knots: tuple[Any, ...] = ()
    linked: bool = False

    def known_settings(self, *allowed: str) -> None:
        """Raise Unsuitable if ``xt`` has a setting that the basis does not know."""
        for name in self.xt:
            if name not in allowed:
                known = f"known: {', '.join(allowed)}" if allowed else "this basis has none"
                raise Unsuitable(f"unknown setting {name!r} in xt; {known}", "xt")

    def dimension(self, default: int, minimum: int) -> int:
        """Return ``k``, or the default; ValueError if it is below the minimum or not one number."""
        if not self.k:
            return max(default, minimum)
        if len(self.k) > 1:
            raise Unsuitable(f"k must be one number here, found {len(self.k)}", "k")
        if self.k[0] < minimum:
            raise Unsuitable(f"k must be at least {minimum}, found {self.k[0]}", "k")
        if self.k[0] > _MOST_COLUMNS:
            raise Unsuitable(f"k must be at most {_MOST_COLUMNS}, found {self.k[0]}", "k")
        return self.k[0]

    def knots_of(self, i: int) -> FloatArray | None:
        """Return the user's numeric knots of covariate ``i``, or None; ValueError if they are no list of numbers."""
        given = self.knots[i] if i < len(self.knots) else None
        if given is None:
            return None
        try:
            numbers = np.asarray(given, dtype=float)
        except (TypeError, ValueError):
            raise ValueError(f"the knots of {self.names[i]} must be numbers, found {given!r:.60}") from None
        if numbers.ndim != 1:
            raise ValueError(f"the knots of {self.names[i]} must be one list of numbers, found {given!r:.60}")
        return numbers

    def numbers(self, covariates: Covariates) -> FloatArray:
        """Return numeric covariates side by side, (n, d); ValueError if one is a factor."""
        for i, (name, covariate) in enumerate(zip(self.names, covariates, strict=True)):
            if isinstance(covariate, Factor):
                raise Unsuitable(f"{name} must be numeric here, but it is {describe(covariate)}", i)
        return side_by_side(covariates)

    def one_number(self, covariates: Covariates) -> FloatArray:
        """Return the one numeric covariate, (n,); ValueError if there are more."""
        if len(covariates) != 1:
            raise ValueError(f"this basis takes one covariate, found {len(covariates)} ({', '.join(self.names)})")
        return np.asarray(self.numbers(covariates)[:, 0], dtype=float)


@dataclass(frozen=True)
class PlacedBasis(Contiguous, ABC):
    """A basis whose knots are fixed.  ``p`` is its number of columns."""

    random_effect: ClassVar[bool] = False
    """Whether it is a plain random effect, ``bs="re"``."""

    nests: ClassVar[bool] = True
    """Whether columns that a lower smooth of the same covariate already has are to be taken out."""

    costly: ClassVar[bool] = False
    """Whether an evaluation takes so long that it pays to keep the result while a smooth is being made."""

    tensor_values: ClassVar[bool] = True
    """Whether a tensor product expresses this margin by its values at evenly spaced points."""

    constrains_itself: ClassVar[bool] = False
    """Whether ranks and null space are stated under a constraint of its own, other than centring."""

    @abstractmethod
    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the basis.

        Args:
            covariates: anywhere on the real line; outside the knots the basis extrapolates.  A factor has
                the levels of the fit; a code of -1 (a new level) gives a row of zeros.

        Returns:
            (n, p) matrix.
        """

    @property
    @abstractmethod
    def penalties(self) -> tuple[FloatArray, ...]:
        """The penalty matrices, each (p, p), symmetric positive semi-definite."""

    @property
    @abstractmethod
    def ranks(self) -> tuple[int, ...]:
        """The rank of every penalty."""

    @property
    @abstractmethod
    def null_space_dimension(self) -> int:
        """The number of directions that no penalty touches."""

    @property
    def n_columns(self) -> int:
        """p, the number of columns of the design."""
        return len(self.penalties[0])

    @property
    def penalty_names(self) -> tuple[str, ...]:
        """What distinguishes the penalties in names of smoothing parameters; empty for plain numbers."""
        return ()

    @property
    def centred(self) -> bool:
        """Whether the smooth is to sum to zero over the rows."""
        return True

    @property
    def knots(self) -> FloatArray | None:
        """The knots, (k,) or (k, d); None if the basis has none."""
        return None

    def absorb(self, column_sums: FloatArray) -> FloatArray | None:
        """Return the (p, q) map onto the coefficients that satisfy the constraint, None for all of them.

        Args:
            column_sums: (p,) sums of the columns of the design over the rows of the data.
        """
        return null_space_of(column_sums[None, :]) if self.centred else None


@dataclass(frozen=True)
class GroupedBasis(PlacedBasis):
    """The same few columns for every level of a factor, with diagonal penalties: ``re`` and ``fs``.

    Column ``g * q + j`` is column ``j`` of the ``q`` inner columns at the rows of group ``g`` and zero
    elsewhere.  Models use the inner columns and the codes; the dense matrix is made only when asked for.
    """

    nests: ClassVar[bool] = False

    @property
    @abstractmethod
    def n_groups(self) -> int:
        """The number of groups."""

    @abstractmethod
    def codes(self, covariates: Covariates) -> IntArray:
        """Return the group of every row, (n,); -1 where the level is new."""

    @abstractmethod
    def inner(self, covariates: Covariates) -> FloatArray:
        """Return the (n, q) columns shared by all groups."""

    @property
    @abstractmethod
    def inner_penalties(self) -> tuple[FloatArray, ...]:
        """The diagonals, each (q,), of the penalties on the coefficients of one group."""

    @property
    def n_inner(self) -> int:
        """q, the number of columns shared by all groups."""
        return len(self.inner_penalties[0])

    @property
    def n_columns(self) -> int:
        """The number of columns of the dense design."""
        return self.n_groups * self.n_inner

    @property
    def centred(self) -> bool:
        """Not constrained."""
        return False

    def design(self, covariates: Covariates) -> FloatArray:
        """Return the dense (n, n_groups * q) matrix."""
        inner, codes = self.inner(covariates), self.codes(covariates)
        n, q = inner.shape
        dense = np.zeros((n, self.n_groups, q))
        known = np.flatnonzero(codes >= 0)
        dense[known, codes[known]] = inner[known]
        return dense.reshape(n, -1)

    @property
    def penalties(self) -> tuple[FloatArray, ...]:
        """Diagonal penalties, repeated for every group."""
        return tuple(np.diag(np.tile(diagonal, self.n_groups)) for diagonal in self.inner_penalties)

    @property
    def ranks(self) -> tuple[int, ...]:
        """The number of penalised coefficients."""
        return tuple(self.n_groups * int(np.count_nonzero(d)) for d in self.inner_penalties)

    @property
    def null_space_dimension(self) -> int:
        """The number of coefficients without a penalty."""
        untouched = ~np.any([d > 0 for d in self.inner_penalties], axis=0)
        return self.n_groups * int(np.count_nonzero(untouched))


Place: TypeAlias = Callable[[Covariates, Request], PlacedBasis]
"""Fix a basis at the covariates of the data.

Raises ValueError, saying what is wrong with the request or the covariates (which, found, allowed); the
caller adds the term.
"""
