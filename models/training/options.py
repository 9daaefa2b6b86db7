"""What a build is asked for."""

import re
import shlex
from dataclasses import dataclass, field, fields
from pathlib import Path

from .errors import BuildError
from .fit import FitOptions

# As the processor reads it: names and versions are folder names.
PATH_SEGMENT = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")


@dataclass(frozen=True)
class BuildOptions:
    matrices: tuple[Path, ...]  # streams to train on
    out: Path  # the bundle's folder, which must not exist
    name: str
    version: str
    seed: int = 7
    test_matrices: tuple[Path, ...] = ()  # streams of their own to test on; none: hold a fifth of the accounts out
    rows_per_account: int = 15  # at most, to train on
    is_simulated: bool = False  # said in the card, since no figure tells
    author: str = "not named"
    accounts: Path | None = None  # country and language of the accounts that test
    fit: FitOptions = field(default_factory=FitOptions)

    def check(self) -> None:
        """Raises BuildError where the options contradict each other or the disk."""
        if not PATH_SEGMENT.fullmatch(self.name) or not PATH_SEGMENT.fullmatch(self.version):
            raise BuildError(
                "name and version take lower-case letters, digits, `.`, `_` and `-`, a letter or digit first"
            )
        if self.out.exists():
            raise BuildError(f"{self.out} exists: a bundle is never edited; choose a new version, or remove the folder")
        if self.out.resolve().parts[-2:] != (self.name, self.version):
            raise BuildError(f"--out must end in {self.name}/{self.version}: bundles are found by their folder")
        if self.rows_per_account < 1:
            raise BuildError("--rows-per-account is 1 or more")
        if self.accounts and not self.test_matrices and len(self.matrices) > 1:
            raise BuildError("--accounts describes the accounts that test: give their streams as --test-matrix")

    def command(self) -> str:
        """The command that makes this bundle, with file names for paths: where files lie does not change what is made."""
        words = ["python3", "-m", "training", "build"]
        for path in self.matrices:
            words += ["--matrix", path.name]
        for path in self.test_matrices:
            words += ["--test-matrix", path.name]
        words += ["--accounts", self.accounts.name] if self.accounts else []
        words += ["--rows-per-account", str(self.rows_per_account), "--author", self.author]
        words += ["--simulated"] if self.is_simulated else []
        words += ["--name", self.name, "--version", self.version, "--out", f"models/{self.name}/{self.version}"]
        words += ["--seed", str(self.seed)]
        for option in fields(FitOptions):
            value = getattr(self.fit, option.name)
            words += [flag_of(option.name), str(value)] if value != option.default else []
        return shlex.join(words)


def flag_of(name: str) -> str:
    """`min_rows_in_leaf` as `--min-rows-in-leaf`."""
    return f"--{name.replace('_', '-')}"
