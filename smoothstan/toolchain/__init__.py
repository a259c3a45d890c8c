"""How CmdStan gets onto a machine, also onto one that cannot reach its download site."""

from smoothstan.toolchain.doctor import report as report
from smoothstan.toolchain.install import install_cmdstan as install_cmdstan
