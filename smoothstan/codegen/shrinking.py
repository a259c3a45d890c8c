"""A shrinkage prior in the program: the scales, and the parameters that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.priors import Shrinkage
from smoothstan.priors.shrinking import EFFECTS
from smoothstan.terms import Variable


@dataclass(frozen=True)
class Member:
    """A vector of parameters under a shrinkage prior: Stan name, class, Stan expression for its length, and labels."""

    name: str
    class_: str
    size: str
    comment: str
    labels: tuple[str, ...]

    @property
    def is_effect(self) -> bool:
        """Whether it is standard normal values times scales; else it is the scales themselves."""
        return self.class_ == EFFECTS

    @property
    def standardised(self) -> str:
        """The Stan name of the standard normal values."""
        return f"z{self.name}"

    @property
    def deviations(self) -> str:
        """The Stan name of their scales."""
        return f"sd{self.name}"


@dataclass(frozen=True)
class ShrinkagePart:
    """The shrinkage prior of a linear predictor.

    Args:
        shrinkage: which, with its arguments.
        p: the suffix of Stan names of the predictor's parameter.
        members: what it shrinks.
        sigma: the Stan name of the residual standard deviation, if the scales are in its units.
    """

    shrinkage: Shrinkage
    p: str
    members: tuple[Member, ...]
    sigma: str

    @property
    def template(self) -> str:
        """The template of the prior."""
        return f"priors/{self.shrinkage.name}.stan.jinja"

    @property
    def count(self) -> int:
        """The number of scales."""
        return sum(len(member.labels) for member in self.members)

    @property
    def segments(self) -> tuple[tuple[Member, str], ...]:
        """The members with their ranges of the scales, as Stan writes them."""
        found, before = [], ""
        for member in self.members:
            after = f"{before} + {member.size}" if before else member.size
            end = f"({after})" if before else after
            found.append((member, f"({before} + 1):{end}" if before else f"1:{end}"))
            before = after
        return tuple(found)

    @property
    def draws(self) -> tuple[tuple[str, str], ...]:
        """Shared parameter -> how to draw from its prior; none from one whose scale is a parameter."""
        scaled = {"hs_global"} if self.sigma else set()
        drawn = self.shrinkage.drawn.items()
        return tuple((f"{name}{self.p}", text.format(p=self.p)) for name, text in drawn if name not in scaled)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The shared parameters, and the scales of coefficients: ``hs_global``, ``hs_local``, ``sdb_x``."""
        numbers = tuple(str(i + 1) for i in range(self.count))
        found = []
        for shared in self.shrinkage.shared:
            name = f"{shared.name}{self.p}"
            if shared.each:
                found.append(Variable(name, tuple(f"{name}[{i}]" for i in numbers), (f"{name}_dim",), (numbers,)))
            else:
                found.append(Variable(name, (name,)))
        for member in (m for m in self.members if m.is_effect):
            found += [
                Variable(f"sd{label}", (f"{member.deviations}[{i}]",)) for i, label in enumerate(member.labels, 1)
            ]
        return tuple(found)

    def starts(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return starting values of the shared parameters, and of the standard normal values given coefficients."""
        shared = {f"{name}{self.p}": np.asarray(v) for name, v in self.shrinkage.starts(self.count).items()}
        sigma = float(values.get(self.sigma, 1.0))
        scales = self.shrinkage.scales({name: value[None] for name, value in shared.items()}, self.p, sigma)[0]
        found, start = {name: value.tolist() for name, value in shared.items()}, 0
        for member in self.members:
            own = scales[start : start + len(member.labels)]
            start += len(member.labels)
            if member.is_effect:
                found[member.standardised] = np.asarray(values[member.name]) / own
        return found

    def program_parameters(self, values: Mapping[str, FloatArray], draws: Mapping[str, FloatArray]) -> StanData:
        """Return the shared parameters and the standard normal values."""
        found: StanData = {f"{s.name}{self.p}": draws[f"{s.name}{self.p}"] for s in self.shrinkage.shared}
        for member in (m for m in self.members if m.is_effect):
            scales = np.column_stack([draws[f"sd{label}"] for label in member.labels])
            found[member.standardised] = values[member.name] / scales
        return found

    def program_results(self, parameters: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the members and the scales of coefficients, by Stan name."""
        sigma = parameters[self.sigma][:, None] if self.sigma in parameters else 1.0
        scales = self.shrinkage.scales(parameters, self.p, sigma)
        found, start = {}, 0
        for member in self.members:
            own = scales[:, start : start + len(member.labels)]
            start += len(member.labels)
            found[member.name] = own * parameters[member.standardised] if member.is_effect else own
            if member.is_effect:
                found[member.deviations] = own
        return found
