"""Engines: they turn a Stan program into draws.  Listed here; ``"auto"`` takes the first that can run."""

from __future__ import annotations

from smoothstan.engines.cache import cache_folder as cache_folder
from smoothstan.engines.cache import writable as writable
from smoothstan.engines.cmdstan import CmdStanEngine as CmdStanEngine
from smoothstan.engines.cmdstan_folder import cmdstan_path as cmdstan_path
from smoothstan.engines.cmdstan_folder import cmdstan_version as cmdstan_version
from smoothstan.engines.draws import SAMPLER_STATISTICS as SAMPLER_STATISTICS
from smoothstan.engines.draws import RawDraws as RawDraws
from smoothstan.engines.engine import Engine as Engine
from smoothstan.engines.options import Inits as Inits
from smoothstan.engines.options import SamplingOptions as SamplingOptions
from smoothstan.engines.options import check_whole as check_whole
from smoothstan.engines.seed import seed_or_random as seed_or_random
from smoothstan.engines.stanli import StanliEngine as StanliEngine
from smoothstan.errors import EngineNotFound
from smoothstan.registry import Registry

ENGINES: Registry[type[Engine]] = Registry(
    "backend", {"cmdstan": CmdStanEngine, "stanli": StanliEngine}, EngineNotFound
)
AUTO = "auto"


def choose_engine(backend: str = AUTO) -> Engine:
    """Return an engine by name, or with ``"auto"`` the first of ``ENGINES`` that has all that it needs.

    Raises:
        EngineNotFound: if the name is unknown, or the engine lacks something; the mending command is named.
    """
    if backend != AUTO:
        if not isinstance(backend, str) or backend not in ENGINES:
            known = ", ".join([AUTO, *ENGINES])
            raise EngineNotFound(f"unknown backend {backend!r} (known: {known})")
        engine = ENGINES[backend]
        fault = engine.missing()
        if fault:
            others = [name for name, other in ENGINES.items() if name != backend and not other.missing()]
            instead = f"; installed: {', '.join(others)}" if others else ""
            raise EngineNotFound(f"the backend {backend!r} cannot run: {fault}{instead}")
        return engine()
    faults = []
    for name, engine in ENGINES.items():
        fault = engine.missing()
        if not fault:
            return engine()
        faults.append(f"{name}: {fault}")
    raise EngineNotFound("no backend can run\n" + "\n".join(faults))
