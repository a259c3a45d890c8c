"""Terms of a linear predictor: what was written, and what the data made of it."""

from smoothstan.terms.auxiliary import AuxiliaryTerm as AuxiliaryTerm
from smoothstan.terms.expression import Expression as Expression
from smoothstan.terms.expression import as_numbers as as_numbers
from smoothstan.terms.expression import bind_expression as bind_expression
from smoothstan.terms.expression import check_functions as check_functions
from smoothstan.terms.group import GroupTerm as GroupTerm
from smoothstan.terms.group import PlacedGroup as PlacedGroup
from smoothstan.terms.group import bind_groups as bind_groups
from smoothstan.terms.linear import LinearTerm as LinearTerm
from smoothstan.terms.linear import bind_linear as bind_linear
from smoothstan.terms.names import clean_name as clean_name
from smoothstan.terms.names import prior_dpar as prior_dpar
from smoothstan.terms.names import suffix as suffix
from smoothstan.terms.offset import OffsetTerm as OffsetTerm
from smoothstan.terms.offset import bind_offset as bind_offset
from smoothstan.terms.smooth import SmoothTerm as SmoothTerm
from smoothstan.terms.smooth import bind_smooths as bind_smooths
from smoothstan.terms.term import Addend as Addend
from smoothstan.terms.term import Address as Address
from smoothstan.terms.term import BoundTerm as BoundTerm
from smoothstan.terms.term import DensePart as DensePart
from smoothstan.terms.term import Draws as Draws
from smoothstan.terms.term import PriorParameter as PriorParameter
from smoothstan.terms.term import Variable as Variable
