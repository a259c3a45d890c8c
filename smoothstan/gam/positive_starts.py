"""Where chains start if a link allows only positive linear predictors: nearly flat at the mean of the response."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.gam.chain_starts import Start, values_near_zero, within_bounds
from smoothstan.priors import PriorTable
from smoothstan.terms import AuxiliaryTerm, GroupTerm, LinearTerm, SmoothTerm

_SMALL = 0.02
"""How far effects lie from zero, relative to the linear predictor."""


def positive_starts(design: Design, priors: PriorTable, chains: int, seed: int | None) -> list[Start] | None:
    """Return starting values for every chain, or None if random ones will do.

    A mean that must be positive under the links identity, inverse or 1/mu^2 needs a positive linear predictor in every
    row, which random coefficients hardly ever give.

    Args:
        design: the model.
        priors: the bounds of the parameters.
        chains: how many.
        seed: of the draws.
    """
    family = design.family
    link = family.link("mu") if "mu" in design.predicted else None
    known = (AuxiliaryTerm, GroupTerm, LinearTerm, SmoothTerm)
    if link is None or family.categorical or family.log_scale or family.support[0] != 0:
        return None
    if not (link.keeps_sign and all(isinstance(t, known) for t in design.terms if t.prior_parameters)):
        return None
    response = design.observed
    level = float(
        link.link(
            np.asarray(np.mean(response.y / (1.0 if response.trials is None else np.maximum(response.trials, 1))))
        )
    )
    rng = np.random.default_rng(seed)
    return (
        [within_bounds(_start(design, level, rng), design, priors) for _ in range(chains)]
        if np.isfinite(level)
        else None
    )


def _start(design: Design, level: float, rng: np.random.Generator) -> Start:
    values: Start = {}
    for term in design.terms:
        own = values_near_zero(term, rng)
        if isinstance(term, LinearTerm) and term.dpar == "mu":
            own = _flat(term, design, level, own)
        elif not isinstance(term, (LinearTerm, AuxiliaryTerm)):
            own = {k: v * _SMALL * level if k.startswith(("bs", "z")) else v for k, v in own.items()}
        values |= own
    return values


def _flat(term: LinearTerm, design: Design, level: float, own: Start) -> Start:
    """Return coefficients of a predictor that is nearly the same in every row."""
    x: FloatArray = term.matrix.at(design.table)
    size = np.abs(x).max(axis=0, initial=1e-8) * max(x.shape[1], 1)
    if term.centred:
        slopes = {f"b{term.p}": own[f"b{term.p}"] * _SMALL * level / size[1:]} if term.coefficients else {}
        return {f"Intercept{term.p}": level} | slopes
    return {f"b{term.p}": np.linalg.lstsq(x, np.full(len(x), level), rcond=None)[0]} if x.shape[1] else {}
