"""The address of a prior: which parameters of a model can have one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PriorSlot:
    """A row of the prior table: an address, and what holds there by default.

    ``coef`` and ``group`` are empty for the rows that speak for a whole class; ``dpar`` is empty for
    the main parameter.  ``default`` is empty where the prior is flat or comes from a row above.  ``ub_symbol`` is how
    brms writes an upper bound that the data give, ``min_Y``; ``size`` is the length of a simplex.  A prior at a
    ``shared`` row holds for that class of every parameter that the user gave none.  ``bounded`` is False where the
    parameters cannot have bounds; ``open_range`` is True where their values only come near the bounds.
    """

    class_: str
    coef: str = ""
    group: str = ""
    dpar: str = ""
    default: str = ""
    lb: float | None = None
    ub: float | None = None
    ub_symbol: str = ""
    size: int = 1
    shared: bool = False
    bounded: bool = True
    open_range: bool = False

    @property
    def address(self) -> tuple[str, str, str, str]:
        """(class, coef, group, dpar)."""
        return (self.class_, self.coef, self.group, self.dpar)
