"""Parameterisations in which a penalty is diagonal: first the penalised columns, then the null space.

A map P, (p, p), takes natural coefficients to those of the basis, so ``X @ P`` are the natural columns.
The penalised part is unique up to signs; each column gets the sign that makes its entry of largest
magnitude in P positive.  The null space has no natural axes once it has two or more dimensions, so here
they are chosen: the constant, then the covariates, then higher monomials, each made orthogonal over the
rows of the data to the ones before, each increasing with its monomial (``canonical_null_columns``).  Only
``t2`` takes those that mgcv gets, which do not depend on rounding there (``leading_null_columns``).

Letters: X (n, p) design, G = X'X (p, p), S (p, p) penalty, r its rank, M = p - r, c candidate functions.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.4.2; Wood, Scheipl & Faraway (2013),
Statistics and Computing 23, 341-360, section 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

import numpy as np

from smoothstan.arrays import Contiguous, FloatArray

_INSIDE = 1e-6
"""A candidate is in the null space if its projection has this relative squared distance at most."""

_INDEPENDENT = 1e-6
"""A candidate is new if this part of its length, at least, is orthogonal to the former ones."""

_TIE = 1e-6
"""Magnitudes that differ by less than this count as equal; the first of them is taken."""


@dataclass(frozen=True)
class NaturalParameters(Contiguous):
    """A map to natural coefficients.

    Args:
        to_basis: P, (p, p): r penalised columns, the roughest first, then the M of the null space.
        diagonal: (r,) the penalty on each of the penalised coefficients: P'SP = diag(diagonal, 0).
    """

    to_basis: FloatArray
    diagonal: FloatArray

    @property
    def rank(self) -> int:
        """The number of penalised coefficients."""
        return len(self.diagonal)

    @property
    def penalised(self) -> FloatArray:
        """The (p, r) map of the penalised coefficients."""
        return self.to_basis[:, : self.rank]

    @property
    def unpenalised(self) -> FloatArray:
        """The (p, M) map of the null space."""
        return self.to_basis[:, self.rank :]

    def with_unit_mean_square(self, gram: FloatArray, n: int) -> NaturalParameters:
        """Scale both blocks so that the natural columns of each have mean square 1 over n rows.

        One factor for the penalised block, with the penalty changed accordingly, and one for the null space.
        """
        range_factor = _unit_factor(self.penalised, gram, n)
        null_factor = _unit_factor(self.unpenalised, gram, n)
        scaled = np.hstack([self.penalised * range_factor, self.unpenalised * null_factor])
        return NaturalParameters(scaled, self.diagonal * range_factor**2)


def data_natural(
    gram: FloatArray, penalty: FloatArray, rank: int, candidates: FloatArray | None = None
) -> NaturalParameters:
    """Return the parameters with orthonormal columns and diagonal penalty ("type 0"): P'GP = I.

    Args:
        gram: (p, p) G = X'X.
        penalty: (p, p) S.
        rank: r.
        candidates: (p, c) X'phi, see ``canonical_null_columns``.

    Returns:
        P with the diagonal in descending order.

    Raises:
        ValueError: if the rows do not determine all p coefficients.
    """
    natural = data_natural_ridge(gram, penalty, rank, candidates)
    sums = _sums_of_squares(natural.penalised, gram)
    if np.any(sums <= len(gram) * np.finfo(float).eps * sums.max(initial=0)):
        raise ValueError(f"the data do not determine all {len(gram)} coefficients of the basis; lower k")
    scaled = np.hstack([natural.penalised / np.sqrt(sums), natural.unpenalised])
    return NaturalParameters(_signed(scaled, rank), 1 / sums)


def data_natural_ridge(
    gram: FloatArray, penalty: FloatArray, rank: int, candidates: FloatArray | None = None
) -> NaturalParameters:
    """Return the parameters with orthogonal columns and unit penalty ("type 1", of factor smooths).

    Like ``data_natural``, with penalised columns divided by the root of their penalty: P'SP = diag(1, 0),
    P'GP diagonal.  The null columns have unit sum of squares.
    """
    null_columns = canonical_null_columns(penalty_null_space(penalty, rank), gram, candidates)
    whitened = _whitened(penalty, rank)
    orthogonal = whitened - null_columns @ (null_columns.T @ gram @ whitened)
    inner = orthogonal.T @ gram @ orthogonal
    rotation = np.linalg.eigh((inner + inner.T) / 2)[1]
    return NaturalParameters(_signed(np.hstack([orthogonal @ rotation, null_columns]), rank), np.ones(rank))


def penalty_natural(
    gram: FloatArray, penalty: FloatArray, rank: int, candidates: FloatArray | None = None
) -> NaturalParameters:
    """Return the eigenvectors of the penalty scaled to unit penalty ("type 3", of ``t2``).

    P'SP = diag(1, 0).  Axes of the null space are ``leading_null_columns`` as in mgcv, each scaled to
    the mean sum of squares of the penalised columns, then turned to the principal components of the centred
    columns, the least variable, the constant, first.  They are not orthogonal over the rows in general.

    Args:
        gram: (p, p) G = X'X.
        penalty: (p, p) S.
        rank: r.
        candidates: (p, c) X'phi; the first phi is constant, of unit length.
    """
    null_space = penalty_null_space(penalty, rank)
    penalised = _signed(_whitened(penalty, rank), rank)
    if rank == 0 or candidates is None:
        return NaturalParameters(
            np.hstack([penalised, canonical_null_columns(null_space, gram, candidates)]), np.ones(rank)
        )
    axes = leading_null_columns(null_space)
    sums = _sums_of_squares(axes, gram)
    _check_determined(sums)
    scaled = axes * np.sqrt(_sums_of_squares(penalised, gram).mean() / sums)
    if scaled.shape[1] > 1:
        constant = candidates[:, :1]
        centred = scaled.T @ (gram - constant @ constant.T) @ scaled
        scaled = scaled @ np.linalg.eigh((centred + centred.T) / 2)[1]
    return NaturalParameters(np.hstack([penalised, _increasing(scaled, candidates)]), np.ones(rank))


def leading_null_columns(null_space: FloatArray) -> FloatArray:
    """Return the axes that the tridiagonal form of a penalty gives to its null space.

    Householder's reduction starts from the first coefficient.  Its projection on the null space is the first
    axis, and with two dimensions the other one is the part of the null space without the first coefficient.
    Projections of the coefficients that follow give the axes of larger null spaces, as of bases whose
    penalty has rows of zeros.

    Args:
        null_space: (p, M) orthonormal basis of the null space.

    Returns:
        (p, M) orthonormal columns with the same span.

    Source: Golub & Van Loan (2013), *Matrix Computations*, 4th ed., section 8.3.1; the two axes agree with
    those of ``mgcv::nat.param`` (which are LAPACK's ``dsyevr``) to rounding.
    """
    axes = np.zeros((null_space.shape[1], 0))
    for projection in null_space:
        rest = _remainder(axes, projection[:, None])[:, 0]
        if axes.shape[1] < len(axes) and np.linalg.norm(rest) > _INDEPENDENT:
            axes = np.column_stack([axes, rest / np.linalg.norm(rest)])
    return np.asarray(null_space @ axes, dtype=float)


def penalty_null_space(penalty: FloatArray, rank: int) -> FloatArray:
    """Return an orthonormal basis, (p, M), of the coefficients without penalty."""
    return _eigen(penalty)[1][:, rank:]


def monomial_degree(size: int, d: int) -> int:
    """Return the lowest degree up to which there are at least ``size`` monomials in ``d`` covariates."""
    degree = 0
    while comb(degree + d, d) < size:
        degree += 1
    return degree


def polynomial_candidates(covariates: FloatArray, degree: int) -> FloatArray:
    """Return phi: all monomials up to a total degree, the constant first, each of unit length.

    Args:
        covariates: (n, d).
        degree: highest total degree, e.g. one less than the order of the penalty.

    Returns:
        (n, c): 1, x1, ..., xd, x1^2, x1 x2, ..., of centred and scaled covariates (which spans the same
        at every degree).  A column of zeros where a covariate is constant.
    """
    n, d = covariates.shape
    centred = covariates - covariates.mean(axis=0)
    largest = np.abs(centred).max(axis=0, initial=0)
    scaled = centred / np.where(largest > 0, largest, 1)
    columns = [np.ones(n)]
    for total in range(1, degree + 1):
        columns += [scaled[:, list(which)].prod(axis=1) for which in combinations_with_replacement(range(d), total)]
    phi = np.column_stack(columns)
    length = np.linalg.norm(phi, axis=0)
    return np.asarray(phi / np.where(length > 0, length, 1), dtype=float)


def canonical_null_columns(
    null_space: FloatArray, gram: FloatArray, candidates: FloatArray | None = None
) -> FloatArray:
    """Choose axes for a null space that has none of its own.

    Args:
        null_space: (p, M) orthonormal basis N of the null space.
        gram: (p, p) G = X'X over the rows of the data.
        candidates: (p, c) X'phi for functions phi, (n, c), of unit length over the rows, in order of
            preference (``polynomial_candidates``); None for none.

    Returns:
        (p, M) columns U with span(U) = span(N) and U'GU = I.  First the candidates that lie in the null
        space, in order, each made orthogonal to the ones before and increasing with its candidate.  If
        these do not suffice: the remaining candidates projected onto the null space, then the projected
        columns of the design, at every step the one with the longest remainder.

    Raises:
        ValueError: if the rows do not determine the M coefficients.
    """
    size = null_space.shape[1]
    if size == 0:
        return null_space
    lengths = np.sqrt(np.einsum("pm,pq,qm->m", null_space, gram, null_space))
    # Polynomials of a covariate in small or large units have lengths of very different magnitude.
    null_space = null_space / np.where(lengths > 0, lengths, 1)
    inner = null_space.T @ gram @ null_space
    values = np.asarray(np.linalg.eigvalsh(inner), dtype=float)
    _check_determined(values)
    lower = np.linalg.cholesky(inner)
    to_orthonormal = np.linalg.solve(lower, null_space.T)
    given = np.zeros((size, 0)) if candidates is None else to_orthonormal @ candidates
    axes = _in_order(given)
    if axes.shape[1] < size:
        columns = to_orthonormal @ gram
        lengths = np.sqrt(np.diag(gram))
        axes = _pivoted(axes, given)
        axes = _pivoted(axes, columns / np.where(lengths > 0, lengths, 1))
    return np.asarray(to_orthonormal.T @ axes, dtype=float)


def _in_order(candidates: FloatArray) -> FloatArray:
    """Orthonormalise, in order, the (M, c) candidates of nearly unit length, skipping dependent ones."""
    axes = np.zeros((len(candidates), 0))
    inside = np.sum(candidates**2, axis=0) > 1 - _INSIDE
    for candidate in candidates[:, inside].T:
        rest = _remainder(axes, candidate[:, None])[:, 0]
        if axes.shape[1] < len(candidates) and np.linalg.norm(rest) > _INDEPENDENT:
            axes = np.column_stack([axes, rest / np.linalg.norm(rest)])
    return axes


def _pivoted(axes: FloatArray, candidates: FloatArray) -> FloatArray:
    """Add directions until there are M or the candidates are used up, longest remainder first."""
    while axes.shape[1] < len(axes) and candidates.shape[1]:
        rest = _remainder(axes, candidates)
        lengths = np.linalg.norm(rest, axis=0)
        if lengths.max() <= _INDEPENDENT:
            break
        j = _first_largest(lengths)
        axes = np.column_stack([axes, rest[:, j] / lengths[j]])
    return axes


def _remainder(axes: FloatArray, candidates: FloatArray) -> FloatArray:
    """Return what is orthogonal to the axes; twice, because once loses digits."""
    for _ in range(2):
        candidates = candidates - axes @ (axes.T @ candidates)
    return candidates


def _first_largest(magnitudes: FloatArray) -> int:
    """Return the first index whose value is the largest up to rounding."""
    return int(np.argmax(magnitudes >= (1 - _TIE) * magnitudes.max()))


def _signed(columns: FloatArray, rank: int) -> FloatArray:
    """Make the entry of largest magnitude of each of the first r columns positive."""
    signs = np.ones(columns.shape[1])
    for j in range(rank):
        signs[j] = np.sign(columns[_first_largest(np.abs(columns[:, j])), j])
    return columns * signs


def _eigen(penalty: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return eigenvalues, descending, and their vectors."""
    values, vectors = np.linalg.eigh((penalty + penalty.T) / 2)
    return values[::-1], vectors[:, ::-1]


def _whitened(penalty: FloatArray, rank: int) -> FloatArray:
    """Return W, (p, r), with W'SW = I: scaled eigenvectors of the r largest eigenvalues."""
    values, vectors = _eigen(penalty)
    return np.asarray(vectors[:, :rank] / np.sqrt(values[:rank]), dtype=float)


def _check_determined(values: FloatArray) -> None:
    """Raise if the smallest of some sums of squares is zero up to rounding."""
    if len(values) and values.min() <= len(values) * np.finfo(float).eps * values.max():
        raise ValueError("the data do not determine the part of the basis that has no penalty")


def _increasing(columns: FloatArray, candidates: FloatArray) -> FloatArray:
    """Give every column the sign that makes it increase with the candidate most like it."""
    products = columns.T @ candidates
    like = [row[_first_largest(np.abs(row))] for row in products]
    return columns * np.where(np.asarray(like) < 0, -1.0, 1.0)


def _sums_of_squares(columns: FloatArray, gram: FloatArray) -> FloatArray:
    """Return the sum of squares over the rows of every natural column."""
    return np.asarray(np.sum(columns * (gram @ columns), axis=0), dtype=float)


def _unit_factor(columns: FloatArray, gram: FloatArray, n: int) -> float:
    """Return the factor that gives a block mean square 1."""
    if not columns.shape[1]:
        return 1.0
    return float(np.sqrt(n / _sums_of_squares(columns, gram).mean()))
