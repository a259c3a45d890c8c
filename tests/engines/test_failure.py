"""What is made of cmdstanpy's messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoothstan.engines.failure import explanation

MESSAGE = """Error during sampling:
Exception: normal_lpdf: Scale parameter is -1, but must be positive!
Exception: normal_lpdf: Scale parameter is -1, but must be positive!
Command and output files:
RunSet: chains=2, chain_ids=[1, 2], num_processes=2
 cmd (chain 1):
\t['/cache/model', 'id=1']
 retcodes={codes}
 per-chain output files (showing chain 1 only):
 csv_file:
\t/tmp/x/model_1.csv
Consider re-running with show_console=True if the above output is unclear!
"""


@pytest.mark.parametrize(
    ("codes", "cause"),
    [
        ("[1, 1]", "Common causes: a response"),
        ("[0, -9]", "chain 2 by SIGKILL (SIGKILL often means that memory ran out)"),
        ("[-11, -11]", "chain 1 by SIGSEGV ("),
        ("[-99, 0]", "chain 1 by signal 99"),
        ("[]", "Common causes"),
    ],
)
def test_causes(codes: str, cause: str, tmp_path: Path) -> None:
    said = explanation(MESSAGE.format(codes=codes), tmp_path).splitlines()
    assert said[0] == "Exception: normal_lpdf: Scale parameter is -1, but must be positive!"
    assert len(said) == 2
    assert cause in said[1]
