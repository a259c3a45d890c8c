"""All penalties of a model together, in coordinates in which the space that they penalise is explicit.

In every block the coefficients are rotated to the eigenvectors of sum_j S_j / |S_j|, so that the unpenalised
directions are coordinates of their own.  Smoothing parameters may then be as large as they like without drowning
what the data say about these directions (Wood 2011, JRSS B 73:3, section 3.1 and appendix B).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray, IntArray
from smoothstan.gam.log_determinant import BlockLogDeterminant
from smoothstan.gam.problem import PenaltyBlock

_NULL = float(np.finfo(float).eps) ** 0.66


@dataclass(frozen=True)
class RotatedPenalty:
    """One penalty in rotated coordinates.

    Args:
        columns: the coefficients of its block.
        matrix: (q, q); rows and columns beyond the penalised space are exactly zero.
        root: (q, r) with matrix = root root'.
        parameter: the number of its free smoothing parameter, or -1.
        fixed_sp: the smoothing parameter given by the user, used where ``parameter`` is -1.
        name: what its smoothing parameter is called.
        scale: mgcv's S.scale.
    """

    columns: slice
    matrix: FloatArray
    root: FloatArray
    parameter: int
    fixed_sp: float
    name: str
    scale: float


@dataclass(frozen=True)
class PenaltySystem:
    """The penalties of all blocks.

    Args:
        rotation: (p, p) orthogonal Q; the model's coefficients are Q times the rotated ones.
        penalties: of all blocks, in order.
        parameter_names: of the free smoothing parameters.
        penalised: (p,) True for coordinates in the range of the penalties.
        roots: (p, R) roots of the penalties with a free parameter side by side, ordered by parameter.
        root_penalty: (R,) the penalty of every column of ``roots``.
        root_starts: the first column of every parameter in ``roots``.
        determinants: one per block with penalties.
    """

    rotation: FloatArray
    penalties: tuple[RotatedPenalty, ...]
    parameter_names: tuple[str, ...]
    penalised: BoolArray
    roots: FloatArray
    root_penalty: IntArray
    root_starts: IntArray
    determinants: tuple[BlockLogDeterminant, ...]

    @property
    def size(self) -> int:
        """The number of coefficients p."""
        return int(self.rotation.shape[0])

    @property
    def free(self) -> int:
        """The number of free smoothing parameters."""
        return len(self.parameter_names)

    @property
    def null_dimension(self) -> int:
        """The number of unpenalised directions, parametric ones included."""
        return int(np.sum(~self.penalised))

    def smoothing_parameters(self, rho: FloatArray) -> FloatArray:
        """Return the smoothing parameter of every penalty from the logarithms of the free ones."""
        return np.array(
            [np.exp(rho[s.parameter]) if s.parameter >= 0 else s.fixed_sp for s in self.penalties], dtype=float
        )

    def total(self, sp: FloatArray) -> FloatArray:
        """Return sum_j lambda_j S_j, (p, p)."""
        out = np.zeros((self.size, self.size))
        for value, penalty in zip(sp, self.penalties, strict=True):
            out[penalty.columns, penalty.columns] += value * penalty.matrix
        return out

    def scaled_roots(self, sp: FloatArray) -> FloatArray:
        """Return the roots times the square roots of their smoothing parameters, (p, R)."""
        return self.roots * np.sqrt(sp[self.root_penalty])

    def by_parameter(self, values: FloatArray) -> FloatArray:
        """Sum the last axis, one entry per column of ``roots``, over the columns of each free parameter."""
        if not self.free:
            return np.zeros((*values.shape[:-1], 0))
        return np.add.reduceat(values, self.root_starts, axis=-1)

    def pressure(self, sp: FloatArray, vector: FloatArray) -> FloatArray:
        """Return lambda_k S_k v for every free parameter, (p, M)."""
        return self.by_parameter(self.roots * (sp[self.root_penalty] * (vector @ self.roots)))

    def parameter_matrix(self, k: int, sp: FloatArray) -> FloatArray:
        """Return lambda_k S_k of a free parameter, (p, p)."""
        out = np.zeros((self.size, self.size))
        for value, penalty in zip(sp, self.penalties, strict=True):
            if penalty.parameter == k:
                out[penalty.columns, penalty.columns] += value * penalty.matrix
        return out

    def log_determinant(self, sp: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return log|sum lambda_j S_j|_+ with gradient (M,) and Hessian (M, M) in the free log parameters."""
        value, gradient, hessian = 0.0, np.zeros(self.free), np.zeros((self.free, self.free))
        for block in self.determinants:
            value += block.add(sp, gradient, hessian)
        return value, gradient, hessian

    def spread(self, sp: FloatArray) -> float:
        """Return the largest ratio of overlapping penalties' sizes."""
        return max((block.spread(sp) for block in self.determinants), default=1.0)


