"""Figures; the data behind each can be had as a table."""

from smoothstan.plots.basis import basis_functions as basis_functions
from smoothstan.plots.basis import penalty_entries as penalty_entries
from smoothstan.plots.basis import plot_basis as plot_basis
from smoothstan.plots.basis import plot_penalty as plot_penalty
from smoothstan.plots.basis import plot_weighted_basis as plot_weighted_basis
from smoothstan.plots.basis import weighted_basis_functions as weighted_basis_functions
from smoothstan.plots.fitted_curve import fitted_curve as fitted_curve
from smoothstan.plots.fitted_curve import plot_fitted_curve as plot_fitted_curve
