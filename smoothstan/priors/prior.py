"""A prior as the user writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smoothstan import notebook
from smoothstan.errors import PriorError, underline
from smoothstan.numerals import format_number, is_number
from smoothstan.priors.distribution import parse_distribution


@dataclass(frozen=True)
class Prior:
    """What ``prior()`` was asked for; ``dpar`` is empty for ``mu``."""

    text: str
    class_: str
    coef: str
    group: str
    dpar: str
    lb: float | None
    ub: float | None

    @property
    def address(self) -> tuple[str, str, str, str]:
        """(class, coef, group, dpar) of the parameters, as in a ``PriorSlot``; brms's class ``L`` is ``cor``."""
        class_ = "cor" if self.class_ == "L" else self.class_
        return (class_, self.coef, self.group, "" if self.dpar == "mu" else self.dpar)

    def __add__(self, other: Prior | PriorSet) -> PriorSet:
        """Put priors together: ``prior(...) + prior(...)``."""
        return PriorSet((self,)) + other

    def __str__(self) -> str:
        return f"prior({', '.join(self._written.values())})"

    @property
    def _written(self) -> dict[str, str]:
        """Argument -> how it stands in the call, those that are given."""
        address = {"class_": self.class_, "coef": self.coef, "group": self.group, "dpar": self.dpar}
        bounds = {"lb": self.lb, "ub": self.ub}
        given = {key: f"{key}={value!r}" for key, value in address.items() if value}
        given |= {key: f"{key}={format_number(value)}" for key, value in bounds.items() if value is not None}
        return {"distribution": repr(self.text), **given}

    def underlined(self, *arguments: str) -> str:
        """Return the call with the first of the arguments that is given underlined; the first is the distribution."""
        written = self._written
        place = next((written[name] for name in arguments if name in written), written["distribution"])
        start = str(self).index(place)
        return underline(str(self), (start, start + len(place)))

    def _repr_html_(self) -> str:
        bounds = {"lb": self.lb, "ub": self.ub}
        named = {"class": self.class_, "coef": self.coef, "group": self.group, "dpar": self.dpar}
        written = [f"{key} = {value}" for key, value in named.items() if value]
        written += [f"{key} = {format_number(bound)}" for key, bound in bounds.items() if bound is not None]
        return notebook.page(notebook.heading(self.text or "(flat)", ", ".join(written)))


@dataclass(frozen=True)
class PriorSet:
    """Several priors, put together by ``+``."""

    priors: tuple[Prior, ...]

    def __add__(self, other: Prior | PriorSet) -> PriorSet:
        """Add a prior, or those of another set."""
        if isinstance(other, Prior):
            return PriorSet((*self.priors, other))
        return PriorSet((*self.priors, *other.priors)) if isinstance(other, PriorSet) else NotImplemented

    def __iter__(self) -> Iterator[Prior]:
        return iter(self.priors)

    def __len__(self) -> int:
        return len(self.priors)

    def __str__(self) -> str:
        return " + ".join(map(str, self.priors))

    def _repr_html_(self) -> str:
        return "".join(prior._repr_html_() for prior in self.priors)


def prior(
    distribution: str,
    class_: str = "b",
    *,
    coef: str | int = "",
    group: str = "",
    dpar: str = "",
    lb: float | None = None,
    ub: float | None = None,
) -> Prior:
    """Set a prior for a class of parameters or for one parameter.

    Args:
        distribution: a Stan density with numbers as arguments, e.g. ``"normal(0, 5)"``; an empty string
            for a flat prior; ``"constant(1)"`` to hold parameters at a value; ``"lkj(2)"`` for the class ``cor``;
            ``"dirichlet(2)"`` for ``simo``; for all coefficients of a predictor together (class ``b``, and with it
            ``sd`` and ``sds``)
            ``"horseshoe(df=1, scale_global=1, df_global=1, scale_slab=2, df_slab=4, par_ratio=None)"`` or
            ``"R2D2(mean_R2=0.5, prec_R2=2, cons_D2=0.5)"``, both with ``autoscale=True, main=False``.
        class_: ``"b"``, ``"Intercept"``, ``"sd"``, ``"sds"``, ``"cor"`` or a family parameter such as ``"sigma"``.
        coef: a coefficient's name as in the summary, e.g. ``"x"``; a smooth's text for ``"sds"``; the number of a
            threshold.
        group: a grouping factor, for ``"sd"`` and ``"cor"``.
        dpar: the distributional parameter, empty for the main one.
        lb, ub: bounds of the whole class, or of a group's parameters; only without ``coef``.

    Raises:
        PriorError: if the distribution is unknown or has wrong arguments.

    Source: ``set_prior`` of brms; the addresses and names are the same.
    """
    if not isinstance(distribution, str):
        raise PriorError(f"a prior is a string such as 'normal(0, 5)', got {distribution!r}")
    # Thresholds are counted: coef=1.
    coefficient = format_number(float(coef)) if is_number(coef) else coef
    for name, value in {"class_": class_, "coef": coefficient, "group": group, "dpar": dpar}.items():
        if not isinstance(value, str):
            raise PriorError(f"{name} must be a string, got {value!r}")
    for name, bound in {"lb": lb, "ub": ub}.items():
        if bound is not None and not is_number(bound):
            raise PriorError(f"{name} must be a finite number or None, got {bound!r}")
    if coef and (lb is not None or ub is not None):
        raise PriorError(
            f"bounds hold for a whole class or group, not for a part of it (coef={coef!r}); leave coef out"
        )
    if lb is not None and ub is not None and not lb < ub:
        raise PriorError(f"lb must be below ub, found lb={lb}, ub={ub}")
    if distribution.strip():
        parse_distribution(distribution)
    return Prior(distribution.strip(), class_, str(coefficient), group, dpar, lb, ub)
