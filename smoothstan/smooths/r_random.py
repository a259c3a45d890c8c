"""R's default random sampling, so that a subsample drawn by a seed is the same rows in both languages.

Source: R Core Team, help page ``Random`` (Mersenne-Twister, sample.kind "Rejection"); Matsumoto and
Nishimura (1998), *ACM TOMACS* 8, 3-30.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import MT19937

from smoothstan.arrays import IntArray

_CONGRUENTIAL = 69069
_WARM_UP = 50
_STATE_WORDS = 624
_WORD = 0xFFFFFFFF
_CHUNK_BITS = 16
_HASHED_ABOVE = 10**7


def sample_without_replacement(n: int, size: int, seed: int) -> IntArray:
    """Return what ``set.seed(seed); sample(n, size) - 1`` returns in R >= 3.6.

    Args:
        n: the size of the population, at least ``size``.
        size: how many to draw.
        seed: an integer, also negative.

    Returns:
        (size,) distinct indices in the order drawn, from 0 to n - 1.
    """
    draw = _BoundedIntegers(seed)
    if n > _HASHED_ABOVE and size <= n // 2:
        return _redraw_repeated(draw, n, size)
    return _swap_with_last(draw, n, size)


def _swap_with_last(draw: _BoundedIntegers, n: int, size: int) -> IntArray:
    """Draw from a shrinking list whose last element takes the place of the one drawn."""
    moved: dict[int, int] = {}
    drawn = []
    for last in range(n - 1, n - 1 - size, -1):
        place = draw.below(last + 1)
        drawn.append(moved.get(place, place))
        moved[place] = moved.get(last, last)
    return np.array(drawn, dtype=np.int64)


def _redraw_repeated(draw: _BoundedIntegers, n: int, size: int) -> IntArray:
    """Draw with replacement and skip repeats: R's way for more than ten million."""
    drawn: dict[int, None] = {}
    while len(drawn) < size:
        drawn[draw.below(n)] = None
    return np.array(list(drawn), dtype=np.int64)


class _BoundedIntegers:
    """Uniform integers by rejection from random bits, 16 per word of the generator."""

    def __init__(self, seed: int) -> None:
        word = seed & _WORD
        for _ in range(_WARM_UP + 1):
            word = (_CONGRUENTIAL * word + 1) & _WORD
        key = []
        for _ in range(_STATE_WORDS):
            word = (_CONGRUENTIAL * word + 1) & _WORD
            key.append(word)
        self._generator = MT19937()
        self._generator.state = {
            "bit_generator": "MT19937",
            "state": {"key": np.array(key, dtype=np.uint32), "pos": _STATE_WORDS},
        }

    def below(self, bound: int) -> int:
        """Return an integer from 0 to ``bound - 1``."""
        bits = math.ceil(math.log2(bound))
        while True:
            value = 0
            for _ in range(bits // _CHUNK_BITS + 1):
                value = (value << _CHUNK_BITS) | (int(self._generator.random_raw()) >> 16)
            value &= (1 << bits) - 1
            if value < bound:
                return value
