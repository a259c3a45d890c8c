"""The penalised fit: from a problem to coefficients, smoothing parameters, covariances and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.errors import FitError, FitWarning, warn
from smoothstan.gam.covariance import Covariances, covariances, uncertain_covariance, uncertain_edf
from smoothstan.gam.criterion import Criterion
from smoothstan.gam.diagnostics import Concurvity, concurvity
from smoothstan.gam.fisher import expected_information
from smoothstan.gam.identifiable import identifiable_directions
from smoothstan.gam.likelihood import Observations
from smoothstan.gam.limits import minimise_beyond_limits
from smoothstan.gam.model_matrix import Rotated, dense
from smoothstan.gam.optimise import Optimum
from smoothstan.gam.penalised_least_squares import least_squares
from smoothstan.gam.penalty_system import PenaltySystem, penalty_system
from smoothstan.gam.pirls import Pirls
from smoothstan.gam.problem import Problem
from smoothstan.gam.residuals import residuals
from smoothstan.gam.start import balanced_sizes, starting_point
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

_FLAT = 1e-3


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


def fit_penalised(problem: Problem) -> PenalisedFit:
    """Fit a penalised regression and choose its smoothing parameters.

    Args:
        problem: model matrix, response, penalties, family and criterion.

    Raises:
        DataError, OptionError, FamilyError: for a problem that cannot be fitted.
        FitError: if no mode is found at any smoothing parameters tried.

    Warns:
        FitWarning: if the optimiser did not converge, or fitted probabilities are 0 or 1.
    """
    problem.check()
    data = observations(problem)
    information = _starting_information(problem, data)
    identifiable = identifiable_directions(information, problem.blocks)
    system = penalty_system(identifiable.basis.shape[1], identifiable.blocks)
    back = identifiable.basis @ system.rotation
    criterion, optimum = _optimise(problem, data, system, Rotated(problem.matrix, back), back, information)
    fit = _summarise(problem, data, criterion, optimum, identifiable.basis, back)
    if not _warn_of_separation(fit) and not fit.converged:
        worst = float(np.max(np.abs(fit.outer_gradient)))
        warn(
            f"the {problem.method} fit did not converge ({fit.message}; largest gradient {worst:.2g}): simplify "
            "the model or fix smoothing parameters by sp",
            FitWarning,
        )
    return fit


def _starting_information(problem: Problem, data: Observations) -> FloatArray:
    """Return X'WX with weights at the starting means."""
    family = problem.family
    if family.name == "gaussian" and problem.link.name == "identity":
        weights = problem.weights
    else:
        mu = family.clip(family.initial_mean(problem.y, problem.weights))
        eta = np.asarray(problem.link.link(mu), dtype=float)
        theta = family.initial_shape(problem.y, problem.weights)
        weights = data.slopes(eta, mu, theta)[2]
    unit = bool(np.all(weights == 1))
    return problem.matrix.cross_product(None if unit else weights)


def _optimise(
    problem: Problem,
    data: Observations,
    system: PenaltySystem,
    matrix: Rotated,
    back: FloatArray,
    information: FloatArray,
) -> tuple[Criterion, Optimum]:
    rotated = back.T @ information @ back
    rotated = 0.5 * (rotated + rotated.T)
    scale = problem.scale if problem.scale is not None else (1.0 if problem.family.scale_known else None)
    quadratic = problem.family.name == "gaussian" and problem.link.name == "identity"
    finder: Any = least_squares(data, matrix, system, rotated) if quadratic else Pirls(data, matrix, system)
    if quadratic and scale is None and finder.exact():
        raise FitError(
            "the model reproduces the response exactly, so that there is no residual variance to estimate: is the "
            "response constant, or are there as many coefficients as rows?"
        )
    criterion = Criterion(data, finder, system, problem.method, scale, aliased=back.shape[0] - back.shape[1])
    start, lower, upper = starting_point(criterion, rotated, steps=4)
    if start is None:
        raise FitError(
            "no coefficients were found to start from: check the response, the link and the offset "
            f"(family {problem.family.name}, link {problem.link.name})"
        )
    balanced = balanced_sizes(criterion, rotated)
    return criterion, minimise_beyond_limits(criterion, start, lower, upper, balanced)


