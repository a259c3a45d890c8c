"""The log density of a model from its mathematics, in numpy and scipy, for comparison with the Stan program.

Of the package this file uses only what it reports: the arrays of ``standata`` under brms's names, and
the rows of ``default_prior``.  The model is

    eta = Intercept + (X - colmeans(X)) b + Xs bs + sum_i Zs_i s_i + sum_k r[J, k] Z_k + offsets
    s = sds * zs,   r = (diag(sd) L z)',   zs ~ N(0, 1),   z ~ N(0, 1),   L L' ~ LKJ(eta)

where a smooth may exist at some rows only, have columns of which each group has its own coefficients, or
several penalties S_j on one block: then s ~ N(0, (sum_j S_j / sds_j^2)^-1), written with a root of it; a
smooth linked to another has the other's sds,

with every prior truncated to the bounds of its parameter and made proper there.  All terms are
normalised, so that the values can be compared with those of Stan without an unknown constant, except
where a prior is flat (log density zero).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from scipy import special, stats

Address = tuple[str, str, str, str]
"""(class, coef, group, dpar) of a prior."""

DENSITIES: Mapping[str, Callable[..., Any]] = {
    "std_normal": lambda: stats.norm(),
    "normal": lambda mu, sigma: stats.norm(mu, sigma),
    "student_t": lambda nu, mu, sigma: stats.t(nu, mu, sigma),
    "cauchy": lambda mu, sigma: stats.cauchy(mu, sigma),
    "double_exponential": lambda mu, sigma: stats.laplace(mu, sigma),
    "logistic": lambda mu, sigma: stats.logistic(mu, sigma),
    "gumbel": lambda mu, beta: stats.gumbel_r(mu, beta),
    "skew_normal": lambda xi, omega, alpha: stats.skewnorm(alpha, xi, omega),
    "exp_mod_normal": lambda mu, sigma, rate: stats.exponnorm(1 / (sigma * rate), mu, sigma),
    "lognormal": lambda mu, sigma: stats.lognorm(sigma, scale=np.exp(mu)),
    "chi_square": lambda nu: stats.chi2(nu),
    "inv_chi_square": lambda nu: stats.invgamma(nu / 2, scale=1 / 2),
    "scaled_inv_chi_square": lambda nu, s: stats.invgamma(nu / 2, scale=nu * s**2 / 2),
    "exponential": lambda rate: stats.expon(scale=1 / rate),
    "gamma": lambda shape, rate: stats.gamma(shape, scale=1 / rate),
    "inv_gamma": lambda shape, scale: stats.invgamma(shape, scale=scale),
    "weibull": lambda shape, scale: stats.weibull_min(shape, scale=scale),
    "frechet": lambda shape, scale: stats.invweibull(shape, scale=scale),
    "rayleigh": lambda sigma: stats.rayleigh(scale=sigma),
    "loglogistic": lambda scale, shape: stats.fisk(shape, scale=scale),
    "pareto": lambda least, shape: stats.pareto(shape, scale=least),
    "pareto_type_2": lambda mu, scale, shape: stats.lomax(shape, mu, scale),
    "beta": lambda a, b: stats.beta(a, b),
    "beta_proportion": lambda mu, kappa: stats.beta(mu * kappa, (1 - mu) * kappa),
    "uniform": lambda a, b: stats.uniform(a, b - a),
}
"""Stan's name and arguments -> the same distribution of scipy."""

INVERSE_LINKS: Mapping[str, Callable[[Any], Any]] = {
    "identity": lambda eta: eta,
    "log": np.exp,
    "sqrt": np.square,
    "logit": special.expit,
    "probit": special.ndtr,
    "cloglog": lambda eta: -np.expm1(-np.exp(eta)),
    "cauchit": stats.cauchy.cdf,
    "logm1": lambda eta: 1 + np.exp(eta),
}


@dataclass(frozen=True)
class Likelihood:
    """A response distribution: its further parameters with their links, and the log density of y."""

    link: str
    others: Mapping[str, str]
    log_density: Callable[[Any, Mapping[str, Any], Mapping[str, Any]], Any]


