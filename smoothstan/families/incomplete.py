"""Logarithms of the incomplete gamma and beta functions, which no tail makes infinite.

scipy's functions underflow at 1e-308; below 1e-200 the same series and continued fractions are summed on the scale of
logarithms, as in the Stan programs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smoothstan.arrays import FloatArray

_SMALL = 1e-200
_MOST_STEPS = 100_000


def log_gamma_p(a: FloatArray, x: FloatArray) -> FloatArray:
    """Return log P(a, x), the lower incomplete gamma function over Gamma(a).

    Args:
        a: > 0, any shape.
        x: >= 0, a shape that broadcasts with that of ``a``.
    """
    from scipy.special import gammainc, gammaincc

    return _log_of(gammainc, gammaincc, _gamma_series, a, x)


def log_gamma_q(a: FloatArray, x: FloatArray) -> FloatArray:
    """Return log Q(a, x) = log(1 - P(a, x)); the arguments are those of ``log_gamma_p``."""
    from scipy.special import gammainc, gammaincc

    return _log_of(gammaincc, gammainc, _gamma_fraction, a, x)


def log_beta_i(a: FloatArray, b: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return log I_x(a, b), the regularised incomplete beta function.

    Args:
        a, b: > 0, shapes that broadcast.
        x, y: in [0, 1]: where, and 1 - x, each with all of its digits.
    """
    from scipy.special import betainc, betaincc

    def below(a: FloatArray, b: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
        return np.where(x <= y, betainc(a, b, x), betaincc(b, a, y))

    def above(a: FloatArray, b: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
        return np.where(x <= y, betaincc(a, b, x), betainc(b, a, y))

    return _log_of(below, above, _beta_fraction, a, b, x, y)


def _log_of(
    value: Callable[..., FloatArray],
    complement: Callable[..., FloatArray],
    log_tail: Callable[..., FloatArray],
    *arguments: FloatArray,
) -> FloatArray:
    """Return the logarithm of a probability by the better of it and its complement, or by its expansion in the tail."""
    given = np.broadcast_arrays(*arguments)
    found = np.asarray(value(*given))
    with np.errstate(divide="ignore"):
        result = np.where(found > 0.5, np.log1p(-complement(*given)), np.log(found))
    tail = found < _SMALL
    if np.any(tail):
        result[tail] = log_tail(*(a[tail] for a in given))
    return np.asarray(result)


def _gamma_series(a: FloatArray, x: FloatArray) -> FloatArray:
    """DLMF 8.7.1, for x < a."""
    from scipy.special import gammaln, xlogy

    n, term, total = a.copy(), np.ones(a.shape), np.ones(a.shape)
    for _ in range(_MOST_STEPS):
        n += 1
        term = term * x / n
        total += term
        if np.all(term < 1e-17 * total):
            break
    return np.asarray(xlogy(a, x) - x - gammaln(a + 1) + np.log(total))


def _gamma_fraction(a: FloatArray, x: FloatArray) -> FloatArray:
    """DLMF 8.9.2 by the modified Lentz method, for x > a."""
    from scipy.special import gammaln

    b = x + 1 - a
    c, d = np.full(a.shape, 1e300), 1 / b
    h = d
    for i in range(1, _MOST_STEPS):
        b = b + 2
        d = 1 / (b + i * (a - i) * d)
        c = b + i * (a - i) / c
        h = h * c * d
        if np.all(np.abs(c * d - 1) < 1e-15):
            break
    return np.asarray(a * np.log(x) - x - gammaln(a) + np.log(h))


def _beta_fraction(a: FloatArray, b: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """DLMF 8.17.22 by the modified Lentz method, for x below the mean."""
    from scipy.special import betaln, xlogy

    c, d = np.ones(a.shape), 1 / (1 - (a + b) * x / (a + 1))
    h = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1 / (1 + step * d)
            c = 1 + step / c
            h = h * c * d
        if np.all(np.abs(c * d - 1) < 1e-15):
            break
    return np.asarray(xlogy(a, x) + xlogy(b, y) - betaln(a, b) - np.log(a) + np.log(h))
