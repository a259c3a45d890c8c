"""From a design and its priors to a readable Stan program."""

from smoothstan.codegen.derived import Derived as Derived
from smoothstan.codegen.priors import prior_draw_names as prior_draw_names
from smoothstan.codegen.program import StanProgram as StanProgram
from smoothstan.codegen.transforms import ParameterSpace as ParameterSpace
from smoothstan.codegen.transforms import parameter_space as parameter_space
from smoothstan.codegen.write import SAMPLE_PRIOR as SAMPLE_PRIOR
from smoothstan.codegen.write import derived_parameters as derived_parameters
from smoothstan.codegen.write import prior_data as prior_data
from smoothstan.codegen.write import write_code as write_code
from smoothstan.codegen.write import write_program as write_program
