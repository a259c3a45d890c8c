"""The regularised horseshoe: most coefficients near zero, some as large as the slab allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.priors.shrinkage import SharedParameter, Shrinkage, wrong_number, wrong_switch


@final
@dataclass(frozen=True)
class Horseshoe(Shrinkage):
    """Scales ``tau lambda_j sqrt(c^2 / (c^2 + tau^2 lambda_j^2))``.

    The local ``lambda_j`` are half Student t, the global ``tau`` is half Student t with scale ``scale_global``, times
    sigma if autoscaled, and ``c^2 / scale_slab^2`` is inverse gamma with ``df_slab`` degrees of freedom.

    Args:
        df: degrees of freedom of the local parameters.
        scale_global: scale of the global parameter.
        df_global: its degrees of freedom.
        scale_slab, df_slab: scale and degrees of freedom of the slab.
        par_ratio: the expected number of coefficients that differ from zero over that of the others; the global scale
            is then this over the root of the number of rows, and ``scale_global`` is ignored.
        autoscale, main: see ``Shrinkage``.

    Source: Piironen & Vehtari (2017), Electronic Journal of Statistics 11, 5018-5051, equations 2.8 and 3.12 and
        appendix C; the arguments are brms's.
    """

    df: float = 1.0
    scale_global: float = 1.0
    df_global: float = 1.0
    scale_slab: float = 2.0
    df_slab: float = 4.0
    par_ratio: float | None = None

    name: ClassVar[str] = "horseshoe"
    shared: ClassVar[tuple[SharedParameter, ...]] = (
        SharedParameter("hs_global", "global scale"),
        SharedParameter("hs_slab", "variance of the slab"),
        SharedParameter("hs_local", "local scales", each=True),
    )
    drawn: ClassVar[Mapping[str, str]] = {
        "hs_global": "abs(student_t_rng(hs_df_global{p}, 0, hs_scale_global{p}))",
        "hs_slab": "inv_gamma_rng(0.5 * hs_df_slab{p}, 0.5 * hs_df_slab{p})",
    }

    def check(self) -> str:
        """Return what is wrong with the arguments, or nothing."""
        positive = {name: getattr(self, name) for name in self.written()[:5]}
        ratio = {} if self.par_ratio is None else {"par_ratio": self.par_ratio}
        return wrong_number(positive | ratio) or wrong_switch({"autoscale": self.autoscale, "main": self.main})

    def data(self, p: str, count: int, rows: int) -> StanData:
        """Return the arguments under brms's names, e.g. ``hs_df_sigma``."""
        scale = self.scale_global if self.par_ratio is None else self.par_ratio / np.sqrt(rows)
        return {
            f"Kscales{p}": count, f"hs_df{p}": self.df, f"hs_df_global{p}": self.df_global,
            f"hs_df_slab{p}": self.df_slab, f"hs_scale_global{p}": float(scale), f"hs_scale_slab{p}": self.scale_slab,
        }  # fmt: skip

    def scales(self, values: Mapping[str, FloatArray], p: str, sigma: FloatArray | float) -> FloatArray:
        """Return the scales; sigma is in the prior of ``hs_global``, not here."""
        squared = values[f"hs_local{p}"] ** 2
        tau2 = values[f"hs_global{p}"][:, None] ** 2
        slab = self.scale_slab**2 * values[f"hs_slab{p}"][:, None]
        return np.asarray(np.sqrt(tau2 * slab * squared / (slab + tau2 * squared)))

    def starts(self, count: int) -> dict[str, Any]:
        """Return ones."""
        return {"hs_global": 1.0, "hs_slab": 1.0, "hs_local": np.ones(count)}
