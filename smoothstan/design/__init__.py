"""From a formula and a table to a design."""

from smoothstan.design.build import build_design as build_design
from smoothstan.design.design import Design as Design
from smoothstan.design.group_effects import keep_group_effects as keep_group_effects
from smoothstan.design.identified import refuse_constant_columns as refuse_constant_columns
from smoothstan.design.response import BoundResponse as BoundResponse
from smoothstan.design.rows import columns_used as columns_used
from smoothstan.design.rows import complete_rows as complete_rows
from smoothstan.design.rows import expand_predictors as expand_predictors
from smoothstan.design.smooth_part import only_smooth as only_smooth
