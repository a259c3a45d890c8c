"""How the effects of different levels go together: not at all, or by a known covariance matrix."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.errors import FormulaError, suggestion

_Fault = Callable[[str], FormulaError]


@dataclass(frozen=True)
class LevelCovariance(ABC):
    """The covariance of standardised effects over the levels; ``u`` is a matrix with one column per level."""

    known: ClassVar[bool]

    @abstractmethod
    def stan_data(self, index: int) -> StanData:
        """Return the data that it adds."""

    @abstractmethod
    def mix(self, u: str, index: int) -> str:
        """Return the Stan expression that makes independent columns ``u`` covary."""

    @abstractmethod
    def separate(self, r: str, index: int) -> str:
        """Return the Stan expression that undoes ``mix`` for ``r`` with one row per level."""

    @abstractmethod
    def log_determinant(self, index: int) -> str:
        """Return the Stan expression of the log determinant of the root, per coefficient, or nothing."""

    @abstractmethod
    def mixed(self, u: FloatArray) -> FloatArray:
        """Do what ``mix`` does to (draws, m, levels) values."""

    @abstractmethod
    def separated(self, u: FloatArray) -> FloatArray:
        """Undo it."""


@final
@dataclass(frozen=True)
class UnrelatedLevels(LevelCovariance):
    """Levels are independent."""

    known: ClassVar[bool] = False

    def stan_data(self, index: int) -> StanData:
        """Return nothing."""
        return {}

    def mix(self, u: str, index: int) -> str:
        """Return the columns."""
        return u

    def separate(self, r: str, index: int) -> str:
        """Return the rows."""
        return r

    def log_determinant(self, index: int) -> str:
        """Return nothing."""
        return ""

    def mixed(self, u: FloatArray) -> FloatArray:
        """Return the columns."""
        return u

    def separated(self, u: FloatArray) -> FloatArray:
        """Return the columns."""
        return u


@final
@dataclass(frozen=True)
class KnownCovariance(LevelCovariance):
    """Levels covary as a known matrix A = R R' says: the columns of u R' do if those of u are independent.

    With coefficients of covariance S in every level the effects are matrix normal, vec(r) ~ N(0, A x S).

    Args:
        root: (levels, levels) lower Cholesky factor R of A; entries of either sign count.

    Source: Dawid (1981), Biometrika 68, 265-274; Hadfield & Nakagawa (2010), J. Evol. Biol. 23, 494-508.
    """

    root: FloatArray

    known: ClassVar[bool] = True

    def stan_data(self, index: int) -> StanData:
        """Return the Cholesky factor."""
        return {f"Lcov_{index}": self.root}

    def mix(self, u: str, index: int) -> str:
        """Return u R'."""
        return f"{u} * Lcov_{index}'"

    def separate(self, r: str, index: int) -> str:
        """Return R^-1 r."""
        return f"mdivide_left_tri_low(Lcov_{index}, {r})"

    def log_determinant(self, index: int) -> str:
        """Return the sum of the logs of the diagonal of R."""
        return f"sum(log(diagonal(Lcov_{index})))"

    def mixed(self, u: FloatArray) -> FloatArray:
        """Return u R'."""
        return np.asarray(u @ self.root.T)

    def separated(self, u: FloatArray) -> FloatArray:
        """Return u R'^-1."""
        return np.asarray(np.linalg.solve(self.root, u.swapaxes(1, 2)).swapaxes(1, 2))


def bind_covariance(name: str, levels: Sequence[str], objects: Mapping[str, Any], fault: _Fault) -> LevelCovariance:
    """Return the covariance of the levels that a name stands for.

    Args:
        name: the key of ``data2``; empty for independent levels.
        levels: the levels in order.
        objects: ``data2``: name -> a labelled matrix: a pandas DataFrame, an xarray DataArray, or a pair
            (array, labels).
        fault: makes an error that points at the term.

    Raises:
        FormulaError: if there is no such matrix, or it lacks a level, is not symmetric or not positive definite.
    """
    if not name:
        return UnrelatedLevels()
    if name not in objects:
        raise fault(
            f"the covariance matrix {name} is not known{suggestion(name, objects)}; give it as data2={{{name!r}: ...}}"
        )
    matrix, labels = _labelled(name, objects[name], fault)
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise fault(f"two rows of the covariance matrix {name} are called {twice!r}")
    missing = [level for level in levels if level not in labels]
    if missing:
        raise fault(
            f"the covariance matrix {name} lacks {len(missing)} of the {len(levels)} levels, "
            f"{', '.join(map(repr, missing[:5]))}{', ...' if len(missing) > 5 else ''}"
        )
    # Symmetric as R's isSymmetric() takes it: up to 100 times the rounding of the numbers.
    if not np.allclose(matrix, matrix.T, rtol=0, atol=100 * np.finfo(float).eps * float(np.abs(matrix).max())):
        raise fault(f"the covariance matrix {name} is not symmetric")
    place = [labels.index(level) for level in levels]
    try:
        return KnownCovariance(np.asarray(np.linalg.cholesky(_positive(matrix)[np.ix_(place, place)])))
    except np.linalg.LinAlgError:
        raise fault(f"the covariance matrix {name} is not positive definite") from None


def _positive(matrix: FloatArray) -> FloatArray:
    """Return a matrix if it is positive definite, also for levels that are not used."""
    if np.linalg.eigvalsh(matrix)[0] <= 0:
        raise np.linalg.LinAlgError
    return matrix


def _labelled(name: str, given: Any, fault: _Fault) -> tuple[FloatArray, list[str]]:
    if isinstance(given, (tuple, list)) and len(given) == 2 and not np.isscalar(given[0]):
        values, labels = given
    elif hasattr(given, "dims") and any(dim in given.coords for dim in given.dims):
        values, labels = given.values, next(given.coords[dim].values for dim in given.dims if dim in given.coords)
    elif hasattr(given, "index") and hasattr(given, "to_numpy"):
        values, labels = given.to_numpy(), given.index
    else:
        raise fault(
            f"the covariance matrix {name} needs names of its rows: give a pandas DataFrame whose index holds the "
            f"levels, or a pair (array, names); found {type(given).__name__}"
        )
    try:
        matrix = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise fault(f"the covariance matrix {name} must hold numbers") from None
    names = [_text(label) for label in labels]
    if matrix.ndim != 2 or matrix.shape != (len(names), len(names)):
        shape = " x ".join(map(str, matrix.shape))
        raise fault(
            f"the covariance matrix {name} must be square with one name per row, found {shape} numbers "
            f"and {len(names)} names"
        )
    if not np.isfinite(matrix).all():
        raise fault(f"the covariance matrix {name} has missing or infinite values")
    return matrix, names


def _text(label: Any) -> str:
    whole = isinstance(label, (float, np.floating)) and float(label).is_integer()
    return str(int(label)) if whole else str(label)
