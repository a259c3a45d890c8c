"""Response families: one file each, listed here."""

from __future__ import annotations

from smoothstan.errors import FamilyError
from smoothstan.families.bernoulli import Bernoulli as Bernoulli
from smoothstan.families.binomial import Binomial as Binomial
from smoothstan.families.family import Family as Family
from smoothstan.families.family import Parameter as Parameter
from smoothstan.families.family import Response as Response
from smoothstan.families.gaussian import Gaussian as Gaussian
from smoothstan.families.links import LINKS as LINKS
from smoothstan.families.links import Link as Link
from smoothstan.families.poisson import Poisson as Poisson
from smoothstan.families.student import Student as Student
from smoothstan.registry import Registry

FAMILIES: Registry[type[Family]] = Registry(
    "family",
    {family.name: family for family in (Bernoulli, Binomial, Gaussian, Poisson, Student)},
    FamilyError,
)


def family(name: str | Family, link: str | None = None, **links: str) -> Family:
    """Choose a response family and its links.

    Args:
        name: one of ``FAMILIES``: ``"bernoulli"``, ``"binomial"``, ``"gaussian"``, ``"poisson"``, ``"student"``.
        link: link of the main parameter ``mu``; default as in brms.
        links: links of further parameters as ``link_<parameter>``, e.g. ``link_sigma="identity"``;
            they matter where that parameter is predicted.

    Raises:
        FamilyError: for an unknown family or parameter, or a link that the family does not have.
    """
    if isinstance(name, Family):
        if link is not None or links:
            raise FamilyError(f"the family {name.name} has its links already; give its name to choose others")
        return name
    if not isinstance(name, str):
        raise FamilyError(f"family is a name such as 'gaussian' or family(...), got {name!r}")
    chosen = {} if link is None else {"mu": link}
    for key, value in links.items():
        if not key.startswith("link_"):
            raise FamilyError(f"unknown argument {key!r}; links of parameters are given as link_<parameter>")
        dpar = key.removeprefix("link_")
        if dpar in chosen:
            raise FamilyError(f"the link of {dpar} is given twice, as link= and as {key}=")
        chosen[dpar] = value
    return FAMILIES[name].create(chosen)
