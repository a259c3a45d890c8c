"""A posterior beside the penalised fit of the same model: effective degrees of freedom and standard deviations.

A smooth with penalties S_j and smoothing parameters lambda_j is a random effect whose coefficients have precision
``P = sum_j S_j / sd_j^2``, with ``sd_j = sqrt(phi / lambda_j)``.  Given these, its effective degrees of freedom are

    edf_i = sum over its columns k of [(I + P)^-1 I]_kk,   I = X'WX / phi,

where P holds the precisions of all terms; for a column whose prior is independent of the others that is
``1 - Var(b_k | y, sd, phi) / Var(b_k | sd)``.  ``gam()`` reports it at the estimate of the smoothing parameters;
averaged over the draws of the standard deviations (with W at the draw's linear predictor) it says the same of the
posterior.  Priors of population-level coefficients are left out, as ``gam()`` has none; so are those of further
shape parameters, which stay at the estimate of ``gam()``.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., sections 5.4.2 and 6.1.2; Ruppert, Wand & Carroll (2003),
*Semiparametric Regression*, section 8.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smoothstan import notebook
from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.errors import FamilyError, FormulaError, OptionError
from smoothstan.gam import GamFit, Twin, fit_penalised, twin_of
from smoothstan.gam.model_matrix import dense
from smoothstan.posterior.estimates import posterior_summary
from smoothstan.posterior.loo import Loo

if TYPE_CHECKING:
    import pandas as pd

_MOST_DRAWS = 200


@dataclass(frozen=True, repr=False)
class TwinComparison:
    """A posterior beside a penalised fit.  Made by ``Posterior.compare_to_gam()``.

    Args:
        terms: for every smooth and group its edf in the penalised fit, and its effective degrees of freedom in the
            posterior with their interval; last the totals, population-level coefficients included.
        deviations: for every standard deviation the estimate and interval of the penalised fit, and those of
            the posterior.
        p_loo: the effective number of parameters by leave-one-out cross-validation, and its standard error; it
            counts the residual standard deviation, too, and is lower where residuals are smaller than expected.
        gam: the penalised fit.
    """

    terms: pd.DataFrame
    deviations: pd.DataFrame
    p_loo: tuple[float, float]
    gam: GamFit

    def __str__(self) -> str:
        value, error = self.p_loo
        return "\n".join([
            "Effective degrees of freedom", _shown(self.terms), f"p_loo = {value:.1f} (SE {error:.1f})", "",
            "Standard deviations", _shown(self.deviations),
        ])  # fmt: skip

    __repr__ = __str__

    def _repr_html_(self) -> str:
        value, error = self.p_loo
        return notebook.page(
            notebook.heading("Effective degrees of freedom"), notebook.table(self.terms, write="{:.2f}".format),
            notebook.note(f"p_loo = {value:.1f} (SE {error:.1f})"),
            notebook.heading("Standard deviations"), notebook.table(self.deviations, write="{:.2f}".format),
        )  # fmt: skip


def _shown(table: pd.DataFrame) -> str:
    return table.to_string(float_format=lambda v: f"{v:.2f}")


def compare_twin(
    design: Design, draws: Mapping[str, FloatArray], loo: Callable[[], Loo], given: GamFit | None, prob: float
) -> TwinComparison:
    """Compare a posterior with a penalised fit.

    Args:
        design: the model.
        draws: posterior variable -> (draws, ...).
        loo: of the posterior, asked for once the models are seen to match.
        given: a penalised fit of the same smooths and groups; made here if None.
        prob: mass of the intervals.

    Raises:
        OptionError: if ``gam()`` cannot fit such a model, or the given fit has other smooths.
    """
    import pandas as pd

    twin = _twin(design)
    fit = GamFit(twin.gam, fit_penalised(twin.gam.problem())) if given is None else _checked(given, twin)
    labels = [term.label for term in twin.gam.terms]
    edf = _posterior_edf(twin, draws, fit)
    columns = [edf[:, term.block.columns].sum(axis=1) for term in twin.gam.terms]
    values = np.column_stack([*columns, edf.sum(axis=1)])
    posterior = posterior_summary(values, [*labels, "total"], prob=prob).drop(columns="Est.Error")
    posterior.columns = ["posterior", *posterior.columns[1:]]
    reference = [*fit.edf.loc[labels].to_numpy(), fit.total_edf]
    terms = pd.DataFrame({"gam": reference}, index=posterior.index).join(posterior)
    p_loo, error = loo().estimates.loc["p_loo"].to_numpy(dtype=float)
    return TwinComparison(terms, _deviations(twin, fit, draws, prob), (float(p_loo), float(error)), fit)


def _twin(design: Design) -> Twin:
    if len(design.predicted) > 1:
        raise OptionError(
            f"gam() has one linear predictor; this model predicts {', '.join(design.predicted)}, so that there is "
            "no penalised fit to compare it to"
        )
    try:
        return twin_of(design)
    except (FormulaError, FamilyError) as fault:
        raise OptionError(f"there is no penalised fit to compare this model to: {fault}") from None


def _checked(given: GamFit, twin: Twin) -> GamFit:
    if not isinstance(given, GamFit):
        raise OptionError(f"compare_to_gam() takes a fit made by gam(), got {type(given).__name__}")
    own, other = ({term.label for term in terms} for terms in (twin.gam.terms, given.design.terms))
    if own != other or given.design.table.n != twin.design.n:
        raise OptionError(
            f"the penalised fit has the smooths {', '.join(sorted(other)) or 'none'} of {given.design.table.n} rows, "
            f"this model {', '.join(sorted(own)) or 'none'} of {twin.design.n}"
        )
    return given


def _standard_deviations(twin: Twin) -> dict[str, list[tuple[str, float]]]:
    """Return label of a term -> per penalty the posterior variable and the scale of the penalty that it is on."""
    found: dict[str, list[tuple[str, float]]] = {}
    owners: dict[str, list[tuple[str, float]]] = {}
    for smooth in twin.smooths:
        numbered, p = smooth.numbered, twin.linear.p
        if numbered.owns:
            owners[numbered.deviations] = [(f"sds{p}_{name}", 1.0) for name in numbered.smooth.deviations]
        found[smooth.term.label] = owners.get(numbered.deviations, [])
    for effect in twin.effects:
        name = f"sd_{effect.group.name}__{effect.coefficient.label}"
        found[effect.term.label] = [(name, effect.term.block.scales[0])]
    return found


def _posterior_edf(twin: Twin, draws: Mapping[str, FloatArray], fit: GamFit) -> FloatArray:
    """Return the effective degrees of freedom of every column, (draws, p), at up to 200 draws."""
    problem = twin.gam.problem()
    matrix, data = dense(np.asarray(problem.X)), fit.penalised.data
    total = len(next(iter(draws.values())))
    chosen = np.unique(np.linspace(0, total - 1, min(total, _MOST_DRAWS)).astype(np.int64))
    some = {name: values[chosen] for name, values in draws.items()}
    fixed_weights = problem.family.name == "gaussian" and problem.link.name == "identity"
    eta = None if fixed_weights else twin.design.linear_predictor("mu", some, twin.design.table)
    sigma = some.get("sigma") if not problem.scale_known else None
    information = matrix.cross_product(problem.weights) if fixed_weights else None
    names = _standard_deviations(twin)
    found = np.empty((len(chosen), matrix.columns))
    for d in range(len(chosen)):
        phi = fit.scale if sigma is None else float(sigma[d]) ** 2
        if eta is not None:
            weights = data.slopes(eta[d], data.mean(eta[d]), fit.penalised.theta)[2]
            information = matrix.cross_product(weights)
        assert information is not None
        found[d] = column_edf(information / phi, _precision(twin, names, some, d))
    return found


def _precision(
    twin: Twin, names: Mapping[str, list[tuple[str, float]]], draws: Mapping[str, FloatArray], d: int
) -> FloatArray:
    size = len(twin.gam.columns)
    precision = np.zeros((size, size))
    for term in twin.gam.terms:
        block = term.block
        for penalty, (name, scale) in zip(block.penalties, names[term.label], strict=True):
            precision[block.columns, block.columns] += penalty * (scale / float(draws[name][d]) ** 2)
    return precision


def column_edf(information: FloatArray, precision: FloatArray) -> FloatArray:
    """Return the diagonal of (I + P)^-1 I, (p,)."""
    total = information + precision
    size = np.sqrt(np.maximum(total.diagonal(), np.finfo(float).tiny))
    scaled = total / np.outer(size, size)
    right = information / np.outer(size, size)
    try:
        np.linalg.cholesky(scaled)
        return np.asarray(np.linalg.solve(scaled, right).diagonal())
    except np.linalg.LinAlgError:
        # Columns that neither the data nor a prior determines.
        return np.asarray(np.linalg.lstsq(scaled, right, rcond=None)[0].diagonal())


def _deviations(twin: Twin, fit: GamFit, draws: Mapping[str, FloatArray], prob: float) -> pd.DataFrame:
    """Return sqrt(phi / lambda) beside the posterior of the same standard deviation.

    Those of smooths are on the scaled penalties, as ``sds`` is; those of groups on the scale of the linear predictor.
    """
    import pandas as pd

    plain = fit.penalised.variance_components(rescale=False, probability=prob)
    unscaled = fit.penalised.variance_components(rescale=True, probability=prob)
    names, groups = _standard_deviations(twin), {effect.term.label for effect in twin.effects}
    rows, index, columns, first = [], [], [], 0
    for block in fit.penalised.problem.blocks:
        for j, (variable, _) in enumerate(names[block.label]):
            rows.append((unscaled if block.label in groups else plain)[first + j])
            index.append(variable)
            columns.append(draws[variable])
        first += len(block.penalties)
    if "sigma" in draws and not fit.penalised.problem.scale_known:
        rows.append(plain[-1])
        index.append("sigma")
        columns.append(draws["sigma"])
    if not rows:
        return pd.DataFrame(columns=["gam", "gam lower", "gam upper", "posterior"], dtype=float)
    table = pd.DataFrame(
        {
            "gam": [row.standard_deviation for row in rows],
            "gam lower": [row.lower for row in rows],
            "gam upper": [row.upper for row in rows],
        },
        index=index,
    )
    posterior = posterior_summary(np.column_stack(columns), index, prob=prob).drop(columns="Est.Error")
    posterior.columns = ["posterior", *posterior.columns[1:]]
    return table.join(posterior)
