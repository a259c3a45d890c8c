"""The smooth of the numeric covariates from which a smooth per level of a factor is made: ``fs`` and ``sz``.

``xt = "cr"`` or ``xt = list(bs = "cr", ...)`` names it; other settings, k, m and the knots are passed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from smoothstan.errors import known, suggestion
from smoothstan.smooths.basis import Covariates, Place, PlacedBasis, Request
from smoothstan.table import Factor

_DEFAULT = "tp"


def place_base(bases: Mapping[str, Place], covariates: Covariates, request: Request) -> PlacedBasis:
    """Place the basis named in ``xt`` at the numeric covariates.

    Args:
        bases: the bases that may be asked for.
        covariates: numbers and factors.
        request: what the formula asks of the whole term.

    Raises:
        ValueError: for an unknown basis, and what that basis raises.
    """
    name = request.xt.get("bs", _DEFAULT)
    if not isinstance(name, str) or name not in bases:
        hint = suggestion(name, bases) if isinstance(name, str) else ""
        raise ValueError(f"unknown basis {name!r} in xt{hint} (known here: {known(bases)})")
    numeric = [i for i, covariate in enumerate(covariates) if not isinstance(covariate, Factor)]
    inner = replace(
        request,
        names=tuple(request.names[i] for i in numeric),
        knots=tuple(request.knots[i] if i < len(request.knots) else None for i in numeric),
        xt={key: value for key, value in request.xt.items() if key != "bs"},
    )
    return bases[name](tuple(covariates[i] for i in numeric), inner)


def one_penalty_of(base: PlacedBasis, basis: str) -> None:
    """Raise ValueError unless the base smooth has exactly one penalty."""
    if len(base.penalties) != 1:
        raise ValueError(
            f"bs={basis!r} needs a smooth with one penalty, but the one named in xt has {len(base.penalties)}"
        )
