"""What a penalised fit is: coefficients, smoothing parameters, covariances and what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.gam.diagnostics import Concurvity, concurvity
from smoothstan.gam.likelihood import Observations
from smoothstan.gam.problem import Problem
from smoothstan.gam.residuals import residuals
from smoothstan.gam.tests_of_terms import (
    FittedCovariance,
    ParametricTest,
    TermTest,
    WaldTest,
    coefficient_tests,
    smooth_test,
    wald_test,
)
from smoothstan.gam.variance_components import VarianceComponent, variance_components


@dataclass(frozen=True)
class PenalisedFit:
    """A penalised fit; coefficients and matrices are in the coordinates of the problem's model matrix.

    Args:
        problem: what was fitted.
        kept: the columns that take part; the coefficients of all others are 0, because these say the same.
        rank: the number of coefficients that data and penalties determine.
        score: the minimised criterion: -REML, -ML, GCV or UBRE.
        coefficients: (p,).
        sp: (M,) free smoothing parameters, called ``sp_names``.
        full_sp: (m,) smoothing parameters of all penalties, called ``penalty_names``.
        shape: the family's shape parameters by name, ``theta`` (t,) the same on their unconstrained scales.
        scale: the estimate of phi that covariances use.
        reml_scale: phi as optimised with the smoothing parameters; the same as ``scale`` for GCV.
        edf, edf1, edf2: (p,) effective degrees of freedom; edf2 allows for the uncertainty of the smoothing
            parameters, None for GCV.
        vp, ve, vc: (p, p) Bayesian and frequentist covariance; the Bayesian with that uncertainty, None for GCV.
        influence: (p, p) F, whose trace is the total edf.
        information: (p, p) X'WX with Fisher weights.
        penalty: (p, p) sum of lambda_j S_j.
        eta, fitted: (n,) linear predictor and mean.
        deviance, null_deviance: of this model, and of the weighted mean.
        r_squared, deviance_explained: adjusted R^2, and the share of the null deviance.
        log_likelihood: at the maximum likelihood (or REML) scale.
        aic: -2 log likelihood + 2 tr F (+ 2 for the scale), conditional on the smoothing parameters.
        df: degrees of freedom of ``log_likelihood`` for AIC and BIC.
        outer_gradient, outer_hessian: of the criterion in (theta, rho, log phi).
        flat: (M,) True where the criterion hardly depends on the smoothing parameter.
        iterations, converged, message: of the optimiser.
    """

    problem: Problem
    kept: IntArray
    rank: int
    score: float
    coefficients: FloatArray
    sp: FloatArray
    sp_names: tuple[str, ...]
    full_sp: FloatArray
    penalty_names: tuple[str, ...]
    penalty_parameters: tuple[int, ...]
    theta: FloatArray
    shape: dict[str, float]
    scale: float
    reml_scale: float
    edf: FloatArray
    edf1: FloatArray
    edf2: FloatArray | None
    vp: FloatArray
    ve: FloatArray
    vc: FloatArray | None
    influence: FloatArray
    information: FloatArray
    penalty: FloatArray
    null_space_dimension: int
    eta: FloatArray
    fitted: FloatArray
    deviance: float
    null_deviance: float
    r_squared: float
    deviance_explained: float
    log_likelihood: float
    aic: float
    df: float
    outer_gradient: FloatArray
    outer_hessian: FloatArray
    flat: tuple[bool, ...]
    iterations: int
    converged: bool
    message: str

    @property
    def total_edf(self) -> float:
        """The total effective degrees of freedom."""
        return float(np.sum(self.edf))

    @property
    def residual_df(self) -> float:
        """Rows minus effective degrees of freedom."""
        return float(self.problem.y.shape[0] - self.total_edf)

    @property
    def AIC(self) -> float:  # noqa: N802
        """-2 log likelihood + 2 df, df with the uncertainty of the smoothing parameters."""
        return -2 * self.log_likelihood + 2 * self.df

    @property
    def BIC(self) -> float:  # noqa: N802
        """-2 log likelihood + log(n) df."""
        return -2 * self.log_likelihood + float(np.log(self.problem.y.shape[0])) * self.df

    @property
    def data(self) -> Observations:
        """The observations."""
        return observations(self.problem)

    def block_sums(self, values: FloatArray) -> FloatArray:
        """Sum values of the coefficients, such as ``edf``, over the columns of every smooth."""
        return np.array([np.sum(values[block.columns]) for block in self.problem.blocks])

    def residuals(self, kind: str = "deviance") -> FloatArray:
        """Return deviance, pearson, response or working residuals, (n,)."""
        return residuals(self.data, self.eta, self.fitted, self.theta, kind)

    def hat(self) -> FloatArray:
        """Return the diagonal of the influence matrix of the (working) response, (n,)."""
        _, _, weights = self.data.slopes(self.eta, self.fitted, self.theta)
        return weights * self.problem.matrix.row_quadratic(self.vp / self.scale)

    def tested(self) -> FittedCovariance:
        """Return what the tests of terms need."""
        return FittedCovariance(
            self.coefficients,
            self.information,
            self.penalty,
            self.vp,
            self.ve,
            self.edf,
            self.edf1,
            self.scale,
            None if self.problem.scale_known else self.residual_df,
        )

    def smooth_tests(self) -> tuple[TermTest, ...]:
        """Test every smooth against zero."""
        fit = self.tested()
        return tuple(smooth_test(fit, block, self.problem.blocks) for block in self.problem.blocks)

    def parametric_tests(self) -> tuple[ParametricTest, ...]:
        """Test every coefficient that belongs to no smooth."""
        smooth = {j for block in self.problem.blocks for j in range(block.start, block.stop)}
        return coefficient_tests(self.tested(), [j for j in range(self.coefficients.size) if j not in smooth])

    def wald_test(self, columns: list[int]) -> WaldTest:
        """Test several parametric coefficients at once."""
        return wald_test(self.tested(), columns)

    def variance_components(self, *, rescale: bool = True, probability: float = 0.95) -> tuple[VarianceComponent, ...]:
        """Return the smoothing parameters as standard deviations; ``rescale`` for the penalties before scaling."""
        scales = [s for block in self.problem.blocks for s in block.scales] if rescale else [1.0] * self.full_sp.size
        gcv = self.problem.method == "GCV"
        first = self.theta.size
        return variance_components(
            self.penalty_names,
            self.full_sp,
            np.asarray(scales, dtype=float),
            self.penalty_parameters,
            self.reml_scale,
            None if gcv else self.outer_hessian,
            slice(first, first + self.sp.size),
            scale_estimated=not gcv and not self.problem.scale_known,
            probability=probability,
        )

    def concurvity(self) -> tuple[Concurvity, ...]:
        """Return how well the other terms can imitate each term."""
        return concurvity(self.problem.matrix.cross_product(), self.coefficients, self.problem.blocks)


def observations(problem: Problem) -> Observations:
    """Return the data of a problem without the model matrix."""
    return Observations(problem.y, problem.weights, problem.offset, problem.family, problem.link)
