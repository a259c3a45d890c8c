"""Which directions data and penalties determine; the others are left out, as a regression leaves out aliases.

A direction that neither the data nor a penalty determines lies in the space that no penalty reaches, so that in
coordinates in which this space is explicit whole coordinates can go: parametric columns, or polynomials of a smooth.

Source: SPEC B.10; Wood (2011), JRSS B 73:3, section 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.gam.log_determinant import cholesky_factor
from smoothstan.gam.penalised_least_squares import symmetric_root
from smoothstan.gam.penalty_system import penalised_space
from smoothstan.gam.problem import PenaltyBlock


@dataclass(frozen=True)
class Identifiable:
    """The directions that stay.

    Args:
        basis: (p, r) orthonormal columns; the identity where all directions stay.
        blocks: the penalties in these coordinates.
    """

    basis: FloatArray
    blocks: tuple[PenaltyBlock, ...]


def identifiable_directions(information: FloatArray, blocks: tuple[PenaltyBlock, ...]) -> Identifiable:
    """Return the directions to keep.

    Args:
        information: (p, p) X'WX.
        blocks: the smooths with their penalties.
    """
    p = information.shape[0]
    if _determined(_balanced(information, blocks)):
        return Identifiable(np.eye(p), blocks)
    rotation = np.eye(p)
    for block in blocks:
        if block.penalties:
            rotation[block.columns, block.columns] = penalised_space(block.penalties)[0]
    turned = tuple(_turned(block, rotation[block.columns, block.columns]) for block in blocks)
    keep = _pivots(_balanced(rotation.T @ information @ rotation, turned))
    return Identifiable(rotation[:, keep], _keep_columns(turned, keep))


def _balanced(information: FloatArray, blocks: tuple[PenaltyBlock, ...]) -> FloatArray:
    """Return data and penalties in one matrix, of about the same size."""
    balanced = information / max(float(np.trace(information)), 1e-300)
    whole = np.zeros_like(balanced)
    for block in blocks:
        for penalty in block.penalties:
            whole[block.columns, block.columns] += penalty / max(float(np.linalg.norm(penalty)), 1e-300)
    size = float(np.trace(whole))
    return np.asarray(balanced + whole / size if size > 0 else balanced)


def _determined(balanced: FloatArray) -> bool:
    scaled = _scaled(balanced)
    return cholesky_factor(scaled + 0.0) is not None and float(np.linalg.eigvalsh(scaled)[0]) > 1e-13


def _scaled(matrix: FloatArray) -> FloatArray:
    scale = np.sqrt(np.maximum(matrix.diagonal(), 1e-300))
    return np.asarray(matrix / scale / scale[:, None])


def _pivots(balanced: FloatArray) -> IntArray:
    """Return the columns that a QR decomposition with column pivoting puts first, in order.

    Long columns come first; where columns of very different size are lost by that, columns of unit length are used.
    """
    from scipy.linalg import qr

    r, pivots = qr(symmetric_root(_scaled(balanced)), mode="r", pivoting=True)
    size = np.abs(r.diagonal())
    rank = int(np.sum(size > size[0] * 1e-7))
    long = qr(symmetric_root(balanced), mode="r", pivoting=True)[1][:rank]
    if _determined(balanced[np.ix_(long, long)]):
        pivots = long
    return np.sort(pivots[:rank]).astype(np.int64)


def _turned(block: PenaltyBlock, vectors: FloatArray) -> PenaltyBlock:
    return replace(block, penalties=tuple(vectors.T @ penalty @ vectors for penalty in block.penalties))


def _keep_columns(blocks: tuple[PenaltyBlock, ...], keep: IntArray) -> tuple[PenaltyBlock, ...]:
    """Return the blocks of a model from which the columns not in ``keep`` were left out."""
    out = []
    for block in blocks:
        inside = keep[(keep >= block.start) & (keep < block.stop)] - block.start
        start = int(np.searchsorted(keep, block.start))
        penalties = tuple(penalty[np.ix_(inside, inside)] for penalty in block.penalties)
        ranks = tuple(
            int(np.linalg.matrix_rank(new, hermitian=True)) if inside.size < block.size else rank
            for new, rank in zip(penalties, block.ranks, strict=True)
        )
        out.append(replace(block, start=start, stop=start + inside.size, penalties=penalties, ranks=ranks))
    return tuple(out)
