"""Parameters of a program as one unconstrained vector, laid out as Stan lays it out.

Source: Stan Reference Manual, chapter "Constraint transforms": logarithms for one bound, the log odds for two, for
ordered vectors logarithms of differences, isometric log ratios for simplexes, and for Cholesky factors of correlations
canonical partial correlations by tanh; matrices column by column, arrays one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.codegen.program import DeclaredParameter, declared_parameters
from smoothstan.errors import OptionError

_CHOLESKY = "cholesky_factor_corr"
_SIMPLEX = "simplex"
_ORDERED = "ordered"
_PLAIN = ("real", "vector", "row_vector", "matrix")


@dataclass(frozen=True)
class ParameterSpace:
    """The parameters of a program with their shapes.  Made by ``parameter_space``."""

    parameters: tuple[tuple[DeclaredParameter, tuple[int, ...]], ...]

    @property
    def size(self) -> int:
        """The number of unconstrained values."""
        return sum(_free(parameter, shape) for parameter, shape in self.parameters)

    def unconstrain(self, values: Mapping[str, FloatArray]) -> FloatArray:
        """Return the unconstrained points, (draws, size), of values by Stan name, (draws, ...) each."""
        columns = [
            _unconstrained(parameter, _shifted(parameter, values[parameter.name], values, 1))
            for parameter, _ in self.parameters
        ]
        return np.concatenate(columns, axis=1)

    def constrain(self, points: FloatArray) -> dict[str, FloatArray]:
        """Return values by Stan name, (draws, ...) each, of unconstrained points, (draws, size)."""
        values: dict[str, FloatArray] = {}
        start = 0
        for parameter, shape in self.parameters:
            width = _free(parameter, shape)
            found = _constrained(parameter, shape, points[:, start : start + width])
            values[parameter.name] = _shifted(parameter, found, values, -1)
            start += width
        return values


def parameter_space(code: str, values: Mapping[str, FloatArray]) -> ParameterSpace:
    """Return the space of a program's parameters, with the shapes of values by Stan name, (draws, ...) each.

    Raises:
        OptionError: if a parameter is of a kind for which the transform is not known, or has no values.
    """
    declared = declared_parameters(code)
    for parameter in declared:
        if parameter.kind not in (*_PLAIN, _ORDERED, _CHOLESKY, _SIMPLEX) or parameter.name not in values:
            raise OptionError(f"the parameter {parameter.name} ({parameter.kind}) cannot be made unconstrained")
    return ParameterSpace(tuple((parameter, values[parameter.name].shape[1:]) for parameter in declared))


def _shifted(
    parameter: DeclaredParameter, values: FloatArray, others: Mapping[str, FloatArray], sign: int
) -> FloatArray:
    """Return the values of a matrix with those added, or subtracted, about which its columns are sampled."""
    if not parameter.about:
        return values
    shifts = [others[name] if name else np.zeros(len(values)) for name in parameter.about]
    return np.asarray(values + sign * np.stack(shifts, axis=1)[:, None, :])


def _free(parameter: DeclaredParameter, shape: tuple[int, ...]) -> int:
    if parameter.kind == _CHOLESKY:
        return int(np.prod(shape[:-2])) * (shape[-1] * (shape[-1] - 1) // 2)
    if parameter.kind == _SIMPLEX:
        return int(np.prod(shape[:-1])) * (shape[-1] - 1)
    return int(np.prod(shape))


def _unconstrained(parameter: DeclaredParameter, values: FloatArray) -> FloatArray:
    if parameter.kind == _CHOLESKY:
        arrays = [values] if values.ndim == 3 else list(values.swapaxes(0, 1))
        return np.concatenate([_partial_correlations(root) for root in arrays], axis=1)
    if parameter.kind == _SIMPLEX:
        return np.asarray(np.log(values) @ _sum_to_zero_basis(values.shape[-1])).reshape(len(values), -1)
    if parameter.kind == _ORDERED:
        return np.concatenate([values[:, :1], np.log(np.diff(values, axis=1))], axis=1)
    flat = values.reshape(len(values), -1) if values.ndim < 3 else values.swapaxes(1, 2).reshape(len(values), -1)
    low, high = parameter.lower, parameter.upper
    if low is not None and high is not None:
        return np.asarray(np.log(flat - low) - np.log(high - flat))
    if low is not None:
        return np.asarray(np.log(flat - low))
    return flat if high is None else np.asarray(np.log(high - flat))


def _constrained(parameter: DeclaredParameter, shape: tuple[int, ...], free: FloatArray) -> FloatArray:
    if parameter.kind == _CHOLESKY:
        if len(shape) == 2:
            return _cholesky_factor(free, shape[0])
        return np.stack([_cholesky_factor(part, shape[1]) for part in np.split(free, shape[0], axis=1)], axis=1)
    if parameter.kind == _SIMPLEX:
        return _simplexes(free.reshape(len(free), *shape[:-1], shape[-1] - 1), shape[-1])
    if parameter.kind == _ORDERED:
        return np.cumsum(np.concatenate([free[:, :1], np.exp(free[:, 1:])], axis=1), axis=1)
    low, high = parameter.lower, parameter.upper
    if low is not None and high is not None:
        free = low + (high - low) / (1 + np.exp(-free))
    elif low is not None:
        free = low + np.exp(free)
    elif high is not None:
        free = high - np.exp(free)
    if len(shape) < 2:
        return free.reshape(len(free), *shape)
    return free.reshape(len(free), *shape[::-1]).swapaxes(1, 2)


def _sum_to_zero_basis(size: int) -> FloatArray:
    """Return the orthonormal columns, (size, size - 1), whose combinations sum to zero, as Stan chooses them."""
    ranks = np.arange(1, size)
    basis = np.triu(np.ones((size, size - 1)), 0) - np.diag(ranks + 0.0, -1)[:, : size - 1]
    return np.asarray(basis / np.sqrt(ranks * (ranks + 1)))


def _simplexes(free: FloatArray, size: int) -> FloatArray:
    logs = free @ _sum_to_zero_basis(size).T
    shares = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def _partial_correlations(root: FloatArray) -> FloatArray:
    """Return the free values of Cholesky factors, row by row."""
    size, columns = root.shape[1], []
    for i in range(1, size):
        rest = np.ones(len(root))
        for j in range(i):
            columns.append(np.arctanh(root[:, i, j] / np.sqrt(rest)))
            rest = rest - root[:, i, j] ** 2
    return np.column_stack(columns)


def _cholesky_factor(free: FloatArray, size: int) -> FloatArray:
    root, k = np.zeros((len(free), size, size)), 0
    root[:, 0, 0] = 1
    for i in range(1, size):
        rest = np.ones(len(free))
        for j in range(i):
            root[:, i, j] = np.tanh(free[:, k]) * np.sqrt(rest)
            rest = rest - root[:, i, j] ** 2
            k += 1
        root[:, i, i] = np.sqrt(rest)
    return root
