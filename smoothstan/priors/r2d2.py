"""The R2D2 prior: a beta prior of the variance explained, shared out among the coefficients by a Dirichlet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.errors import PriorError
from smoothstan.numerals import format_number
from smoothstan.priors.shrinkage import SharedParameter, Shrinkage, wrong_number, wrong_switch


@final
@dataclass(frozen=True)
class R2D2(Shrinkage):
    """Scales ``sqrt(phi_j tau2)`` with ``tau2 = R2 / (1 - R2)``, times the residual variance if autoscaled.

    R2 has a beta prior, ``phi`` a Dirichlet.

    Args:
        mean_R2: mean of the beta prior.
        prec_R2: its precision, the sum of both shapes.
        cons_D2: concentration of the Dirichlet prior: one number, or one per coefficient.
        autoscale, main: see ``Shrinkage``.

    Source: Zhang, Naughton, Bondell & Reich (2022), Journal of the American Statistical Association 117, 862-874,
        section 2; the arguments are brms's.
    """

    mean_R2: float = 0.5  # noqa: N815 - brms's name
    prec_R2: float = 2.0  # noqa: N815 - brms's name
    cons_D2: float | tuple[float, ...] = 0.5  # noqa: N815 - brms's name

    name: ClassVar[str] = "R2D2"
    shared: ClassVar[tuple[SharedParameter, ...]] = (
        SharedParameter("R2D2_R2", "share of the variance that is explained"),
        SharedParameter("R2D2_phi", "shares of the coefficients in it", each=True),
    )
    drawn: ClassVar[Mapping[str, str]] = {
        "R2D2_R2": "beta_rng(R2D2_mean_R2{p} * R2D2_prec_R2{p}, (1 - R2D2_mean_R2{p}) * R2D2_prec_R2{p})",
    }

    @property
    def concentrations(self) -> tuple[float, ...]:
        """What was given for ``cons_D2``."""
        return self.cons_D2 if isinstance(self.cons_D2, tuple) else (self.cons_D2,)

    def check(self) -> str:
        """Return what is wrong with the arguments, or nothing."""
        return (
            wrong_number({"mean_R2": self.mean_R2}, 0, 1)
            or wrong_number({"prec_R2": self.prec_R2})
            or next(filter(None, (wrong_number({"cons_D2": value}) for value in self.concentrations)), "")
            or ("" if self.concentrations else "cons_D2 must be a positive number or several, got none")
            or wrong_switch({"autoscale": self.autoscale, "main": self.main})
        )

    def data(self, p: str, count: int, rows: int) -> StanData:
        """Return the arguments under brms's names, e.g. ``R2D2_mean_R2``."""
        given = self.concentrations
        if len(given) not in (1, count):
            raise PriorError(
                f"cons_D2 of the R2D2 prior has {len(given)} values "
                f"({', '.join(map(format_number, given))}), but there {'is' if count == 1 else 'are'} {count} "
                f"coefficient{'' if count == 1 else 's'}; give one value, or one for each"
            )
        shares = np.full(count, given[0]) if len(given) == 1 else np.asarray(given)
        return {
            f"Kscales{p}": count, f"R2D2_mean_R2{p}": self.mean_R2, f"R2D2_prec_R2{p}": self.prec_R2,
            f"R2D2_cons_D2{p}": np.asarray(shares, dtype=float),
        }  # fmt: skip

    def scales(self, values: Mapping[str, FloatArray], p: str, sigma: FloatArray | float) -> FloatArray:
        """Return the scales."""
        explained = values[f"R2D2_R2{p}"][:, None]
        return np.asarray(np.sqrt(sigma**2 * explained / (1 - explained) * values[f"R2D2_phi{p}"]))

    def starts(self, count: int) -> dict[str, Any]:
        """Return an explained half, shared out evenly."""
        return {"R2D2_R2": 0.5, "R2D2_phi": np.full(count, 1 / count)}
