"""The bases of a tensor product, placed one by one."""

from __future__ import annotations

from collections.abc import Mapping

from smoothstan.smooths.basis import Covariates, Place, PlacedBasis, Unsuitable
from smoothstan.smooths.tensor_request import MarginRequest


def place_margin(covariates: Covariates, margin: MarginRequest, bases: Mapping[str, Place]) -> PlacedBasis:
    """Place the basis of one margin.

    Args:
        covariates: of the whole product.
        margin: what is asked of it.
        bases: name -> basis.

    Raises:
        ValueError: naming the margin, if its basis cannot be placed or has not just one penalty.
    """
    try:
        basis = bases[margin.basis](covariates[margin.covariates], margin.request)
    except Unsuitable as fault:
        place = fault.place if isinstance(fault.place, str) else margin.first + fault.place
        raise Unsuitable(f"{margin.title}: {fault}", place) from None
    except ValueError as fault:
        raise ValueError(f"{margin.title}: {fault}") from None
    count = len(basis.penalties)
    if count != 1:
        raise ValueError(
            f'{margin.title}: a margin of a tensor product needs a basis with one penalty, but bs = "{margin.basis}" '
            f"has {count} here"
        )
    return basis
