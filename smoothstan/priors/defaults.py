"""brms's rule for the location and scale of default priors, from the response on the link scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.links import Link
from smoothstan.priors.prior import format_number

_MINIMUM_SCALE = 2.5
_MAD_CONSTANT = 1.4826


@dataclass(frozen=True)
class DefaultScale:
    """Location and scale of the Student t priors with 3 degrees of freedom.

    ``log_scale`` is the same rule applied to log(y), for the intercept of a predicted sigma.
    """

    location: float = 0.0
    scale: float = _MINIMUM_SCALE
    log_scale: float = _MINIMUM_SCALE

    def fill(self, template: str) -> str:
        """Replace the words ``location``, ``log_scale`` and ``scale`` in a default prior."""
        if template == "location":
            return f"student_t(3, {format_number(self.location)}, {format_number(self.scale)})"
        text = template.replace("log_scale", format_number(self.log_scale))
        return text.replace("scale", format_number(self.scale))


def default_scale(y: FloatArray, link: Link, log_link: Link, mean_offset: float = 0.0) -> DefaultScale:
    """Apply the rule: median and median absolute deviation of g(y), rounded to one decimal, at least 2.5.

    Args:
        y: (n,) response.
        link: link of the main parameter; where it does not scale the response the defaults are kept.
        log_link: the log link.
        mean_offset: mean of the offset of the main parameter, taken off the location unrounded.
    """
    log_scale = _location_and_scale(y, log_link)[1]
    if not link.scales_response:
        return DefaultScale(log_scale=log_scale)
    location, scale = _location_and_scale(y, link)
    return DefaultScale(location - mean_offset, scale, log_scale)


def _location_and_scale(y: FloatArray, link: Link) -> tuple[float, float]:
    if link.name in ("log", "inverse", "1/mu^2"):
        y = np.where(y == 0, 0.1, y)
    with np.errstate(all="ignore"):
        linked = link.link(np.asarray(y, dtype=float))
    median = float(np.median(linked))
    if not np.isfinite(median):
        return 0.0, _MINIMUM_SCALE
    scale = round(_MAD_CONSTANT * float(np.median(np.abs(linked - median))), 1)
    return round(median, 1), max(_MINIMUM_SCALE, scale) if np.isfinite(scale) else _MINIMUM_SCALE