def penalty_system(size: int, blocks: tuple[PenaltyBlock, ...]) -> PenaltySystem:
    """Rotate the penalties of all blocks.

    Args:
        size: the number of coefficients p.
        blocks: the blocks; their columns do not overlap.
    """
    rotation, penalised = np.eye(size), np.zeros(size, dtype=np.bool_)
    penalties: list[RotatedPenalty] = []
    determinants: list[BlockLogDeterminant] = []
    names: list[str] = []
    shared: dict[str, int] = {}
    for block in blocks:
        if not block.penalties:
            continue
        vectors, rank = penalised_space(block.penalties)
        rotation[block.columns, block.columns] = vectors
        penalised[block.start : block.start + rank] = True
        first = len(penalties)
        for j, penalty in enumerate(block.penalties):
            parameter, fixed = _parameter(block, j, names, shared)
            matrix, root = _rotated(penalty, vectors, rank, block.ranks[j], single=len(block.penalties) == 1)
            penalties.append(
                RotatedPenalty(block.columns, matrix, root, parameter, fixed, block.penalty_names()[j], block.scales[j])
            )
        mine = penalties[first:]
        determinants.append(
            BlockLogDeterminant(
                rank,
                tuple(range(first, len(penalties))),
                tuple(s.parameter for s in mine),
                tuple(s.matrix[:rank, :rank] for s in mine),
                tuple(s.root[:rank] for s in mine),
            )
        )
    return _assemble(rotation, penalised, penalties, names, determinants)


def _parameter(block: PenaltyBlock, j: int, names: list[str], shared: dict[str, int]) -> tuple[int, float]:
    """Return the number of a penalty's free parameter, or -1, and its given value."""
    given = None if block.fixed_sp is None else block.fixed_sp[j]
    if given is not None:
        return -1, float(given)
    link = None if block.links is None else block.links[j]
    if link is not None and link in shared:
        return shared[link], np.nan
    names.append(block.penalty_names()[j])
    if link is not None:
        shared[link] = len(names) - 1
    return len(names) - 1, np.nan


def penalised_space(penalties: tuple[FloatArray, ...]) -> tuple[FloatArray, int]:
    """Return eigenvectors of the balanced sum of penalties, penalised directions first, and their number."""
    total = sum((s / np.linalg.norm(s) for s in penalties if np.any(s)), np.zeros_like(penalties[0]))
    q = total.shape[0]
    if np.array_equal(total, np.diag(np.diagonal(total))) and np.all(np.diagonal(total) > 0):
        return np.eye(q), q
    values, vectors = np.linalg.eigh(0.5 * (total + total.T))
    rank = int(np.sum(values > _NULL * values[-1]))
    return vectors[:, ::-1], rank


def _rotated(
    penalty: FloatArray, vectors: FloatArray, rank: int, penalty_rank: int, *, single: bool
) -> tuple[FloatArray, FloatArray]:
    """Return a penalty in rotated coordinates and a root of it, exactly zero beyond the penalised space."""
    q = penalty.shape[0]
    inner = vectors[:, :rank].T @ penalty @ vectors[:, :rank]
    if single:
        values, basis = np.diagonal(inner).copy(), np.eye(rank)
    else:
        values, basis = np.linalg.eigh(0.5 * (inner + inner.T))
        keep = values > _NULL * values[-1]
        if np.sum(keep) > penalty_rank:
            keep = np.arange(rank) >= rank - penalty_rank
        values, basis = values[keep], basis[:, keep]
    root = np.zeros((q, values.shape[0]))
    root[:rank] = basis * np.sqrt(values)
    return root @ root.T, root


def _assemble(
    rotation: FloatArray,
    penalised: BoolArray,
    penalties: list[RotatedPenalty],
    names: list[str],
    determinants: list[BlockLogDeterminant],
) -> PenaltySystem:
    order = [j for k in range(len(names)) for j, s in enumerate(penalties) if s.parameter == k]
    widths = [penalties[j].root.shape[1] for j in order]
    roots = np.zeros((rotation.shape[0], sum(widths)))
    at = 0
    starts: list[int] = []
    for j, width in zip(order, widths, strict=True):
        if not starts or penalties[j].parameter == len(starts):
            starts.append(at)
        roots[penalties[j].columns, at : at + width] = penalties[j].root
        at += width
    return PenaltySystem(
        rotation,
        tuple(penalties),
        tuple(names),
        penalised,
        roots,
        np.repeat(np.asarray(order, dtype=np.int64), widths),
        np.asarray(starts, dtype=np.int64),
        tuple(determinants),
    )
