"""Seeds for the samplers."""

from __future__ import annotations

import numpy as np


def seed_or_random(seed: int | None) -> int:
    """Return the seed, or a random one that both engines accept."""
    return int(np.random.default_rng().integers(1, 2**31 - 1)) if seed is None else seed
