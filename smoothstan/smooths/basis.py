"""What a smooth basis is, before and after its knots are placed.

Implementing a basis: write ``smooths/<name>.py`` with a frozen dataclass for what is asked (``k``,
knots, order) whose ``place(x)`` returns a second frozen dataclass for what the data made of it, and
add one line to ``smooths/__init__``.  No template is needed: all bases share one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from smoothstan.arrays import FloatArray


@dataclass(frozen=True)
class PlacedBasis(ABC):
    """A basis whose knots are fixed.  ``p`` is its number of columns, ``d`` of covariates."""

    @abstractmethod
    def design(self, x: FloatArray) -> FloatArray:
        """Evaluate the basis.

        Args:
            x: (n, d) covariates, anywhere on the real line; outside the knots the basis extrapolates.

        Returns:
            (n, p) matrix.
        """

    @property
    @abstractmethod
    def penalties(self) -> tuple[FloatArray, ...]:
        """The penalty matrices, each (p, p), symmetric positive semi-definite."""

    @property
    @abstractmethod
    def null_space_dimension(self) -> int:
        """The number of directions that no penalty touches."""


@dataclass(frozen=True)
class Basis(ABC):
    """A basis as asked for: ``k`` columns, knots not placed yet."""

    k: int

    name: ClassVar[str]
    default_k: ClassVar[int]
    minimum_k: ClassVar[int]

    @abstractmethod
    def place(self, x: FloatArray, knots: FloatArray | None = None) -> PlacedBasis:
        """Fix the knots from the (n, d) covariates, or take the given ones.

        Raises:
            ValueError: saying what is wrong with the covariates or knots; the caller adds the term.
        """
