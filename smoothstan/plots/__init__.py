"""Figures.  They draw tables and arrays; what is drawn is computed elsewhere, and can be had as a table there."""

from smoothstan.plots.basis import basis_functions as basis_functions
from smoothstan.plots.basis import penalty_entries as penalty_entries
from smoothstan.plots.basis import plot_basis as plot_basis
from smoothstan.plots.basis import plot_penalty as plot_penalty
from smoothstan.plots.basis import plot_weighted_basis as plot_weighted_basis
from smoothstan.plots.basis import weighted_basis_functions as weighted_basis_functions
from smoothstan.plots.density_panels import Densities as Densities
from smoothstan.plots.effect_panels import EffectCurves as EffectCurves
from smoothstan.plots.effect_panels import EffectLevels as EffectLevels
from smoothstan.plots.effect_panels import EffectMap as EffectMap
from smoothstan.plots.effect_panels import Estimates as Estimates
from smoothstan.plots.effect_panels import PanelLabels as PanelLabels
from smoothstan.plots.effect_panels import Scatter as Scatter
from smoothstan.plots.effect_panels import draw_effect_panels as draw_effect_panels
from smoothstan.plots.fitted_curve import draw_fitted_curve as draw_fitted_curve
from smoothstan.plots.grid import several as several
from smoothstan.plots.residual_panels import Histogram as Histogram
from smoothstan.plots.residual_panels import Points as Points
from smoothstan.plots.residual_panels import QuantilePlot as QuantilePlot
from smoothstan.plots.smooth_panels import Curve as Curve
from smoothstan.plots.smooth_panels import Curves as Curves
from smoothstan.plots.smooth_panels import Levels as Levels
from smoothstan.plots.smooth_panels import Panel as Panel
from smoothstan.plots.smooth_panels import Quantiles as Quantiles
from smoothstan.plots.smooth_panels import Surface as Surface
from smoothstan.plots.smooth_panels import draw_panels as draw_panels
