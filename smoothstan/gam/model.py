"""Fit a generalised additive model by penalised likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smoothstan.errors import OptionError
from smoothstan.gam.design import bind_gam
from smoothstan.gam.fit import fit_penalised
from smoothstan.gam.problem import METHODS
from smoothstan.gam.response import choose_gam_family
from smoothstan.gam.result import GamFit
from smoothstan.numerals import is_number
from smoothstan.terms import SmoothOptions

_GCV_NAMES = {"GCV.Cp": "GCV", "UBRE": "GCV"}


def gam(
    formula: Any,
    data: Any,
    *,
    family: Any = "gaussian",
    link: str | None = None,
    method: str = "REML",
    scale: float | None = None,
    select: bool = False,
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
) -> GamFit:
    """Fit a generalised additive model by penalised likelihood: the same formulas as ``brm()``, no sampling.

    Args:
        formula: e.g. ``"y ~ x + s(z, bs='cr') + (1 | g)"``; ``(1 | g)`` becomes ``s(g, bs='re')``.  The response may
            have ``weights()`` and ``trials()``, or be ``cbind(successes, failures)``.
        data: pandas, polars, pyarrow or a dict of columns; rows with missing values are left out.
        family: ``"gaussian"``, ``"binomial"``, ``"bernoulli"``, ``"poisson"``, ``"gamma"``, ``"inverse.gaussian"``,
            ``"negbinomial"``, ``"beta"``, ``"student"``, ``"quasipoisson"``, ``"quasibinomial"``, mgcv's names for
            them, or a family made by ``family()``.
        link: link of the mean; default as in mgcv.
        method: how smoothing parameters are chosen: ``"REML"`` (Laplace approximate restricted maximum
            likelihood), ``"ML"``, or ``"GCV"`` (UBRE where the scale is known).
        scale: a known scale, e.g. the residual variance; estimated or known by the family if None.
        select: add a penalty to the null space of every smooth, so that a smooth can vanish.
        knots: covariate of a smooth -> its knots.
        data2: objects that the formula names, e.g. the polygons of ``bs='mrf'``.

    Returns:
        The fit: ``print`` it for mgcv's summary.

    Warns:
        FitWarning: if the fit did not converge, or probabilities of zero or one were fitted.
        DataWarning: if rows are left out.

    Raises:
        FormulaError, DataError, FamilyError, OptionError: before anything is fitted.
        FitError: if no estimate is found.

    Source: Wood (2011), JRSS B 73, 3-36; Wood, Pya & Säfken (2016), JASA 111, 1548-1575.
    """
    chosen = _GCV_NAMES.get(method, method)
    if chosen not in METHODS:
        raise OptionError(f"method is one of {', '.join(map(repr, METHODS))}, got {method!r}")
    if scale is not None and not (is_number(scale) and scale > 0):
        raise OptionError(f"scale is a positive number or None, got {scale!r}")
    facts, link_name = choose_gam_family(family, link)
    if chosen == "GCV" and facts.shape_names:
        shapes = " and ".join(facts.shape_names)
        raise OptionError(f"GCV cannot estimate {shapes} of family {facts.name}: use method 'REML' or 'ML'")
    options = SmoothOptions.of(knots, data2)
    design = bind_gam(formula, data, facts, link_name, options, select=select)
    problem = design.problem(chosen, scale)
    return GamFit(design.released(), fit_penalised(problem))
