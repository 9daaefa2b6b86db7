"""Gathers what the model card says: everything measured, on the test accounts, with the exported model."""

from dataclasses import dataclass, replace

import numpy as np

from . import metrics
from .evaluate import GroupRates, Scored, highest_by_account, kinds_or_segments, rates_by
from .fit import FitOptions, boosted, masked
from .matrix import Matrix, campaign_kind
from .metrics import sigmoid
from .model import TrainedModel, rows_of
from .options import BuildOptions
from .places import read_places
from .worlds import (
    CampaignRecall,
    Quarter,
    TypeCalibration,
    WorldFigures,
    calibration_by_type,
    figures_by_quarter,
    figures_by_world,
    recall_by_campaign,
    recall_interval,
)

LOOKED_AT_MOST = 60_000  # test events, evenly spread, that say what the model looks at
MISSING_SHARE = (
    0.3  # of the values, in the measurement with values missing at random, and of the events without reference data
)
# What is missing where nothing is known of an address, a mailbox's domain, a phone number, a client or a time zone.
OF_REFERENCE_DATA = (
    "local_hour",
    "email_is_disposable",
    "email_is_free",
    "phone_is_assigned",
    "phone_is_mobile",
    "phone_is_voip",
    "asn_signups_1h",
    "asn_surge_1h",
    "asn_is_hosting",
    "country_differs_from_phone",
    "country_differs_from_locale",
    "country_differs_from_time_zone",
    "user_agent_automated",
    "account_countries_1h",
    "account_countries_24h",
)
# One tree with as many leaves as one of depth 4: were it near perfect on one group of features, that group would give the label away.
ONE_TREE = FitOptions(trees=1, leaves=16, learning_rate=1.0, l2=0.0, feature_fraction=1.0, bagging=1.0, focus=0.0)


@dataclass(frozen=True)
class FeatureUse:
    name: str
    contribution: float  # mean absolute contribution on the test, log-odds
    auc_alone: float  # of the feature by itself, in its better direction
    is_used: bool  # some tree splits on it


@dataclass(frozen=True)
class GroupTree:
    """What one small tree on one group of features comes to."""

    group: str
    features: int
    roc_auc: float  # per account, on the test


@dataclass(frozen=True)
class Place:
    """Rates by one property of accounts, such as country."""

    name: str
    genuine: list[GroupRates]
    fake: list[GroupRates]


@dataclass(frozen=True)
class CardFacts:
    name: str
    version: str
    is_simulated: bool
    is_tested_apart: bool
    training: dict
    thresholds: dict[str, float]
    metrics: dict[str, dict]
    test_events: int
    auc_with_missing: float  # per event
    auc_without_reference: (
        float | None
    )  # per event, some of them without reference data; None where no feature rests on these
    group_trees: list[GroupTree]
    worlds: list[WorldFigures]  # each test stream; empty where the test is held out of the training streams
    recall: dict[str, tuple[float, float]]  # of each action's threshold: 95 % interval, campaigns drawn whole
    campaigns: list[CampaignRecall]
    quarters: list[Quarter]
    types: list[TypeCalibration]
    reliability: list[metrics.ReliabilityBin]
    kinds: list[GroupRates]  # fake accounts
    segments: list[GroupRates]  # genuine accounts
    untested_kinds: list[str]
    places: list[Place]  # empty where the build was not told
    features: list[FeatureUse]  # the one that moves scores most first


