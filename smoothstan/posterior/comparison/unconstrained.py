"""A posterior as points of the unconstrained space: their log density, and the draws that points stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from smoothstan._version import __version__
from smoothstan.arrays import FloatArray
from smoothstan.codegen import Derived, ParameterSpace, StanProgram, derived_parameters, parameter_space, write_program
from smoothstan.engines import StanliEngine
from smoothstan.errors import OptionError
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.prediction import Prediction, prepare


@dataclass(frozen=True)
class UnconstrainedPosterior:
    """The draws of a fit in the space in which they were sampled.  Made by ``unconstrained_posterior``.

    Args:
        fit: the fit.
        program: its program.
        derived: what in it is no parameter though a term declares it.
        space: the parameters of the program.
        points: (draws, size) the draws.
        log_density: (points, size) -> (points,) log posterior density with the Jacobian.
    """

    fit: Fitted
    program: StanProgram
    derived: Derived
    space: ParameterSpace
    points: FloatArray
    log_density: Callable[[FloatArray], FloatArray]

    def draws(self, points: FloatArray) -> dict[str, FloatArray]:
        """Return the posterior variables, (points, ...) each, that points stand for."""
        design = self.fit.design
        values = self.space.constrain(points)
        values |= self.derived.program_results(values)
        for term in design.terms:
            values |= term.program_results(values, design.table)
        found: dict[str, FloatArray] = {}
        for term in design.terms:
            for variable in term.variables:
                columns = np.stack([_element(values, name) for name in variable.columns], axis=1)
                shape = tuple(len(labels) for labels in variable.coords)
                array = columns.reshape(len(points), *shape)
                # Effects of one group from several groupings share an array, side by side.
                known = found.get(variable.name)
                found[variable.name] = array if known is None else np.concatenate([known, array], axis=-1)
        return found

    def log_lik(self, row: int, points: FloatArray) -> FloatArray:
        """Return the log likelihood of a row at points, (points,); minus infinity where it has none."""
        prediction: Prediction = replace(
            prepare(self.fit), draws=self.draws(points), draw_ids=np.arange(len(points)),
            table=self.fit.design.table.take(np.asarray([row])),
        )  # fmt: skip
        with np.errstate(all="ignore"):
            values = prediction.evaluate("log_lik")[:, 0]
        return np.where(np.isnan(values), -np.inf, values)


def _element(values: Mapping[str, FloatArray], column: str) -> FloatArray:
    """Return the values of a Stan column such as ``r_1[3,1]``."""
    name, _, index = column.partition("[")
    if not index:
        return values[name]
    array = values[name]
    for i in index.rstrip("]").split(","):
        array = array[:, int(i) - 1]
    return array


def program_values(fit: Fitted) -> dict[str, FloatArray]:
    """Return the parameters of the program in the draws of a fit, by Stan name, (draws, ...) each."""
    values: dict[str, FloatArray] = {}
    for term in fit.design.terms:
        values |= term.program_parameters({**fit.latent, **fit.flat})
    derived = derived_parameters(fit.design, fit.model.priors)
    sampled = {name: value for name, value in values.items() if name not in derived.names}
    return sampled | derived.program_parameters(values, fit.flat)


def unconstrained_posterior(fit: Fitted) -> UnconstrainedPosterior:
    """Return the draws of a fit in the unconstrained space; the embedded engine evaluates the density.

    Raises:
        OptionError: if the draws lie on the edge of the space, or a parameter has no known transform.
    """
    model = fit.model
    program = write_program(fit.design, model.priors, version=__version__, sample_prior=model.sample_prior)
    try:
        values = program_values(fit)
    except np.linalg.LinAlgError:
        raise OptionError("some draws have correlations of 1 or -1, which have no unconstrained values") from None
    space = parameter_space(program.code, values)
    with np.errstate(all="ignore"):
        points = space.unconstrain(values)
    bad = ~np.isfinite(points).all(axis=1)
    if bad.any():
        raise OptionError(f"draw {int(np.argmax(bad))} lies on the edge of its space, e.g. has a deviation of zero")
    derived = derived_parameters(fit.design, model.priors)
    return UnconstrainedPosterior(fit, program, derived, space, points, StanliEngine().log_densities(program))
