"""Progress bars, one per chain, in the terminal and in notebooks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

_ITERATION = re.compile(r"^Chain \[(\d+)\] Iteration:\s*(\d+) / (\d+) .*\((Warmup|Sampling)\)")


class _ChainBars(io.TextIOBase):
    """A text stream that turns CmdStan's progress lines into bars and drops everything else."""

    def __init__(self, chains: int, iterations: int) -> None:
        from tqdm.auto import tqdm

        self._bars: dict[int, Any] = {
            chain: tqdm(total=iterations, desc=f"chain {chain}", unit="it", leave=False, position=chain - 1)
            for chain in range(1, chains + 1)
        }
        self._rest = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if match := _ITERATION.match(line):
                bar = self._bars[int(match[1])]
                bar.set_postfix_str(match[4].lower(), refresh=False)
                bar.update(int(match[2]) - bar.n)
        return len(text)

    def close_bars(self) -> None:
        for bar in self._bars.values():
            bar.close()


@contextmanager
def chain_bars(chains: int, iterations: int) -> Iterator[None]:
    """Show what is printed in CmdStan's progress format as one bar per chain."""
    stream = _ChainBars(chains, iterations)
    try:
        with redirect_stdout(stream):
            yield
    finally:
        stream.close_bars()
