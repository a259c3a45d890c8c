"""The penalised-likelihood fit: matrices in, coefficients, smoothing parameters and tests out."""

from smoothstan.gam.chain_starts import chain_starts as chain_starts
from smoothstan.gam.comparison import GamComparison as GamComparison
from smoothstan.gam.comparison import compare_gam as compare_gam
from smoothstan.gam.diagnostics import BasisCheck as BasisCheck
from smoothstan.gam.diagnostics import Concurvity as Concurvity
from smoothstan.gam.diagnostics import basis_check as basis_check
from smoothstan.gam.diagnostics import k_index as k_index
from smoothstan.gam.fit import fit_penalised as fit_penalised
from smoothstan.gam.model import gam as gam
from smoothstan.gam.model_matrix import ModelMatrix as ModelMatrix
from smoothstan.gam.model_matrix import RowBlocks as RowBlocks
from smoothstan.gam.of_design import Twin as Twin
from smoothstan.gam.of_design import twin_of as twin_of
from smoothstan.gam.penalised_fit import PenalisedFit as PenalisedFit
from smoothstan.gam.positive_starts import positive_starts as positive_starts
from smoothstan.gam.problem import PenaltyBlock as PenaltyBlock
from smoothstan.gam.problem import Problem as Problem
from smoothstan.gam.result import GamFit as GamFit
from smoothstan.gam.tests_of_terms import ParametricTest as ParametricTest
from smoothstan.gam.tests_of_terms import TermTest as TermTest
from smoothstan.gam.tests_of_terms import WaldTest as WaldTest
from smoothstan.gam.variance_components import VarianceComponent as VarianceComponent
