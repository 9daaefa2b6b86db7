"""Command line: `python3 -m training build …` makes a bundle, `own` one from a few hundred answers (`winnow train` calls it),
`places` helps to test it for fairness, `ablate` tells what each group of features is worth.

Exit codes: 0 done, 1 refused (the reason is on standard error), 2 wrong usage.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from .ablation import AblationOptions, ablate
from .ablation_report import write_report
from .answers_table import champion, mean_lines, ranked_features, score_lines, table_head, write_tested
from .bundle import build
from .errors import BuildError
from .fit import FitOptions
from .options import BuildOptions, flag_of
from .own_model import OwnOptions, build_own
from .pack import pack
from .places import write_places


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (BuildError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m training", description="Trains Winnow's model bundles; `winnow model check` checks them."
    )
    commands = parser.add_subparsers(required=True, metavar="build|own|pack|answers|places|ablate")

    builder = commands.add_parser("build", help="train a bundle from matrices that `winnow features` wrote")
    builder.set_defaults(run=_build)
    add = builder.add_argument
    add("--matrix", type=Path, action="append", required=True, help="CSV to train on; again for each further stream")
    add(
        "--test-matrix",
        type=Path,
        action="append",
        default=[],
        help="CSV of a stream of its own to test on, again for each further one; else a fifth of the accounts is held out",
    )
    add("--rows-per-account", type=int, default=15, help="events of an account that train, at most; default 15")
    add("--simulated", action="store_true", help="the streams are made up, and the card says so")
    add("--author", default="not named", help="who stands for the bundle")
    add("--accounts", type=Path, help="CSV account_id,country,language of the tested accounts, for the fairness tables")
    add("--name", required=True)
    add("--version", required=True)
    add("--out", type=Path, required=True, help="the bundle's folder NAME/VERSION, which must not exist")
    _add_fit_options(builder)

    own = commands.add_parser("own", help="train a bundle from a few hundred answers; `winnow train` calls it")
    own.set_defaults(run=_own)
    add = own.add_argument
    add("--matrix", type=Path, required=True, help="CSV with the rows of the accounts that have an answer")
    add(
        "--answers", type=Path, action="append", default=[], help="labels or a queue: account_id, probability, group"
    )
    add("--base", type=Path, help="bundle to boost on from")
    add("--norms", type=Path, help="norms that go into the bundle, where it takes ranks")
    add("--accounts", type=Path, help="CSV account_id,country,language, for the report")
    add("--name", required=True)
    add("--version", required=True)
    add("--author", default="unnamed", help="who answers for the bundle")
    add("--out", type=Path, required=True, help="the bundle's folder NAME/VERSION, which must not exist")
    add("--seed", type=int, default=7, help="default 7")
    add("--even-if-worse", action="store_true", help="write it though its base does better on accounts not seen")

    packer = commands.add_parser("pack", help="a bundle of any ONNX graph; `winnow model pack` calls it")
    packer.set_defaults(run=_pack)
    add = packer.add_argument
    add("model", type=Path)
    add("--matrix", type=Path, required=True, help="CSV that the model could have been trained on")
    add("--name", required=True)
    add("--version", required=True)
    add("--author", default="unnamed", help="who answers for the bundle")
    add("--out", type=Path, required=True, help="the bundle's folder NAME/VERSION, which must not exist")

    answers = commands.add_parser(
        "answers", help="what answers are worth on a simulated platform; `answers.sh` calls it"
    )
    steps = answers.add_subparsers(required=True, metavar="champion|ranks|head|tested|score|mean")
    for name, said in (("champion", champion), ("ranks", ranked_features), ("head", table_head)):
        steps.add_parser(name).set_defaults(run=_say, said=said)
    tested = steps.add_parser("tested")
    tested.set_defaults(run=_tested)
    score = steps.add_parser("score")
    score.set_defaults(run=_score)
    for step, names in ((tested, ("labels", "out")), (score, ("first", "tested", "second"))):
        for name in names:
            step.add_argument(f"--{name}", type=Path, required=True)
    score.add_argument("--world", required=True)
    score.add_argument("--bundle", type=Path, action="append", required=True)
    mean = steps.add_parser("mean")
    mean.set_defaults(run=_mean)
    for step in (score, mean):
        step.add_argument("--figures", type=Path, required=True, help="what was measured, a line each")

    places = commands.add_parser("places", help="write --accounts for a stream, from the locales in its events")
    places.set_defaults(run=_places)
    places.add_argument("--events", type=Path, required=True, help="NDJSON, plain or .gz")
    places.add_argument("--out", type=Path, required=True)

    ablater = commands.add_parser("ablate", help="train without each group of features, and report what that costs")
    ablater.set_defaults(run=_ablate)
    add = ablater.add_argument
    add("--matrix", type=Path, action="append", required=True, help="CSV to train on; again for each further stream")
    add("--test-matrix", type=Path, required=True, help="CSV of a stream of its own, with other campaigns, to test on")
    add("--out", type=Path, required=True, help="the report, as Markdown")
    _add_fit_options(ablater)
    return parser


def _add_fit_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=7, help="default 7")
    for field in fields(FitOptions):
        parser.add_argument(
            flag_of(field.name), type=field.type, default=field.default, help=f"default {field.default:g}"
        )


def _fit_options(options: argparse.Namespace) -> FitOptions:
    return FitOptions(**{field.name: getattr(options, field.name) for field in fields(FitOptions)})


def _reporter() -> Callable[[str], None]:
    started = time.monotonic()

    def report(step: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {step}", flush=True)

    return report


def _build(options: argparse.Namespace) -> int:
    report = _reporter()
    build(
        BuildOptions(
            matrices=tuple(options.matrix),
            out=options.out,
            name=options.name,
            version=options.version,
            seed=options.seed,
            test_matrices=tuple(options.test_matrix),
            rows_per_account=options.rows_per_account,
            is_simulated=options.simulated,
            author=options.author,
            accounts=options.accounts,
            fit=_fit_options(options),
        ),
        report,
    )
    report(f"wrote {options.out}")
    return 0


def _own(options: argparse.Namespace) -> int:
    report = _reporter()
    asked = {field.name: getattr(options, field.name) for field in fields(OwnOptions) if field.name != "answers"}
    build_own(OwnOptions(answers=tuple(options.answers), **asked), report)
    report(f"wrote {options.out}")
    return 0


def _pack(options: argparse.Namespace) -> int:
    pack(options.model, options.matrix, options.name, options.version, options.out, options.author)
    print(f"wrote {options.out}")
    return 0


def _say(options: argparse.Namespace) -> int:
    print(options.said(), flush=True)
    return 0


def _tested(options: argparse.Namespace) -> int:
    write_tested(options.labels, options.out)
    return 0


def _score(options: argparse.Namespace) -> int:
    lines = score_lines(options.world, options.first, options.tested, options.second, options.bundle, options.figures)
    for line in lines:
        print(line, flush=True)
    return 0


def _mean(options: argparse.Namespace) -> int:
    for line in mean_lines(options.figures):
        print(line, flush=True)
    return 0


def _places(options: argparse.Namespace) -> int:
    print(f"wrote {options.out}: {write_places(options.events, options.out)} accounts")
    return 0


def _ablate(options: argparse.Namespace) -> int:
    report = _reporter()
    asked = AblationOptions(
        matrices=tuple(options.matrix),
        test_matrix=options.test_matrix,
        out=options.out,
        seed=options.seed,
        fit=_fit_options(options),
    )
    options.out.write_bytes(write_report(asked, ablate(asked, report)))
    report(f"wrote {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
