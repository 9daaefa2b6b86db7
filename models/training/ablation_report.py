"""The ablation as Markdown. A pure function of what was measured."""

import numpy as np

from .ablation import LEVELS, REFITS, Ablation, AblationOptions, Kind, Variant, chance
from .markdown import listed, number, percent, table
from .matrix import Matrix, campaign_kind

HEADINGS = ("ROC AUC", "PR AUC", "recall at 1 %", "recall at 0.1 %")
RECALL_OF_ACCOUNTS = {"1 %": 6, "0.1 %": 7}  # columns of the measures
ALL = "nothing"


def write_report(options: AblationOptions, ablation: Ablation) -> bytes:
    sections = [
        _head(ablation),
        _left_out(ablation),
        _alone(ablation),
        _unknown(ablation),
        _again(options, ablation),
    ]
    return ("\n\n".join(sections) + "\n").encode()


def _head(ablation: Ablation) -> str:
    return (
        "# What each group of features is worth\n\n"
        "Written by `python3 -m training ablate`; `sh models/training/ablation.sh` makes it from nothing, on simulated "
        "streams: it compares groups of features, and does not say what a model would catch on a platform. Accounts of the "
        "test stream that people judge within it are not tested: from then on their own label would be in what is known of "
        "their address and device.\n\n"
        f"Trained on {_size(ablation.trained)}; tested on {_size(ablation.test)}, of a stream of its own: no campaign of "
        "the test was in training. Recall is the share of fake ones at or above the lowest score that 1 % or 0.1 % of the "
        f"genuine ones reach ({round(0.001 * _genuine(ablation.test))} accounts, for 0.1 %); an account's score is the "
        "highest of its events. Each account weighs alike, and fake ones what they do in training."
    )


def _size(matrix: Matrix) -> str:
    campaigns = {
        (stream, segment)
        for stream, segment in zip(matrix.accounts.streams, matrix.accounts.segments, strict=True)
        if campaign_kind(segment)
    }
    return (
        f"{len(matrix)} events of {len(matrix.accounts)} accounts, {percent(matrix.fake_share)} of them fake, "
        f"in {len(campaigns)} campaigns"
    )


def _genuine(matrix: Matrix) -> int:
    return int((~matrix.accounts.fake).sum())


def _left_out(ablation: Ablation) -> str:
    noise = chance([*ablation.left_out, *ablation.alone])
    rows = [*map(_variant_row, ablation.left_out), ["*chance*", "", *_cells(noise)]]
    whole = ablation.left_out[0].measures.mean(axis=0)
    sentences = []
    for rate, column in RECALL_OF_ACCOUNTS.items():
        costs = {each.group: whole[column] - each.measures.mean(axis=0)[column] for each in ablation.left_out[1:]}
        sentences.append(_costs(rate, costs, noise[column]))
    return (
        "## A group left out\n\n"
        f"Kinds of campaigns that were in training, other campaigns. Each row is the mean of {REFITS} models that differ by "
        "their seed alone; *chance* is what two rows differ by if only seeds do (two standard errors). Another test stream "
        "would move all rows, and most likely together.\n\n"
        f"{table(['left out', 'features', *_headings()], rows)}\n\n{' '.join(sentences)}\n\n"
        "What a group costs when it is left out is what the others cannot stand in for, not what it does."
    )


def _costs(rate: str, costs: dict[str, float], noise: float) -> str:
    """Which groups' recall is lower without them, and which could go."""
    ordered = sorted(costs, key=lambda group: (-costs[group], group))
    missed = [f"`{group}` ({100 * costs[group]:.1f})" for group in ordered if costs[group] > noise]
    parts = [
        f"Accounts at {rate}: recall is lower without {', '.join(missed)} (points)"
        if missed
        else f"Accounts at {rate}: nothing is missed"
    ]
    idle = [group for group in ordered if abs(costs[group]) <= noise]
    worse = [group for group in ordered if costs[group] < -noise]
    if idle:
        parts.append(f"no more than chance without {listed(idle)}")
    if worse:
        parts.append(f"higher without {listed(worse)}")
    return "; ".join(parts) + "."


def _alone(ablation: Ablation) -> str:
    rows = [*map(_variant_row, ablation.alone), _variant_row(ablation.left_out[0], "all of them")]
    return f"## A group alone\n\nAs above, of one group's features only.\n\n{table(['group', 'features', *_headings()], rows)}"


def _unknown(ablation: Ablation) -> str:
    kinds = ablation.kinds
    by_kind = [
        [kind.name, str(kind.campaigns), str(kind.accounts)]
        + [
            percent(measures[column])
            for column in RECALL_OF_ACCOUNTS.values()
            for measures in (kind.known, kind.unknown[None])
        ]
        + [number(kind.known[4]), number(kind.unknown[None][4])]
        for kind in kinds
    ]
    groups = list(kinds[0].unknown)
    means = [[group or ALL, *_cells(np.mean([kind.unknown[group] for kind in kinds], axis=0))] for group in groups]
    recalls = [_recall_table(kinds, groups, rate) for rate in RECALL_OF_ACCOUNTS]
    heads = [f"recall at {rate}, {state}" for rate in RECALL_OF_ACCOUNTS for state in ("known", "unknown")]
    return (
        "## A kind of campaign that was never seen\n\n"
        "One model a kind, trained without all of its campaigns, is tested on that kind's accounts among all genuine ones. "
        "*Known* is the model of all kinds on the same accounts. Per account:\n\n"
        f"{table(['kind', 'campaigns', 'accounts', *heads, 'ROC AUC, known', 'ROC AUC, unknown'], by_kind)}\n\n"
        "### A group left out, mean over the kinds\n\n"
        f"Single models, not means of {REFITS}.\n\n{table(['left out', *_headings()], means)}\n\n"
        + "\n\n".join(recalls)
    )


def _recall_table(kinds: list[Kind], groups: list[str | None], rate: str) -> str:
    column = RECALL_OF_ACCOUNTS[rate]
    rows = [[group or ALL, *(percent(kind.unknown[group][column]) for kind in kinds)] for group in groups]
    return f"### Recall of accounts at {rate}, by kind\n\n{table(['left out', *(kind.name for kind in kinds)], rows)}"


def _variant_row(variant: Variant, name: str | None = None) -> list[str]:
    return [name or variant.group or ALL, str(variant.features), *_cells(variant.measures.mean(axis=0))]


def _cells(measures: np.ndarray) -> list[str]:
    """[levels × measures] as text: areas as they are, recalls as shares."""
    return [number(value) if place % len(HEADINGS) < 2 else percent(value) for place, value in enumerate(measures)]


def _headings() -> list[str]:
    return [f"{heading}, {level}" for level in LEVELS for heading in HEADINGS]


def _again(options: AblationOptions, ablation: Ablation) -> str:
    seeds = ", ".join(map(str, options.seeds))
    return (
        f"## How to make it again\n\n```sh\n{options.command()}\n```\n\n"
        f"Seeds of the models: {seeds}; the names of the matrices give those of their streams. Catalogue version "
        f"`{ablation.trained.catalogue_version}`, {len(ablation.trained.features)} features. SHA-256 of the training "
        f"matrices `{ablation.trained.sha256}`, of the test matrix `{ablation.test.sha256}`. The same matrices, seed and "
        "package versions give the same bytes."
    )
