"""Adaptive smooths, ``bs="ad"``: P-splines whose smoothing parameter varies with the covariates.

The penalty on squared second differences is weighted along the covariate by a small B-spline basis with
one smoothing parameter per function; ``m`` is the number of functions (per covariate).

Source: Wood (2011), JRSSB 73, 3-36, section 5.1; Wood (2017), section 5.3.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.smooths import cubic_regression, cyclic_cubic, cyclic_p_spline, p_spline
from smoothstan.smooths.basis import Covariates, PlacedBasis, Request, Unsuitable
from smoothstan.smooths.kronecker import row_kronecker
from smoothstan.smooths.penalty import numerical_rank
from smoothstan.smooths.settings import check_settings, whole_numbers

_DEFAULT_K = (40, 15)
_DEFAULT_PIECES = (5, 3)
_BASES = {
    "ps": p_spline.place,
    "cp": cyclic_p_spline.place,
    "cr": cubic_regression.place,
    "cc": cyclic_cubic.place,
}
_CYCLIC = ("cp", "cc")
_CUBIC = (2, 2)


def place(covariates: Covariates, request: Request) -> PlacedBasis:
    """Place a P-spline of one covariate, or the product of P-splines of two, with adaptive penalties."""
    if len(covariates) == 1:
        return _place_line(covariates, request)
    if len(covariates) == 2:
        return _place_surface(covariates, request)
    raise ValueError(f"an adaptive smooth takes one or two covariates, found {len(covariates)}")


def _place_line(covariates: Covariates, request: Request) -> PlacedAdaptiveLine:
    check_settings(request, ("bs",))
    name = request.xt.get("bs", "ps")
    if name not in _BASES:
        raise ValueError(f"an adaptive smooth has bs {', '.join(_BASES)} in xt, found {name!r}")
    (pieces,) = _per_covariate(request.m, 1, "m") or _DEFAULT_PIECES[:1]
    (k,) = _per_covariate(request.k, 1, "k") or _DEFAULT_K[:1]
    if pieces < 0:
        raise ValueError(f"m, the number of penalties, must be at least 0 here, found {pieces}")
    spline = _BASES[name](covariates, Request(request.names, (k,), _CUBIC, knots=request.knots))
    columns = k - 1 if name == "cc" else k
    if pieces > 1 and pieces >= columns - 2:
        raise ValueError(
            f"m={pieces} local penalties need more than {pieces + 2} coefficients, found {columns}; raise k"
        )
    return PlacedAdaptiveLine(spline, columns, pieces, name in _CYCLIC)


def _place_surface(covariates: Covariates, request: Request) -> PlacedAdaptiveSurface:
    check_settings(request)
    pieces = _per_covariate(request.m, 2, "m") or _DEFAULT_PIECES[1:] * 2
    k = _per_covariate(request.k, 2, "k") or _DEFAULT_K[1:] * 2
    if min(pieces) < 3:
        raise Unsuitable(f"m must be at least 3 per covariate for an adaptive surface, found {min(pieces)}", "m")
    margins = tuple(
        p_spline.place(
            (covariates[i],), Request((request.names[i],), (k[i],), _CUBIC, knots=tuple(request.knots[i : i + 1]))
        )
        for i in range(2)
    )
    return PlacedAdaptiveSurface(margins, k, pieces)


def _per_covariate(values: tuple[object, ...], d: int, name: str) -> tuple[int, ...]:
    """Return one whole number per covariate; one number stands for all, none for the default."""
    numbers = whole_numbers(values, name)
    if len(numbers) not in (0, 1, d):
        raise ValueError(
            f"{name} must be {'one number' if d == 1 else 'one or two numbers'} here, found {len(numbers)}"
        )
    return numbers * d if len(numbers) == 1 else numbers


def _pieces(points: int, count: int, cyclic: bool = False) -> FloatArray:
    """Return the weights of the local penalties, (points, count), along evenly spaced points.

    The rows sum to one, but for two weights: these are 1 and a straight line.
    """
    t = np.arange(1, points + 1) / (points + 2)
    if count == 2:
        return np.column_stack([np.ones(points), t])
    orders = (1, 1) if count == 3 else _CUBIC
    place_weights = cyclic_p_spline.place if cyclic else p_spline.place
    return place_weights((t,), Request(("weights",), (count,), orders)).design((t,))


def _second_differences(k: int) -> FloatArray:
    """Return the (k - 2, k) operator."""
    return np.diff(np.eye(k), 2, axis=0)


def _weighted(operator: FloatArray, weights: FloatArray) -> list[FloatArray]:
    """Return ``D' diag(v) D`` for every column ``v`` of the weights."""
    return [operator.T @ (column[:, None] * operator) for column in weights.T]


