"""The families of penalised fits, by name."""

from __future__ import annotations

from smoothstan.errors import FamilyError
from smoothstan.families.beta import PenalisedBeta
from smoothstan.families.exponential import (
    PenalisedBinomial,
    PenalisedGamma,
    PenalisedGaussian,
    PenalisedInverseGaussian,
    PenalisedPoisson,
    PenalisedQuasiBinomial,
    PenalisedQuasiPoisson,
)
from smoothstan.families.negbinomial import PenalisedNegbinomial
from smoothstan.families.penalised import PenalisedFamily
from smoothstan.families.scaled_t import PenalisedStudent
from smoothstan.registry import Registry

GAM_FAMILIES: Registry[type[PenalisedFamily]] = Registry(
    "family",
    {
        "bernoulli": PenalisedBinomial,
        **{
            family.name: family
            for family in (
                PenalisedBeta,
                PenalisedBinomial,
                PenalisedGamma,
                PenalisedGaussian,
                PenalisedInverseGaussian,
                PenalisedNegbinomial,
                PenalisedPoisson,
                PenalisedQuasiBinomial,
                PenalisedQuasiPoisson,
                PenalisedStudent,
            )
        },
    },
    FamilyError,
)
