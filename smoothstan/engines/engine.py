"""What an engine must be able to do."""

from __future__ import annotations

from typing import ClassVar, Protocol

from smoothstan.arrays import FloatArray
from smoothstan.codegen import StanProgram
from smoothstan.engines.draws import RawDraws
from smoothstan.engines.options import SamplingOptions


class Engine(Protocol):
    """Runs a Stan program.

    Adding an engine: a file in ``engines/`` with a class of this shape, and one line in ``engines/__init__``.
    """

    name: ClassVar[str]

    @classmethod
    def missing(cls) -> str:
        """Return what is missing for this engine to run, and the command that mends it; empty if nothing is."""
        ...

    def sample(self, program: StanProgram, options: SamplingOptions) -> RawDraws:
        """Sample with NUTS.

        Raises:
            CompilationError: if the program cannot be translated or compiled.
            SamplingError: if a chain fails.
            KeyboardInterrupt: after Ctrl-C, with every chain stopped and no file left.
        """
        ...

    def log_density(self, program: StanProgram, unconstrained: FloatArray) -> tuple[float, FloatArray]:
        """Return the log density with the Jacobian, and its gradient, at an unconstrained point."""
        ...