def _summarise(
    problem: Problem, data: Observations, criterion: Criterion, optimum: Optimum, basis: FloatArray, back: FloatArray
) -> PenalisedFit:
    mode, system, family = optimum.point.mode, criterion.system, problem.family
    theta = mode.theta
    eta = criterion.finder.matrix.times(mode.coefficients) + problem.offset if mode.eta is None else mode.eta
    mu = data.mean(eta) if mode.mu is None else mode.mu
    expected = expected_information(data, criterion.finder.matrix, system, mode)
    if expected is None:
        raise FitError("the penalised information is singular at the estimate: simplify the model")
    information = expected.information
    plain = covariances(information, expected.factor, 1.0)
    total = float(np.sum(plain.edf))
    scale = (
        problem.scale if problem.scale is not None else (1.0 if family.scale_known else _scale(data, mu, theta, total))
    )
    reml_scale = optimum.point.phi if criterion.has_scale else scale
    both = _rotate_back(plain, scale, back)
    information_back = back @ information @ back.T
    vc = edf2 = None
    if problem.method != "GCV":
        vc = _uncertain(criterion, optimum, plain, information, scale, basis)
        edf2 = uncertain_edf(vc, information_back, scale, both.edf1)
    saturation = float(np.sum(family.deviance_at_saturation(problem.y, problem.weights, theta)))
    deviance = 2 * (mode.half_deviance - saturation)
    null_deviance = 2 * (_null_half_deviance(data, theta) - saturation)
    known = problem.scale_known
    log_likelihood = family.criterion_likelihood(
        problem.y, mu, problem.weights, theta, scale if known else None, deviance, reml_scale
    )
    df = (total if edf2 is None else float(np.sum(edf2))) + (0 if known else 1) + theta.size
    gradient, hessian = optimum.derivatives.gradient, optimum.derivatives.hessian
    free = slice(theta.size, theta.size + system.free)
    return PenalisedFit(
        problem=problem,
        kept=np.flatnonzero(np.any(basis != 0, axis=1)).astype(np.int64),
        rank=basis.shape[1],
        score=optimum.point.value,
        coefficients=back @ mode.coefficients,
        sp=np.exp(mode.rho),
        sp_names=system.parameter_names,
        full_sp=mode.sp,
        penalty_names=tuple(s.name for s in system.penalties),
        penalty_parameters=tuple(s.parameter for s in system.penalties),
        theta=theta,
        shape=family.shape(theta),
        scale=scale,
        reml_scale=reml_scale,
        edf=both.edf,
        edf1=both.edf1,
        edf2=edf2,
        vp=both.bayesian,
        ve=both.frequentist,
        vc=vc,
        influence=both.influence,
        information=information_back,
        penalty=back @ mode.penalty @ back.T,
        null_space_dimension=system.null_dimension,
        eta=eta,
        fitted=mu,
        deviance=deviance,
        null_deviance=null_deviance,
        r_squared=_r_squared(data, mu, total),
        deviance_explained=(null_deviance - deviance) / null_deviance if null_deviance > 0 else np.nan,
        log_likelihood=log_likelihood,
        aic=-2 * log_likelihood + 2 * total + (0 if known else 2),
        df=min(df, problem.matrix.columns + (0 if known else 1) + theta.size),
        outer_gradient=gradient,
        outer_hessian=hessian,
        flat=tuple(bool(h < _FLAT) for h in np.abs(hessian.diagonal()[free])),
        iterations=optimum.iterations,
        converged=optimum.converged,
        message=optimum.message,
    )


