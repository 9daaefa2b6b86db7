"""Command line: `python3 -m training build …` makes a bundle, `verify` checks one, `places` helps to test it for fairness.

Exit codes: 0 done, 1 refused (the reason is on standard error), 2 wrong usage.
"""

import argparse
import sys
import time
from dataclasses import fields
from pathlib import Path

from .bundle import build
from .errors import BuildError
from .fit import FitOptions
from .options import BuildOptions, flag_of
from .places import write_places
from .verify import verify


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (BuildError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m training", description="Trains and checks Winnow's model bundles."
    )
    commands = parser.add_subparsers(required=True, metavar="build|verify|places")

    builder = commands.add_parser("build", help="train a bundle from matrices that `winnow features` wrote")
    builder.set_defaults(run=_build)
    add = builder.add_argument
    add("--matrix", type=Path, action="append", required=True, help="CSV to train on; again for each further stream")
    add(
        "--test-matrix",
        type=Path,
        help="CSV of a stream of its own to test on; else a fifth of the accounts is held out",
    )
    add("--accounts", type=Path, help="CSV account_id,country,language of the tested accounts, for the fairness tables")
    add("--name", required=True)
    add("--version", required=True)
    add("--out", type=Path, required=True, help="the bundle's folder NAME/VERSION, which must not exist")
    add("--seed", type=int, default=7, help="default 7")
    for field in fields(FitOptions):
        add(flag_of(field.name), type=field.type, default=field.default, help=f"default {field.default:g}")

    verifier = commands.add_parser("verify", help="check hashes, shapes and golden rows of a bundle")
    verifier.set_defaults(run=_verify)
    verifier.add_argument("bundle", type=Path)

    places = commands.add_parser("places", help="write --accounts for a stream, from the locales in its events")
    places.set_defaults(run=_places)
    places.add_argument("--events", type=Path, required=True, help="NDJSON, plain or .gz")
    places.add_argument("--out", type=Path, required=True)
    return parser


def _build(options: argparse.Namespace) -> int:
    started = time.monotonic()

    def report(step: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {step}", flush=True)

    build(
        BuildOptions(
            matrices=tuple(options.matrix),
            out=options.out,
            name=options.name,
            version=options.version,
            seed=options.seed,
            test_matrix=options.test_matrix,
            accounts=options.accounts,
            fit=FitOptions(**{field.name: getattr(options, field.name) for field in fields(FitOptions)}),
        ),
        report,
    )
    report(f"wrote {options.out}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    faults = verify(options.bundle)
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    if not faults:
        print(f"{options.bundle}: sound")
    return 1 if faults else 0


def _places(options: argparse.Namespace) -> int:
    print(f"wrote {options.out}: {write_places(options.events, options.out)} accounts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