LIKELIHOODS: Mapping[str, Likelihood] = {
    "gaussian": Likelihood("identity", {"sigma": "log"}, lambda y, p, data: stats.norm.logpdf(y, p["mu"], p["sigma"])),
    "student": Likelihood(
        "identity",
        {"sigma": "log", "nu": "logm1"},
        lambda y, p, data: stats.t.logpdf(y, p["nu"], p["mu"], p["sigma"]),
    ),
    "bernoulli": Likelihood("logit", {}, lambda y, p, data: stats.bernoulli.logpmf(y, p["mu"])),
    "binomial": Likelihood("logit", {}, lambda y, p, data: stats.binom.logpmf(y, data["trials"], p["mu"])),
    "poisson": Likelihood("log", {}, lambda y, p, data: stats.poisson.logpmf(y, p["mu"])),
}


def parse_density(text: str) -> tuple[str, tuple[float, ...]]:
    """Split ``"student_t(3, 0, 2.5)"`` into its name and numbers."""
    name, arguments = re.fullmatch(r"\s*(\w+)\((.*)\)\s*", text).groups()
    return name, tuple(float(a) for a in arguments.split(",") if a.strip())


@dataclass(frozen=True)
class PriorRow:
    """The text of a prior, empty where it is flat or inherited, and the bounds of its class."""

    text: str
    lb: float | None
    ub: float | None


@dataclass(frozen=True)
class PriorBook:
    """The rows of ``default_prior`` with the user's on top."""

    rows: Mapping[Address, PriorRow]

    @classmethod
    def read(cls, frame: Any, user: Sequence[Mapping[str, Any]]) -> PriorBook:
        """Read the table of defaults, then overlay what was passed to ``prior()``."""
        rows = {_address(row): _default_row(row) for row in frame.to_dict("records")}
        for given in user:
            address = tuple(given.get(key, default) for key, default in _ADDRESS_ARGUMENTS)
            below = rows[address]
            lb, ub = given.get("lb", below.lb), given.get("ub", below.ub)
            rows[address] = PriorRow(given["distribution"], lb, ub)
        return cls(rows)

    def find(self, address: Address) -> PriorRow:
        """Return the most specific prior that was set: of the coefficient, the group, the class."""
        class_, coef, group, dpar = address
        whole_class = self.rows[class_, "", "", dpar]
        for candidate in ((class_, coef, group, dpar), (class_, "", group, dpar)):
            if candidate in self.rows and self.rows[candidate].text:
                return PriorRow(self.rows[candidate].text, whole_class.lb, whole_class.ub)
        return whole_class

    def log_density(self, addresses: Sequence[Address], values: Any) -> float:
        """Return the log density of independent parameters, normalised on their bounds; zero where it is flat."""
        alike: dict[PriorRow, list[int]] = {}
        for index, address in enumerate(addresses):
            alike.setdefault(self.find(address), []).append(index)
        total = 0.0
        for row, indices in alike.items():
            if row.text:
                distribution, mass = truncated(row.text, row.lb, row.ub)
                total += float(np.sum(distribution.logpdf(np.ravel(values)[indices]) - mass))
        return total


_ADDRESS_ARGUMENTS = (("class_", "b"), ("coef", ""), ("group", ""), ("dpar", ""))


def _address(row: Mapping[str, str]) -> Address:
    return row["class"], row["coef"], row["group"], row["dpar"]


def _default_row(row: Mapping[str, str]) -> PriorRow:
    unset = row["source"] == "(vectorized)" or row["prior"] == "(flat)"
    lb, ub = (float(row[key]) if row[key] else None for key in ("lb", "ub"))
    return PriorRow("" if unset else row["prior"], lb, ub)


@cache
def truncated(text: str, lb: float | None, ub: float | None) -> tuple[Any, float]:
    """Return the distribution that ``text`` names, and the log probability that it has between the bounds."""
    name, arguments = parse_density(text)
    distribution = DENSITIES[name](*arguments)
    below = 0.0 if lb is None else distribution.cdf(lb)
    above = 0.0 if ub is None else distribution.sf(ub)
    return distribution, float(np.log1p(-below - above))


def bounded(u: Any, lb: float | None, ub: float | None) -> tuple[Any, float]:
    """Return Stan's bounded value of ``u`` and the log Jacobian (Stan Reference Manual, 'Transforms')."""
    if lb is None and ub is None:
        return u, 0.0
    if ub is None:
        return lb + np.exp(u), float(np.sum(u))
    if lb is None:
        return ub - np.exp(u), float(np.sum(u))
    jacobian = np.log(ub - lb) + special.log_expit(u) + special.log_expit(-u)
    return lb + (ub - lb) * special.expit(u), float(np.sum(jacobian))


