"""Effects of predictors, and smooths, under given conditions."""

from smoothstan.posterior.conditional.conditions import make_conditions as make_conditions
from smoothstan.posterior.conditional.effects import Display as Display
from smoothstan.posterior.conditional.effects import conditional_effects as conditional_effects
from smoothstan.posterior.conditional.estimate import Quantity as Quantity
from smoothstan.posterior.conditional.estimate import Summarising as Summarising
from smoothstan.posterior.conditional.estimate import quantity_of as quantity_of
from smoothstan.posterior.conditional.part import ConditionalEffect as ConditionalEffect
from smoothstan.posterior.conditional.result import ConditionalEffects as ConditionalEffects
from smoothstan.posterior.conditional.smooths import conditional_smooths as conditional_smooths
