"""The summary of a fit, as brms prints it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoothstan import notebook
from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.posterior.effects import fixed_names
from smoothstan.posterior.estimates import summary_frame
from smoothstan.terms import AuxiliaryTerm, GroupTerm, MonotonicTerm, SmoothTerm, prior_dpar

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Section:
    """A table of the summary with its heading; ``note`` stands above the table."""

    title: str
    note: str
    table: pd.DataFrame


@dataclass(frozen=True)
class Summary:
    """The tables of a summary; prints as brms's, and as HTML in a notebook."""

    header: str
    sections: tuple[Section, ...]
    footer: str
    problems: tuple[str, ...] = ()

    def __getitem__(self, title: str) -> pd.DataFrame:
        """Return the first table whose title or note starts with ``title``, e.g. ``"Regression"`` or ``"~county"``."""
        for section in self.sections:
            if section.title.startswith(title) or section.note.startswith(title):
                return section.table
        known = ", ".join(section.note or section.title for section in self.sections)
        raise KeyError(f"no table {title!r} in the summary (there: {known})")

    def to_frame(self) -> pd.DataFrame:
        """Return all rows in one table, indexed by section and parameter."""
        import pandas as pd

        keys = [s.note.split(" (")[0] or s.title for s in self.sections]
        return pd.concat([s.table for s in self.sections], keys=keys, names=["section", "parameter"])

    def __str__(self) -> str:
        parts = [self.header]
        title = ""
        for section in self.sections:
            if section.title != title:
                title = section.title
                parts.append(f"\n{title}:")
            if section.note:
                parts.append(section.note)
            parts.append(format_table(section.table))
        return "\n".join([*parts, "", self.footer, *(f"Warning: {problem}" for problem in self.problems)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [notebook.code(self.header), *map(notebook.warning, self.problems)]
        for section in self.sections:
            parts += [notebook.heading(section.title, section.note), notebook.table(_formatted(section.table))]
        return notebook.page(*parts, notebook.note(self.footer))


def _formatted(table: pd.DataFrame) -> pd.DataFrame:
    shown = table.copy().astype(object)
    for column in table.columns:
        digits = 0 if column.endswith("ESS") else 2
        shown[column] = [f"{value:.{digits}f}" for value in table[column]]
    return shown


def format_table(table: pd.DataFrame) -> str:
    """Write estimates with two digits and effective sample sizes with none."""
    return _formatted(table).to_string()


def summarise(
    design: Design,
    draws: dict[str, FloatArray],
    header: str,
    footer: str,
    problems: tuple[str, ...],
    *,
    prob: float,
    robust: bool,
    data_sets: int = 1,
) -> Summary:
    """Build the summary.

    Args:
        design: the model.
        draws: scalar posterior variable -> (chains, draws).
        header, footer: text above and below the tables.
        problems: what is wrong with the draws.
        prob: mass of the intervals.
        robust: use medians.
        data_sets: the number of runs of chains that are for different data.
    """
    plan = _plan(design)
    wanted = {name: draws[name] for _, _, rows in plan for _, name in rows}
    everything = summary_frame(wanted, prob=prob, robust=robust, data_sets=data_sets)
    sections = []
    for title, note, rows in plan:
        table = everything.loc[[name for _, name in rows]]
        table.index = [label for label, _ in rows]
        sections.append(Section(title, note, table))
    return Summary(header, tuple(sections), footer, problems)


Plan = list[tuple[str, str, list[tuple[str, str]]]]
"""(title, note, [(row label, posterior variable)])."""


def _plan(design: Design) -> Plan:
    return [*_smooths(design), *_groups(design), *_coefficients(design), *_simplexes(design), *_auxiliary(design)]


def summarised_variables(design: Design) -> tuple[str, ...]:
    """Return the posterior variables that a summary shows; elements of vectors as ``simo_mox1[2]``."""
    return tuple(name for _, _, rows in _plan(design) for _, name in rows)


def _smooths(design: Design) -> Plan:
    rows = [
        (f"sds({_prefix(term.dpar)}{name})", f"sds{term.p}_{name}")
        for term in design.terms
        if isinstance(term, SmoothTerm)
        for numbered in term.numbered
        if numbered.owns
        for name in numbered.smooth.deviations
    ]
    return [("Smoothing Spline Hyperparameters", "", rows)] if rows else []


def _groups(design: Design) -> Plan:
    by_group: dict[str, list[GroupTerm]] = {}
    for term in design.groups:
        by_group.setdefault(term.group, []).append(term)
    plan: Plan = []
    for group, terms in by_group.items():
        rows = [("df", v.name) for t in terms for v in t.tails.variables(t.name)]
        rows += [
            (f"sd({label})", name)
            for t in terms
            for label, name in zip(t.deviation_labels, t.deviation_names, strict=True)
        ]
        rows += [
            (f"cor({a},{b})", name)
            for t in terms
            for (a, b), name in zip(t.correlation_labels, t.correlation_names, strict=True)
        ]
        plan.append(("Multilevel Hyperparameters", f"~{group} (Number of levels: {len(terms[0].levels)})", rows))
    return plan


def _coefficients(design: Design) -> Plan:
    rows = fixed_names(design)
    return [("Regression Coefficients", "", rows)] if rows else []


def _simplexes(design: Design) -> Plan:
    rows = [
        (f"{_prefix(term.dpar)}{label}[{i}]", f"{variable}[{i}]")
        for term in design.terms
        if isinstance(term, MonotonicTerm)
        for label, variable, size in term.simplexes
        for i in range(1, size + 1)
    ]
    return [("Monotonic Simplex Parameters", "", rows)] if rows else []


def _auxiliary(design: Design) -> Plan:
    rows = [(t.name, t.name) for t in design.terms if isinstance(t, AuxiliaryTerm) and t.value is None]
    return [("Further Distributional Parameters", "", rows)] if rows else []


def _prefix(dpar: str) -> str:
    return f"{prior_dpar(dpar)}_" if prior_dpar(dpar) else ""