def _rotate_back(plain: Covariances, scale: float, back: FloatArray) -> Covariances:
    """Return covariances in the coordinates of the model matrix."""
    influence = back @ plain.influence @ back.T
    edf = influence.diagonal().copy()
    return Covariances(
        _symmetric(back @ (plain.bayesian * scale) @ back.T),
        _symmetric(back @ (plain.frequentist * scale) @ back.T),
        influence,
        edf,
        2 * edf - np.sum(influence * influence.T, axis=1),
    )


def _symmetric(matrix: FloatArray) -> FloatArray:
    return 0.5 * (matrix + matrix.T)


def _uncertain(
    criterion: Criterion,
    optimum: Optimum,
    plain: Covariances,
    information: FloatArray,
    scale: float,
    basis: FloatArray,
) -> FloatArray:
    """Return Vc in the coordinates of the model matrix; its Cholesky factors belong to these."""
    system, mode = criterion.system, optimum.point.mode
    q = system.rotation
    t = criterion.shapes
    hessian = _symmetric(q @ (information + mode.penalty) @ q.T)
    pressures = tuple(_symmetric(q @ system.parameter_matrix(k, mode.sp) @ q.T) for k in range(system.free))
    try:
        vc = uncertain_covariance(
            _symmetric(q @ (plain.bayesian * scale) @ q.T),
            hessian,
            pressures,
            q @ optimum.derivatives.coefficients,
            optimum.derivatives.hessian,
            slice(t, t + system.free),
            scale,
        )
    except np.linalg.LinAlgError:
        vc = _symmetric(q @ (plain.bayesian * scale) @ q.T)
    return basis @ vc @ basis.T


def _scale(data: Observations, mu: FloatArray, theta: FloatArray, total_edf: float) -> float:
    """Estimate phi from the Pearson statistic, corrected for skewness: Fletcher (2012), Biometrika 99:230."""
    variance = data.family.variance(mu, theta)
    rest = data.y - mu
    pearson = float(np.sum(data.weights * rest**2 / variance))
    n = data.y.shape[0]
    skew = float(np.mean(data.family.variance_slope(mu, theta) * rest / variance))
    return float(pearson / max(n - total_edf, 1e-10) / (1 + max(-0.9, skew)))


def _null_half_deviance(data: Observations, theta: FloatArray) -> float:
    """Return D/2 of the model with only an intercept (and the offset)."""
    mean = float(np.average(data.y, weights=data.weights))
    if not np.any(data.offset != 0) and not data.family.null_by_fit:
        return data.half_deviance(np.full_like(data.y, mean), theta)
    one = np.ones((data.y.shape[0], 1))
    mode = Pirls(data, Rotated(dense(one), np.eye(1)), penalty_system(1, ())).find(theta, np.zeros(0))
    return np.nan if mode is None else mode.half_deviance


def _r_squared(data: Observations, mu: FloatArray, total_edf: float) -> float:
    n = data.y.shape[0]
    if n - total_edf <= 0:
        return np.nan
    root = np.sqrt(data.weights)
    mean = float(np.average(data.y, weights=data.weights))
    whole = float(np.var(root * (data.y - mean), ddof=1))
    return (
        1 - float(np.var(root * (data.y - mu), ddof=1)) * (n - 1) / (whole * (n - total_edf)) if whole > 0 else np.nan
    )


def _warn_of_separation(fit: PenalisedFit) -> bool:
    """Warn of fitted probabilities of 0 or 1; say whether there are any."""
    family = fit.problem.family
    if family.lower != 0.0 or family.upper != 1.0 or not np.any((fit.problem.y == 0) | (fit.problem.y == 1)):
        return False
    certain = np.minimum(fit.fitted, 1 - fit.fitted) < 1e-8
    if np.any(certain):
        rows = int(np.sum(certain))
        warn(
            f"{rows} fitted probabilities are 0 or 1 up to rounding: the data are separated, so that some coefficients "
            "have no finite estimate and standard errors mean nothing; simplify the model or use brm() with priors",
            FitWarning,
        )
    return bool(np.any(certain))