def std_normal_log_density(z: Any) -> float:
    """Return the log density of independent standard normal values."""
    return float(-np.dot(z, z) / 2 - len(z) * np.log(2 * np.pi) / 2)


def partial_correlations(u: Any, size: int) -> Any:
    """Place tanh(u) below the diagonal, row by row."""
    matrix = np.zeros((size, size))
    matrix[np.tril_indices(size, -1)] = np.tanh(u)
    return matrix


def cholesky_factor(partial: Any) -> Any:
    """Break sticks: L_ij = c_ij sqrt(1 - sum_{j' < j} L_ij'^2), and the rest on the diagonal."""
    factor = np.zeros_like(partial)
    for i, row in enumerate(partial):
        rest = 1.0
        for j in range(i):
            factor[i, j] = row[j] * np.sqrt(rest)
            rest -= factor[i, j] ** 2
        factor[i, i] = np.sqrt(rest)
    return factor


def lkj_log_density(partial: Any, eta: float) -> float:
    """Return the log density of ``u`` under LKJ(eta), Jacobian of tanh included.

    Under LKJ(eta) on K x K matrices the canonical partial correlation c_ij, i > j, is independent and
    (c_ij + 1) / 2 ~ Beta(a_j, a_j) with a_j = eta + (K - 1 - j) / 2, j from 1.

    Source: Lewandowski, Kurowicka & Joe (2009), Journal of Multivariate Analysis 100, section 2.
    """
    size = len(partial)
    i, j = np.tril_indices(size, -1)
    c = partial[i, j]
    shape = eta + (size - 2 - j) / 2
    return float(np.sum(stats.beta.logpdf((c + 1) / 2, shape, shape) - np.log(2) + np.log1p(-(c**2))))


def declared_parameters(code: str) -> tuple[str, ...]:
    """Return the names in the ``parameters`` block of a Stan program, in order."""
    block = re.search(r"^parameters \{\n(.*?)^\}", code, re.DOTALL | re.MULTILINE).group(1)
    statements = re.sub(r"//.*", "", block).split(";")
    return tuple(re.search(r"(\w+)\s*$", s).group(1) for s in statements if s.strip())


@dataclass(frozen=True)
class Block:
    """A parameter: its Stan name, shape and the address of every element's prior; no addresses for N(0, 1)."""

    name: str
    shape: tuple[int, ...]
    addresses: tuple[Address, ...] = ()

    @property
    def is_factor(self) -> bool:
        """Whether it is the Cholesky factor of a correlation matrix."""
        return self.name.startswith("L_")

    @cached_property
    def size(self) -> int:
        """The number of its unconstrained values."""
        k = self.shape[0] if self.shape else 1
        return k * (k - 1) // 2 if self.is_factor else int(np.prod(self.shape))


_NAMES = (
    (r"(Intercept)(?:_([a-z]+))?()", "population"),
    (r"(b|bs)(?:_([a-z]+))?()", "population"),
    (r"(sds)(?:_([a-z]+))?_(\d+)", "smooth"),
    (r"(zs)(?:_([a-z]+))?_(\d+_\d+)", "smooth"),
    (r"(sd|z|L)_()(\d+)", "group"),
)


