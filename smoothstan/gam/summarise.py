"""From the optimum of a criterion to everything that a penalised fit says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FitError
from smoothstan.gam.covariance import Covariances, covariances, uncertain_covariance, uncertain_edf
from smoothstan.gam.criterion import Criterion
from smoothstan.gam.fisher import expected_information
from smoothstan.gam.fit_statistics import adjusted_r_squared, null_half_deviance, pearson_scale
from smoothstan.gam.likelihood import Observations
from smoothstan.gam.optimise import Optimum
from smoothstan.gam.penalised_fit import PenalisedFit
from smoothstan.gam.problem import Problem

_FLAT = 1e-3


@dataclass(frozen=True)
class _Deviance:
    """The deviance of the fit and of the weighted mean, and the log likelihood; ``explained`` is a share."""

    fit: float
    null: float
    log_likelihood: float

    @property
    def explained(self) -> float:
        return (self.null - self.fit) / self.null if self.null > 0 else np.nan


@dataclass(frozen=True)
class _Spread:
    """Covariances and information in the coordinates of the model matrix; vc and edf2 are None for GCV."""

    given_sp: Covariances
    information: FloatArray
    scale: float
    vc: FloatArray | None
    edf2: FloatArray | None


def summarise(
    problem: Problem, data: Observations, criterion: Criterion, optimum: Optimum, basis: FloatArray, back: FloatArray
) -> PenalisedFit:
    """Return the fit at the optimum.

    Args:
        problem: what was fitted.
        data: its observations.
        criterion: what was minimised.
        optimum: where.
        basis: (p, r) the directions that data and penalties determine.
        back: (p, r) from the coordinates of the optimiser to those of the model matrix.
    """
    mode, system = optimum.point.mode, criterion.system
    theta = mode.theta
    eta = criterion.finder.matrix.times(mode.coefficients) + problem.offset if mode.eta is None else mode.eta
    mu = data.mean(eta) if mode.mu is None else mode.mu
    spread = _spread(problem, data, criterion, optimum, mu, basis, back)
    edf, total = spread.given_sp.edf, float(np.sum(spread.given_sp.edf))
    reml_scale = optimum.point.phi if criterion.has_scale else spread.scale
    deviance = _deviance(problem, data, optimum, mu, reml_scale)
    scale_parameters = 0 if problem.scale_known else 1
    df = (total if spread.edf2 is None else float(np.sum(spread.edf2))) + scale_parameters + theta.size
    hessian = optimum.derivatives.hessian
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
        shape=problem.family.shape(theta),
        scale=spread.scale,
        reml_scale=reml_scale,
        edf=edf,
        edf1=spread.given_sp.edf1,
        edf2=spread.edf2,
        vp=spread.given_sp.bayesian,
        ve=spread.given_sp.frequentist,
        vc=spread.vc,
        influence=spread.given_sp.influence,
        information=spread.information,
        penalty=back @ mode.penalty @ back.T,
        null_space_dimension=system.null_dimension,
        eta=eta,
        fitted=mu,
        deviance=deviance.fit,
        null_deviance=deviance.null,
        r_squared=adjusted_r_squared(data, mu, total),
        deviance_explained=deviance.explained,
        log_likelihood=deviance.log_likelihood,
        aic=-2 * deviance.log_likelihood + 2 * total + 2 * scale_parameters,
        df=min(df, problem.matrix.columns + scale_parameters + theta.size),
        outer_gradient=optimum.derivatives.gradient,
        outer_hessian=hessian,
        flat=tuple(bool(h < _FLAT) for h in np.abs(hessian.diagonal()[free])),
        iterations=optimum.iterations,
        converged=optimum.converged,
        message=optimum.message,
    )


def _spread(
    problem: Problem,
    data: Observations,
    criterion: Criterion,
    optimum: Optimum,
    mu: FloatArray,
    basis: FloatArray,
    back: FloatArray,
) -> _Spread:
    mode = optimum.point.mode
    expected = expected_information(data, criterion.finder.matrix, criterion.system, mode)
    if expected is None:
        raise FitError("the penalised information is singular at the estimate: simplify the model")
    plain = covariances(expected.information, expected.factor, 1.0)
    scale = problem.known_scale
    if scale is None:
        scale = pearson_scale(data, mu, mode.theta, float(np.sum(plain.edf)))
    given_sp = _rotate_back(plain, scale, back)
    information = back @ expected.information @ back.T
    if problem.method == "GCV":
        return _Spread(given_sp, information, scale, None, None)
    vc = _uncertain(criterion, optimum, plain, expected.information, scale, basis)
    return _Spread(given_sp, information, scale, vc, uncertain_edf(vc, information, scale, given_sp.edf1))


def _deviance(problem: Problem, data: Observations, optimum: Optimum, mu: FloatArray, reml_scale: float) -> _Deviance:
    family, mode = problem.family, optimum.point.mode
    theta = mode.theta
    saturation = float(np.sum(family.deviance_at_saturation(problem.y, problem.weights, theta)))
    deviance = 2 * (mode.half_deviance - saturation)
    null = 2 * (null_half_deviance(data, theta) - saturation)
    return _Deviance(
        deviance,
        null,
        family.criterion_likelihood(problem.y, mu, problem.weights, theta, problem.known_scale, deviance, reml_scale),
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