@final
@dataclass(frozen=True)
class PlacedAdaptiveLine(PlacedBasis):
    """A spline of one covariate with several local penalties on its second differences.

    Args:
        spline: the basis without its own penalty.
        columns: number of its columns.
        pieces: number of penalties; one is the spline's own, none leaves it free.
        cyclic: whether the weights join around the circle.
    """

    spline: PlacedBasis
    columns: int
    pieces: int
    cyclic: bool

    @property
    def knots(self) -> FloatArray | None:
        """The knots of the spline."""
        return self.spline.knots

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the spline's basis."""
        return self.spline.design(covariates)

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """Squared second differences, one penalty for every weight along the covariate."""
        if self.pieces < 2:
            return self.spline.penalties[: self.pieces]
        weights = _pieces(self.columns - 2, self.pieces, self.cyclic)
        return tuple(_weighted(_second_differences(self.columns), weights))

    @property
    def ranks(self) -> tuple[int, ...]:
        """The number of differences that a penalty touches."""
        return tuple(int(np.linalg.matrix_rank(penalty, hermitian=True)) for penalty in self.penalties)

    @property
    def null_space_dimension(self) -> int:
        """Two, coefficients that rise evenly (the differences do not go around a circle), if there are pieces."""
        without_pieces = (self.columns, self.spline.null_space_dimension)
        return without_pieces[self.pieces] if self.pieces < 2 else 2


@final
@dataclass(frozen=True)
class PlacedAdaptiveSurface(PlacedBasis):
    """A product of two P-splines with local penalties on the second differences of its grid of coefficients.

    Coefficient ``a * k[1] + b`` belongs to spline a of the first covariate and spline b of the second.

    Args:
        margins: the P-splines of the covariates.
        k: the number of splines of each.
        pieces: the number of weights along each; every product of two is one penalty.
    """

    margins: tuple[PlacedBasis, ...]
    k: tuple[int, ...]
    pieces: tuple[int, ...]

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the products of the splines."""
        parts = zip(self.margins, covariates, strict=True)
        return row_kronecker([margin.design((covariate,)) for margin, covariate in parts])

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """Squared second differences along both directions and across, weighted by place; (k0 k1, k0 k1) each.

        The weights of the second covariate vary slowest from penalty to penalty, as in mgcv.
        """
        first, second = self.k
        grid = np.arange(first * second).reshape(first, second)
        corner = np.sqrt(0.125)
        along = (
            _stencil(grid.size, (grid[:-2], 1), (grid[1:-1], -2), (grid[2:], 1)),
            _stencil(grid.size, (grid[:, :-2], 1), (grid[:, 1:-1], -2), (grid[:, 2:], 1)),
            _stencil(
                grid.size, (grid[:-2, :-2], corner), (grid[2:, 2:], corner), (grid[:-2, 2:], -corner),
                (grid[2:, :-2], -corner),
            ),
        )  # fmt: skip
        centres = (grid[1:-1], grid[:, 1:-1], grid[1:-1, 1:-1])
        weights = self._weights()
        parts = [_weighted(d, weights[c.reshape(-1)]) for d, c in zip(along, centres, strict=True)]
        return tuple(np.sum(pieces, axis=0) for pieces in zip(*parts, strict=True))

    def _weights(self) -> FloatArray:
        """Return the weight of every penalty at every coefficient, (k0 k1, m0 m1)."""
        tables = []
        for size, count in zip(self.k, self.pieces, strict=True):
            t = np.arange(1.0, size + 1)
            tables.append(p_spline.place((t,), Request(("weights",), (count,), (1, 1))).design((t,)))
        a, b = np.divmod(np.arange(self.k[0] * self.k[1]), self.k[1])
        return row_kronecker([tables[1][b], tables[0][a]])

    @property
    def ranks(self) -> tuple[int, ...]:
        """The number of differences that a penalty touches, as far as they are independent."""
        return tuple(numerical_rank(penalty) for penalty in self.penalties)

    @property
    def null_space_dimension(self) -> int:
        """Three: the planes."""
        return 3


def _stencil(size: int, *terms: tuple[IntArray, float]) -> FloatArray:
    """Return the (rows, size) operator that sums cells of the grid, each with its weight."""
    operator = np.zeros((terms[0][0].size, size))
    for cells, weight in terms:
        operator[np.arange(cells.size), cells.reshape(-1)] = weight
    return operator