@dataclass(frozen=True)
class ReferenceDensity:
    """The log density of a model at unconstrained parameters.

    Args:
        data: what ``standata`` returns.
        family: name of the response distribution.
        link: link of mu; empty for the default.
        priors: the priors that hold.
        declared: the parameters in the order of the unconstrained vector.
        addresses: Stan name -> (coef, group) of every element; needed where a prior is that specific.
        held: distributional parameters that are set to a number.
        linked: suffix of a smooth -> that of the smooth whose standard deviations it uses.
    """

    data: Mapping[str, Any]
    family: str
    link: str
    priors: PriorBook
    declared: tuple[str, ...]
    addresses: Mapping[str, tuple[tuple[str, str], ...]]
    held: Mapping[str, float]
    linked: Mapping[str, str]

    def __call__(self, q: Any) -> float:
        """Return the log density with the log Jacobian of the transforms."""
        values, log_prior = self._constrain(np.asarray(q, dtype=float))
        return log_prior if self.data["prior_only"] else log_prior + self.log_likelihood(values)

    @property
    def size(self) -> int:
        """The length of the unconstrained vector."""
        return sum(block.size for block in self.blocks)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The parameters in the order of the unconstrained vector."""
        return tuple(self._block(name) for name in self.declared)

    @cached_property
    def predicted(self) -> tuple[str, ...]:
        """The distributional parameters other than mu that have a predictor."""
        return tuple(dpar for dpar in LIKELIHOODS[self.family].others if f"K_{dpar}" in self.data)

    def expected_parameters(self, correlated: Sequence[int]) -> set[str]:
        """Return the names that the data call for, given which groups have correlated effects."""
        names = set(LIKELIHOODS[self.family].others) - {*self.predicted, *self.held}
        for dpar in ("", *self.predicted):
            names |= set(self._predictor_parameters(f"_{dpar}" if dpar else ""))
        for key in self._keys(r"N_(\d+)"):
            names |= {f"sd_{key[1]}", f"z_{key[1]}"}
        return names | {f"L_{i}" for i in correlated}

    def _predictor_parameters(self, p: str) -> Iterator[str]:
        if f"Kc{p}" in self.data:
            yield f"Intercept{p}"
        if self.data.get(f"Kc{p}", self.data.get(f"K{p}", 0)):
            yield f"b{p}"
        if self.data.get(f"Ks{p}", 0):
            yield f"bs{p}"
        suffixes = [f"{p}_{key[1]}" for key in self._keys(rf"nb{p}_(\d+)") if self.data[key[0]]]
        yield from (f"sds{i}" for i in suffixes if i not in self.linked)
        yield from (f"zs{p}_{key[1]}" for key in self._keys(rf"Zs{p}_(\d+_\d+)"))

    def _keys(self, pattern: str) -> list[re.Match[str]]:
        return [match for key in self.data if (match := re.fullmatch(pattern, key))]

    def _block(self, name: str) -> Block:
        for pattern, kind in _NAMES:
            if match := re.fullmatch(pattern, name):
                shape, rows = getattr(self, f"_{kind}")(match[1], match[2] or "", match[3])
                return Block(name, shape, tuple(self._specific(name, rows)))
        return Block(name, (), ((name, "", "", ""),))

    def _population(self, class_: str, dpar: str, _: str) -> tuple[tuple[int, ...], list[tuple[str, str]]]:
        p = f"_{dpar}" if dpar else ""
        if class_ == "Intercept":
            return (), [("Intercept", dpar)]
        count = self.data[f"Ks{p}"] if class_ == "bs" else self.data.get(f"Kc{p}", self.data[f"K{p}"])
        return (count,), [("b", dpar)] * count

    def _smooth(self, class_: str, dpar: str, index: str) -> tuple[tuple[int, ...], list[tuple[str, str]]]:
        p = f"_{dpar}" if dpar else ""
        if class_ == "zs":
            smooth, block = index.split("_")
            return (int(self.data[f"knots{p}_{smooth}"][int(block) - 1]),), []
        count = self.data.get(f"np{p}_{index}", self.data[f"nb{p}_{index}"])
        return (count,), [("sds", dpar)] * count

    def _group(self, class_: str, _: str, index: str) -> tuple[tuple[int, ...], list[tuple[str, str]]]:
        effects, levels = self.data[f"M_{index}"], self.data[f"N_{index}"]
        if class_ == "z":
            return (effects, levels), []
        if class_ == "L":
            return (effects, effects), [("cor", "")]
        columns = sorted(self._keys(rf"Z_{index}(?:_([a-z]+))?_(\d+)"), key=lambda key: int(key[2]))
        return (effects,), [("sd", key[1] or "") for key in columns]

    def _specific(self, name: str, rows: Sequence[tuple[str, str]]) -> Iterator[Address]:
        named = self.addresses.get(name, (("", ""),) * len(rows))
        for (class_, dpar), (coef, group) in zip(rows, named, strict=True):
            yield class_, coef, group, dpar

    def _constrain(self, q: Any) -> tuple[dict[str, Any], float]:
        """Return the parameters by Stan name, and the log density of all priors with the Jacobian."""
        values, total, start = {}, 0.0, 0
        for block in self.blocks:
            u = q[start : start + block.size]
            values[block.name], part = self._factor(block, u) if block.is_factor else self._array(block, u)
            total, start = total + part, start + block.size
        return values, total

    def _factor(self, block: Block, u: Any) -> tuple[Any, float]:
        (address,) = block.addresses
        name, (eta,) = parse_density(self.priors.find(address).text)
        assert name == "lkj"
        partial = partial_correlations(u, block.shape[0])
        return cholesky_factor(partial), lkj_log_density(partial, eta)

    def _array(self, block: Block, u: Any) -> tuple[Any, float]:
        if not block.addresses:
            return u.reshape(block.shape, order="F"), std_normal_log_density(u)
        row = self.priors.find(block.addresses[0])
        values, jacobian = bounded(u, row.lb, row.ub)
        density = self.priors.log_density(block.addresses, values)
        return values.reshape(block.shape), jacobian + density

    def log_likelihood(self, values: Mapping[str, Any]) -> float:
        """Return the weighted sum of the log densities of the response."""
        likelihood = LIKELIHOODS[self.family]
        links = {"mu": self.link or likelihood.link, **likelihood.others}
        parameters = {dpar: values[dpar] for dpar in likelihood.others if dpar in values} | dict(self.held)
        for dpar in ("mu", *self.predicted):
            eta = self.predictor("" if dpar == "mu" else dpar, values)
            parameters[dpar] = INVERSE_LINKS[links[dpar]](eta)
        terms = likelihood.log_density(self.data["Y"], parameters, self.data)
        return float(np.sum(self.data.get("weights", 1.0) * terms))

    def predictor(self, dpar: str, values: Mapping[str, Any]) -> Any:
        """Return the linear predictor of a distributional parameter, (N,)."""
        p = f"_{dpar}" if dpar else ""
        eta = np.zeros(self.data["N"]) + self.data.get(f"offsets{p}", 0.0) + self._population_effects(p, values)
        if f"Xs{p}" in self.data and self.data[f"Ks{p}"]:
            eta = eta + self.data[f"Xs{p}"] @ values[f"bs{p}"]
        for key in self._keys(rf"Zs{p}_(\d+)_(\d+)"):
            eta = eta + self._smooth_effect(f"{p}_{key[1]}", int(key[2]), values)
        return eta + sum(self._group_effect(key, values) for key in self._keys(rf"Z_(\d+){p}_(\d+)"))

    def _smooth_effect(self, i: str, block: int, values: Mapping[str, Any]) -> Any:
        """Return a block of a smooth at all rows: zero where it does not exist, one set of columns per group."""
        data, deviations, z = self.data, values[f"sds{self.linked.get(i, i)}"], values[f"zs{i}_{block}"]
        if f"Ds{i}" in data:
            coefficients = z / np.sqrt(sum(d / s**2 for d, s in zip(data[f"Ds{i}"].T, deviations, strict=True)))
        elif f"Ss{i}" in data:
            precision = sum(s / d**2 for s, d in zip(data[f"Ss{i}"], deviations, strict=True))
            coefficients = np.linalg.solve(np.linalg.cholesky(precision).T, z)
        else:
            coefficients = deviations[block - 1] * z
        columns = np.atleast_2d(data[f"Zs{i}_{block}"].T).T
        if f"Js{i}" in data:
            member = data[f"Js{i}"][:, None] == np.arange(1, data[f"ngs{i}"] + 1)
            columns = np.column_stack([columns * here[:, None] for here in member.T])
        effect = np.zeros(data["N"])
        effect[data.get(f"rows{i}", np.arange(1, data["N"] + 1)) - 1] = columns @ coefficients
        return effect

    def _population_effects(self, p: str, values: Mapping[str, Any]) -> Any:
        if not self.data.get(f"K{p}", 0):
            return 0.0
        x = self.data[f"X{p}"]
        if f"Kc{p}" not in self.data:
            return x @ values[f"b{p}"]
        centred = (x - x.mean(axis=0))[:, 1:]
        return values[f"Intercept{p}"] + centred @ values.get(f"b{p}", np.empty(0))

    def _group_effect(self, key: re.Match[str], values: Mapping[str, Any]) -> Any:
        index, effect = key[1], int(key[2]) - 1
        z = values[f"z_{index}"]
        factor = values.get(f"L_{index}", np.eye(len(z)))
        r = (np.diag(values[f"sd_{index}"]) @ factor @ z).T
        return r[self.data[f"J_{index}"] - 1, effect] * self.data[key[0]]
