"""brms's rule for the location and scale of default priors, from the response on the link scale."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.links import LINKS, Link
from smoothstan.numerals import format_number, round_to_tenth

_MINIMUM_SCALE = 2.5
_MAD_CONSTANT = 1.4826


@dataclass(frozen=True)
class DefaultScale:
    """Locations and scales of the Student t priors with 3 degrees of freedom.

    ``location`` and ``scale`` come from the response on the link scale, ``identity_scale`` from the
    response as it is (for sigma), ``log_scale`` from its logarithm (for the intercept of a predicted sigma);
    ``smallest`` is the smallest response.
    """

    location: float = 0.0
    scale: float = _MINIMUM_SCALE
    identity_scale: float = _MINIMUM_SCALE
    log_scale: float = _MINIMUM_SCALE
    smallest: float = 0.0

    def fill(self, template: str) -> str:
        """Replace ``{location}``, ``{scale}``, ``{identity_scale}``, ``{log_scale}``, ``{smallest}`` in a prior."""
        return template.format(**{name: format_number(value) for name, value in asdict(self).items()})


def default_scale(y: FloatArray, link: Link, mean_offset: float = 0.0) -> DefaultScale:
    """Apply the rule: median and median absolute deviation of g(y), rounded to one decimal, at least 2.5.

    Args:
        y: (n,) numeric response.
        link: link of the main parameter; where it does not scale the response the defaults are kept.
        mean_offset: mean of the offset of the main parameter, taken off the location unrounded.
    """
    other = {f"{name}_scale": _location_and_scale(y, LINKS[name])[1] for name in ("identity", "log")}
    other["smallest"] = float(np.min(y))
    if not link.scales_response:
        return DefaultScale(**other)
    location, scale = _location_and_scale(y, link)
    return DefaultScale(location - mean_offset, scale, **other)


def _location_and_scale(y: FloatArray, link: Link) -> tuple[float, float]:
    if link.name in ("log", "inverse", "1/mu^2"):
        y = np.where(y == 0, 0.1, y)
    with np.errstate(all="ignore"):
        linked = link.link(np.asarray(y, dtype=float))
    median = float(np.median(linked))
    if not np.isfinite(median):
        return 0.0, _MINIMUM_SCALE
    spread = _MAD_CONSTANT * float(np.median(np.abs(linked - median)))
    scale = max(_MINIMUM_SCALE, round_to_tenth(spread)) if np.isfinite(spread) else _MINIMUM_SCALE
    return round_to_tenth(median), scale
