"""Laws that hold for every family: run over the registry, so a new family is tested without new code."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from ordinal_reference import probabilities
from scipy import integrate, special, stats

import smoothstan as ss
from smoothstan.errors import FamilyError
from smoothstan.families import FAMILIES, LINKS, Response

VALUES = {
    "mu": 0.4, "sigma": 1.3, "nu": 5.0, "shape": 2.5, "phi": 3.0, "alpha": 1.5, "quantile": 0.3, "ndt": 0.2,
    "zi": 0.15, "hu": 0.25, "zoi": 0.2, "coi": 0.6, "mubc": 0.7, "mud": -0.4, "disc": 1.3,
}  # fmt: skip
CATEGORIES = ("a", "b c", "d")
TRIALS = 7.0
THRESHOLDS = [-1.0, 0.2, 1.5]
SCIPY = {
    "gaussian": lambda y: stats.norm.logpdf(y, 0.4, 1.3),
    "student": lambda y: stats.t.logpdf(y, 5, 0.4, 1.3),
    "bernoulli": lambda y: stats.bernoulli.logpmf(y, 0.4),
    "binomial": lambda y: stats.binom.logpmf(y, 7, 0.4),
    "poisson": lambda y: stats.poisson.logpmf(y, 0.4),
    "lognormal": lambda y: stats.lognorm.logpdf(y, 1.3, scale=np.exp(0.4)),
    "shifted_lognormal": lambda y: stats.lognorm.logpdf(y, 1.3, loc=0.2, scale=np.exp(0.4)),
    "gamma": lambda y: stats.gamma.logpdf(y, 2.5, scale=0.4 / 2.5),
    "weibull": lambda y: stats.weibull_min.logpdf(y, 2.5, scale=0.4 / special.gamma(1.4)),
    "exponential": lambda y: stats.expon.logpdf(y, scale=0.4),
    "inverse.gaussian": lambda y: stats.invgauss.logpdf(y, 0.4 / 2.5, scale=2.5),
    "beta": lambda y: stats.beta.logpdf(y, 0.4 * 3, 0.6 * 3),
    "negbinomial": lambda y: stats.nbinom.logpmf(y, 2.5, 2.5 / 2.9),
    "geometric": lambda y: stats.geom.logpmf(y + 1, 1 / 1.4),
    "skew_normal": lambda y: stats.skewnorm.logpdf(y, 1.5, SKEW_LOCATION, SKEW_SCALE),
    "asym_laplace": lambda y: stats.laplace_asymmetric.logpdf(y, np.sqrt(3 / 7), 0.4, 1.3 / np.sqrt(0.21)),
    "beta_binomial": lambda y: stats.betabinom.logpmf(y, 7, 0.4 * 3, 0.6 * 3),
    "zero_inflated_poisson": lambda y: inflated(0.15, y, stats.poisson.pmf(y, 0.4)),
    "zero_inflated_negbinomial": lambda y: inflated(0.15, y, stats.nbinom.pmf(y, 2.5, 2.5 / 2.9)),
    "zero_inflated_binomial": lambda y: inflated(0.15, y, stats.binom.pmf(y, 7, 0.4)),
    "zero_inflated_beta": lambda y: inflated(0.15, y, stats.beta.pdf(y, 0.4 * 3, 0.6 * 3)),
    "zero_one_inflated_beta": lambda y: inflated(0.2, y, stats.beta.pdf(y, 0.4 * 3, 0.6 * 3)),
    "hurdle_poisson": lambda y: inflated(0.25, y, (y > 0) * stats.poisson.pmf(y, 0.4) / stats.poisson.sf(0, 0.4)),
    "hurdle_negbinomial": lambda y: inflated(
        0.25, y, (y > 0) * stats.nbinom.pmf(y, 2.5, 2.5 / 2.9) / stats.nbinom.sf(0, 2.5, 2.5 / 2.9)
    ),
    "hurdle_gamma": lambda y: inflated(0.25, y, stats.gamma.pdf(y, 2.5, scale=0.4 / 2.5)),
    "hurdle_lognormal": lambda y: inflated(0.25, y, stats.lognorm.pdf(y, 1.3, scale=np.exp(0.4))),
    "categorical": lambda y: special.log_softmax([0, 0.7, -0.4])[y.astype(int) - 1],
}


def ordinal(family: str):
    """Return the log probability of the categories of an ordinal family with the logit link."""
    chances = np.asarray(probabilities(family, "logit", THRESHOLDS, VALUES["mu"], VALUES["disc"]))
    return lambda y: np.log(chances[y.astype(int) - 1])


SCIPY |= {name: ordinal(name) for name in ("cumulative", "sratio", "cratio", "acat")}


def inflated(zeros: float, y, density) -> np.ndarray:
    """Return the log density of a family with more zeros."""
    return np.log(zeros * (y == 0) + (1 - zeros) * density)


ATOMS = {
    "hurdle_gamma": (0.0,), "hurdle_lognormal": (0.0,), "zero_inflated_beta": (0.0,),
    "zero_one_inflated_beta": (0.0, 1.0),
}  # fmt: skip
"""Values that a family of numbers takes with positive probability."""
SKEW_SCALE = 1.3 / np.sqrt(1 - 2 / np.pi * 2.25 / 3.25)
SKEW_LOCATION = 0.4 - SKEW_SCALE * 1.5 / np.sqrt(3.25) * np.sqrt(2 / np.pi)
POSITIVE = (
    "lognormal", "gamma", "weibull", "exponential", "inverse.gaussian", "hurdle_gamma", "hurdle_lognormal"
)  # fmt: skip
UNIT = ("beta", "zero_inflated_beta", "zero_one_inflated_beta")
SUPPORTS = {
    **dict.fromkeys(UNIT, (0.0, 1.0)),
    "shifted_lognormal": (0.2, 4000.0),
    **dict.fromkeys(POSITIVE, (0.0, 4000.0)),
}
"""Where a continuous family has its mass, up to 1e-8; elsewhere (-60, 60)."""


def made(kind):
    """Return the family with its default links, of a response with some categories if it has any."""
    family = kind.create({})
    return family.bound(CATEGORIES) if family.categorical else family


def parameters(kind, draws: int = 1) -> dict[str, np.ndarray]:
    values = {p.name: np.full((draws, 1), VALUES[p.name]) for p in made(kind).parameters}
    return values | ({"thresholds": np.full((draws, 1, 3), THRESHOLDS)} if kind.ordered else {})


def response(y) -> Response:
    y = np.atleast_1d(np.asarray(y, dtype=float))
    return Response("y", y, trials=np.full(y.shape, TRIALS), categories=CATEGORIES)


def many(kind, n: int) -> dict[str, np.ndarray]:
    return {name: np.broadcast_to(v, (n, *v.shape[1:])) for name, v in parameters(kind).items()}


def support(name: str) -> np.ndarray:
    if FAMILIES[name].ordered:
        return np.arange(1.0, len(THRESHOLDS) + 2)
    if FAMILIES[name].categorical:
        return np.arange(1.0, len(CATEGORIES) + 1)
    return np.arange(2.0 if name == "bernoulli" else TRIALS + 1 if "binomial" in name.split("neg")[0] else 60.0)


@pytest.fixture(params=sorted(FAMILIES))
def kind(request):
    return FAMILIES[request.param]


def test_density_equals_scipys(kind) -> None:
    low, high = SUPPORTS.get(kind.name, (-4, 5))
    y = support(kind.name)[:8] if kind.discrete else np.linspace(low, min(high, 5), 21)[1:-1]
    found = made(kind).log_density(response(y), parameters(kind))
    np.testing.assert_allclose(found[0], SCIPY[kind.name](y), rtol=1e-12, atol=1e-12)


def test_density_sums_to_one(kind) -> None:
    family = made(kind)

    def density(y) -> np.ndarray:
        return np.exp(family.log_density(response(y), parameters(kind))[0])

    if kind.discrete:
        total = density(support(kind.name)).sum()
    else:
        low, high = SUPPORTS.get(kind.name, (-60.0, 60.0))
        places = [low, *(p for p in (low + 0.4, low + 5, low + 50, low + 70) if p < high), high]
        total = sum(integrate.quad(lambda y: density(y)[0], a, b)[0] for a, b in itertools.pairwise(places))
        total += sum(density(atom)[0] for atom in ATOMS.get(kind.name, ()))
    # The tails that are left out hold less than 1e-8, with t(5) at 60 as the worst.
    assert total == pytest.approx(1, abs=1e-6)


def test_draws_follow_the_density(kind) -> None:
    family, rng = made(kind), np.random.default_rng(7)
    n = 20_000
    y = family.draw(rng, many(kind, n), response([0.0]))[:, 0]
    for atom in ATOMS.get(kind.name, ()):
        chance = float(np.exp(family.log_density(response(atom), parameters(kind))[0, 0]))
        assert stats.binomtest(int(np.sum(y == atom)), n, chance).pvalue > 1e-4
    y = y[~np.isin(y, ATOMS.get(kind.name, ()))]
    if kind.discrete:
        values, counts = np.unique(y, return_counts=True)
        expected = np.exp(family.log_density(response(values), parameters(kind))[0])
        kept = expected * n > 5
        observed = np.append(counts[kept], counts[~kept].sum())
        chances = np.append(expected[kept], 1 - expected[kept].sum())
        inside = chances * n > 1e-6
        assert stats.chisquare(observed[inside], chances[inside] / chances[inside].sum() * n).pvalue > 1e-4
    else:
        low, high = SUPPORTS.get(kind.name, (-60.0, 60.0))
        grid = low + (high - low) * np.linspace(0, 1, 400_001)[1:-1] ** (3 if kind.name in SUPPORTS else 1)
        density = np.exp(family.log_density(response(grid), parameters(kind))[0])
        cdf = integrate.cumulative_trapezoid(density, grid, initial=0)
        cdf = cdf / cdf[-1] if kind.name in ATOMS else cdf
        assert stats.kstest(y, lambda v: np.interp(v, grid, cdf)).pvalue > 1e-4


def test_mean_is_the_average_of_draws(kind) -> None:
    family, rng = made(kind), np.random.default_rng(8)
    n = 40_000
    draws = family.draw(rng, many(kind, n), response([0.0]))
    if kind.categorical:  # the mean of a category's indicator is its probability
        draws = draws[:, :, None] == support(kind.name)
    mean = family.mean(parameters(kind), response([0.0]))[0, 0]
    assert np.all(np.abs(draws.mean(axis=0)[0] - mean) < 5 * draws.std(axis=0)[0] / np.sqrt(n))


def test_every_parameter_has_known_links(kind) -> None:
    for parameter in kind.create({}).parameters:
        assert parameter.links
        assert all(link in LINKS for link in parameter.links)
        for link in parameter.links:
            assert dict(kind.create({parameter.name: link}).links)[parameter.name] == link


def test_every_family_has_its_template(kind) -> None:
    from smoothstan.codegen.environment import macro_names

    names = macro_names(f"families/{kind.name}.stan.jinja")
    assert "density" in names
    assert {"pointwise", "weighted"} & names
    parts = {"pointwise", "weighted", "functions", "transformed_data", "cdf", "cdf_functions"}
    parts |= {"pointwise_functions", "pointwise_data", "row_constants", "row_sets", "at_most", "above"}
    for name in names - parts - {"density", "base", "mixture", "hurdle", "inflated", "rows", "log_odds", "zero"}:
        form, _, link = name.partition("_")
        assert form in ("density", "glm", "pointwise", "zero")
        assert link in kind.create({}).parameters[0].links


@pytest.mark.parametrize("name", sorted(LINKS))
def test_links_invert_and_match_stan(name: str) -> None:
    link = LINKS[name]
    inside = {"logit", "probit", "probit_approx", "cloglog", "cauchit", "softit"}
    x = np.linspace(0.05, 0.95, 9) if name in inside else np.linspace(1.1, 4, 9)
    np.testing.assert_allclose(link.inverse(link.link(x)), x, rtol=1e-10)
    assert "{}" in link.stan_inverse


@pytest.mark.parametrize(
    ("name", "y", "message"),
    [
        ("poisson", [0, 2, -1], r"whole numbers >= 0; the response 'y' has -1 in row 2"),
        ("poisson", [0, 2.5, 1], r"2.5 in row 1"),
        ("bernoulli", [0, 1, 2], r"0 and 1 .* has 2 in row 2"),
        ("binomial", [1, 9, 3], r"9 successes in 7 trials in row 1"),
    ],
)
def test_responses_outside_the_support(name: str, y: list[float], message: str) -> None:
    with pytest.raises(FamilyError, match=message):
        FAMILIES[name].create({}).check_response(response(y))


def test_choosing_families_and_links() -> None:
    assert dict(ss.family("poisson", "identity").links) == {"mu": "identity"}
    assert dict(ss.family("student", link_nu="identity").links)["nu"] == "identity"
    for call, message in [
        (lambda: ss.family("gausian"), "did you mean 'gaussian'"),
        (lambda: ss.family("poisson", "logit"), "link 'logit' is not available.*log, identity"),
        (lambda: ss.family("poisson", "lgo"), "unknown link 'lgo'"),
        (lambda: ss.family("poisson", link_sigma="log"), "no parameter 'sigma'"),
        (lambda: ss.family("poisson", sigma="log"), "link_<parameter>"),
        (lambda: ss.family(3), "is a name"),
    ]:
        with pytest.raises(FamilyError, match=message):
            call()
