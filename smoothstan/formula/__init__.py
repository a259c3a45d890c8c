"""From the text of a formula to its syntax tree and terms: text only, no arrays, no tables."""

from smoothstan.formula.algebra import Interaction as Interaction
from smoothstan.formula.algebra import TermList as TermList
from smoothstan.formula.algebra import WrittenGroup as WrittenGroup
from smoothstan.formula.algebra import expand as expand
from smoothstan.formula.arguments import CallArguments as CallArguments
from smoothstan.formula.arguments import call_arguments as call_arguments
from smoothstan.formula.arguments import constant_value as constant_value
from smoothstan.formula.grouping import WrittenGrouping as WrittenGrouping
from smoothstan.formula.model_formula import ModelFormula as ModelFormula
from smoothstan.formula.model_formula import ParameterFormulas as ParameterFormulas
from smoothstan.formula.model_formula import PredictorFormula as PredictorFormula
from smoothstan.formula.model_formula import bf as bf
from smoothstan.formula.model_formula import lf as lf
from smoothstan.formula.model_formula import parse_formula as parse_formula
from smoothstan.formula.parser import parse as parse
from smoothstan.formula.update import meaning as meaning
from smoothstan.formula.update import spell_out_dots as spell_out_dots
from smoothstan.formula.update import update_formula as update_formula
