"""Drawing only: everything drawn is computed elsewhere and can be had as a table."""

from smoothstan.plots.fitted_curve import fitted_curve as fitted_curve
from smoothstan.plots.fitted_curve import plot_fitted_curve as plot_fitted_curve