def card_facts(
    options: BuildOptions,
    matrix: Matrix,
    model: TrainedModel,
    test: Scored,
    thresholds: dict[str, float],
    training: dict,
    measured: dict,
) -> CardFacts:
    names = kinds_or_segments(test.matrix.accounts.segments)
    kinds = rates_by(test, True, names, thresholds)
    trained_kinds = {campaign_kind(segment) for segment in matrix.accounts.segments} - {None}
    events = test.chosen_events
    values, fake, weights = test.matrix.values[events], test.matrix.fake[events], test.event_weight[events]
    some = np.linspace(0, len(values) - 1, min(len(values), LOOKED_AT_MOST)).astype(np.int64)
    worn = masked(values, MISSING_SHARE, np.random.default_rng(options.seed))
    return CardFacts(
        name=options.name,
        version=options.version,
        is_simulated=options.is_simulated,
        is_tested_apart=bool(options.test_matrices),
        training=training,
        thresholds=thresholds,
        metrics=measured,
        test_events=len(values),
        auc_with_missing=metrics.roc_auc(model.probability(worn), fake, weights),
        auc_without_reference=auc_without_reference(matrix.features, model, values, fake, weights, options.seed),
        group_trees=_group_trees(options, matrix, test),
        worlds=figures_by_world(test, [path.stem for path in options.test_matrices], thresholds["block"]),
        recall={action: recall_interval(test, at, options.seed) for action, at in thresholds.items()},
        campaigns=recall_by_campaign(test, options.seed),
        quarters=figures_by_quarter(test, thresholds),
        types=calibration_by_type(test),
        reliability=metrics.reliability(test.event_score[events], fake, weights),
        kinds=kinds,
        segments=rates_by(test, False, names, thresholds),
        untested_kinds=sorted(trained_kinds - {each.name for each in kinds}),
        places=_places(options, test, thresholds),
        features=_feature_uses(matrix.features, model, values[some], fake[some], weights[some]),
    )


def auc_without_reference(
    features: tuple[str, ...],
    model: TrainedModel,
    values: np.ndarray,
    fake: np.ndarray,
    weights: np.ndarray,
    seed: int,
) -> float | None:
    """ROC AUC per event with all of `OF_REFERENCE_DATA` missing in some events; None where no feature is one of these."""
    columns = np.isin(features, OF_REFERENCE_DATA)
    if not columns.any():
        return None
    bare = np.random.default_rng(seed).random(len(values)) < MISSING_SHARE
    worn = np.where(bare[:, None] & columns, np.float32(np.nan), values)
    return metrics.roc_auc(model.probability(worn), fake, weights)


def _group_trees(options: BuildOptions, matrix: Matrix, test: Scored) -> list[GroupTree]:
    """Each group's tree, fitted on accounts that do not test."""
    learned = np.ones(len(matrix.accounts), dtype=bool) if options.test_matrices else ~test.chosen
    rows = rows_of(matrix, learned)
    trees = []
    for group in sorted(set(matrix.groups)):
        columns = np.flatnonzero(np.array(matrix.groups) == group)
        tree = boosted(replace(rows, values=rows.values[:, columns]), ONE_TREE, options.seed)
        score = sigmoid(tree.predict(test.matrix.values[:, columns], raw_score=True, num_threads=1))
        highest = highest_by_account(test.matrix, score)[test.chosen]
        auc = metrics.roc_auc(highest, test.matrix.accounts.fake[test.chosen], test.account_weight[test.chosen])
        trees.append(GroupTree(group, len(columns), auc))
    return trees


def _places(options: BuildOptions, test: Scored, thresholds: dict[str, float]) -> list[Place]:
    if options.accounts is None:
        return []
    by_column = read_places(options.accounts, test.matrix.accounts)
    return [
        Place(name, rates_by(test, False, places, thresholds), rates_by(test, True, places, thresholds))
        for name, places in by_column.items()
    ]


def _feature_uses(
    features: tuple[str, ...], model: TrainedModel, values: np.ndarray, fake: np.ndarray, weights: np.ndarray
) -> list[FeatureUse]:
    means = np.average(np.abs(model.contributions(values)), axis=0, weights=weights)
    alone = [metrics.roc_auc(np.nan_to_num(column, nan=-np.inf), fake, weights) for column in values.T]
    used = {int(feature) for tree in model.forest.trees for feature in tree.feature}
    uses = [
        FeatureUse(name, float(means[index]), max(alone[index], 1 - alone[index]), index in used)
        for index, name in enumerate(features)
    ]
    return sorted(uses, key=lambda use: (-use.contribution, use.name))
