"""Marginal effects: predictions, comparisons and slopes at rows of interest, and their averages."""

from smoothstan.posterior.marginal.comparisons import avg_comparisons as avg_comparisons
from smoothstan.posterior.marginal.comparisons import comparisons as comparisons
from smoothstan.posterior.marginal.datagrid import DataGrid as DataGrid
from smoothstan.posterior.marginal.datagrid import datagrid as datagrid
from smoothstan.posterior.marginal.predictions import avg_predictions as avg_predictions
from smoothstan.posterior.marginal.predictions import predictions as predictions
from smoothstan.posterior.marginal.result import Estimates as Estimates
from smoothstan.posterior.marginal.slopes import avg_slopes as avg_slopes
from smoothstan.posterior.marginal.slopes import slopes as slopes
