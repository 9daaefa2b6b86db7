"""The model card: what the bundle was trained on, how good it is, where it is weak. A pure function of its facts."""

from . import metrics
from .evaluate import GroupRates
from .facts import MISSING_SHARE, CardFacts, Place
from .markdown import listed, number, percent, table
from .thresholds import TARGETS

GROUP_LEAST = 20  # genuine accounts; smaller groups are shown together
FEATURES_SHOWN = 20
ACTIONS = tuple(target.action for target in TARGETS)


def write_card(facts: CardFacts) -> bytes:
    sections = [
        _head(facts),
        _worlds(facts),
        _trained_on(facts),
        _how_good(facts),
        _weak(facts),
        _fairness(facts),
        _features(facts),
        _again(facts),
    ]
    return ("\n\n".join(sections) + "\n").encode()


def _head(facts: CardFacts) -> str:
    return (
        f"# {facts.name} {facts.version}\n\n"
        "Gives each event of an account the calibrated probability that the account is fake. Written by "
        "`python3 -m training build`; every figure below is one that it measured."
    )


def _trained_on(facts: CardFacts) -> str:
    training, window = facts.training, facts.training["window"]
    parts = training["parts"]
    stream = (
        "**Simulated** streams (`winnow simulate`): no real person's data is in them, and their campaigns are what their "
        "authors could think of. Figures on them say how the program works, not what it would catch on a platform: measure "
        "in shadow on your own traffic, and train on your own labels, before you let it act."
        if facts.is_simulated
        else "Labelled streams. Measure in shadow on the traffic that it will judge before you let it act."
    )
    return (
        f"## What it was trained on\n\n{stream}\n\n"
        f"{training['rows']} events of {training['accounts']} accounts, {percent(training['fakeShare'])} of them fake, from "
        f"{window['from']} to {window['to']}. {parts['train']['accounts']} accounts trained the trees, "
        f"{parts['calibrate']['accounts']} others calibrated them and set the thresholds. "
        f"Tested on {_total(facts.kinds).accounts + _total(facts.segments).accounts} accounts ({facts.test_events} events, "
        f"{_total(facts.kinds).campaigns} campaigns) "
        f"{'of streams of their own' if facts.is_tested_apart else 'held out of the same streams'}; "
        "no account and no campaign is in two parts.\n\n"
        "Each account counts alike, however many events it has, and fake accounts weigh what they do in all streams. The trees "
        "learn a second time from those events that come near an account's highest score."
    )


def _worlds(facts: CardFacts) -> str:
    if not facts.worlds:
        return (
            "## On streams that taught it nothing\n\nNot measured: it was tested on accounts of the streams that trained it "
            "(`--test-matrix` gives others)."
        )
    rows = [
        [
            each.name,
            f"{each.days:.0f}",
            str(each.genuine),
            str(each.fake),
            number(each.roc_auc),
            percent(each.recall_at_1_percent),
            percent(each.recall_at_01_percent),
            f"{each.wrong_blocks} ({percent(each.wrong_blocks / each.genuine)})",
            percent(each.wrong_blocks_30_days),
            percent(each.blocked / each.fake),
            f"{each.worst_segment} {percent(each.worst_share)}",
        ]
        for each in facts.worlds
    ]
    header = [
        "stream",
        "days",
        "genuine",
        "fake",
        "ROC AUC",
        "recall at 1 % FPR",
        "recall at 0.1 % FPR",
        "genuine blocked",
        "in 30 days",
        "fake blocked",
        "worst segment",
    ]
    low, high = facts.recall["block"]
    return (
        "## On streams that taught it nothing\n\n"
        "By account, by its highest score over all days of the stream. Blocked is what reaches the suggested threshold; on a "
        "calibrated platform its block budget decides beside it. In 30 days: genuine accounts blocked over the days from each "
        "one's first event to the end of its stream, times 30; more than it will be where accounts are in danger when they are new.\n\n"
        f"{table(header, rows)}\n\n"
        f"Fake accounts that reach the block threshold, over all of them: 95 % interval {low:.1%} to {high:.1%}, campaigns "
        "drawn whole: accounts of one campaign are no independent witnesses.\n\n"
        f"{_campaigns(facts)}\n\n{_quarters(facts)}"
    )


def _campaigns(facts: CardFacts) -> str:
    rows = [
        [
            percent(each.false_positive_rate),
            f"{percent(each.accounts)} ({each.interval[0]:.1%} to {each.interval[1]:.1%})",
            f"{each.found} of {each.campaigns}",
        ]
        for each in facts.campaigns
    ]
    header = ["genuine accounts taken for fake", "fake accounts found", "campaigns of which half or more is found"]
    return (
        f"All streams together, one threshold for all, campaigns drawn whole for the interval:\n\n{table(header, rows)}"
    )


def _quarters(facts: CardFacts) -> str:
    rows = [
        [
            str(each.number),
            str(each.genuine),
            str(each.fake),
            "" if each.roc_auc is None else number(each.roc_auc),
            *(" / ".join(map(percent, each.reached[action])) if each.reached else "" for action in ("review", "block")),
        ]
        for each in facts.quarters
    ]
    header = ["quarter", "genuine", "fake", "ROC AUC", "genuine / fake reach review", "genuine / fake reach block"]
    return (
        "Over time: accounts by the quarter of their stream in which they first came, judged as it went on, by a model that learns "
        f"nothing meanwhile. Who comes late has had less time to show what he is:\n\n{table(header, rows)}"
    )


def _types(facts: CardFacts) -> str:
    rows = [
        [each.event_type, str(each.events), percent(each.predicted), percent(each.observed)] for each in facts.types
    ]
    return table(["event type", "events", "predicted", "came true"], rows)


def _how_good(facts: CardFacts) -> str:
    rows = [
        [label, *(number(facts.metrics[level][key]) for key in ("rocAuc", "prAuc", "logLoss", "ece"))]
        + [percent(facts.metrics[level]["recallAtFpr"][rate]) for rate in ("0.01", "0.001")]
        for level, label in (("event", "event"), ("account", "account (its highest score)"))
    ]
    measures = table(["per", "ROC AUC", "PR AUC", "log loss", "ECE", "recall at 1 % FPR", "recall at 0.1 % FPR"], rows)
    everyone = _total(facts.segments)
    targets = {target.action: target.sentence() for target in TARGETS}
    thresholds = table(
        ["action", "threshold", "chosen for", "genuine accounts that reach it", "fake accounts that reach it"],
        [
            [action, f"{at:g}", targets[action], _rate(everyone, action), _recall(facts, action)]
            for action, at in facts.thresholds.items()
        ],
    )
    bins = table(
        ["score", "share of weight", "predicted", "came true"],
        [
            [
                f"{each.low:.1f} to {each.high:.1f}",
                percent(each.weight_share),
                percent(each.predicted),
                percent(each.observed),
            ]
            for each in facts.reliability
        ],
    )
    return (
        f"## How good it is\n\n{measures}\n\n"
        "Thresholds were set on the calibration accounts and are measured here on the test accounts, with 95 % intervals, for fake accounts "
        "with whole campaigns drawn:\n\n"
        f"{thresholds}\n\n### Fake accounts, by campaign kind\n\n{_kinds(facts.kinds)}\n\n"
        f"### Genuine accounts, by segment\n\n{_false_positives(facts.segments)}\n\n"
        f"### Calibration\n\n{_calibration(facts.training['calibration'])}\n\n{bins}\n\n{_types(facts)}"
    )


def _calibration(calibration: dict) -> str:
    losses = calibration["logLossByMethod"]
    return (
        f"Method: {calibration['method']}, log-odds = {calibration['slope']:g} × margin + {calibration['intercept']:g}. Log "
        f"loss on held-out folds of the calibration accounts: {losses['platt']:g} with Platt's method, "
        f"{losses['identity']:g} without. Test events:"
    )


def _recall(facts: CardFacts, action: str) -> str:
    fake, (low, high) = _total(facts.kinds), facts.recall[action]
    return f"{percent(fake.reached[action] / fake.accounts)} ({low:.1%} to {high:.1%})"


def _kinds(groups: list[GroupRates]) -> str:
    rows = [
        [
            each.name,
            str(each.campaigns),
            str(each.accounts),
            percent(each.reached["review"] / each.accounts),
            percent(each.reached["block"] / each.accounts),
            percent(each.blocked_at_first_event / each.accounts),
            "" if each.events_before_block is None else f"{each.events_before_block:g}",
        ]
        for each in groups
    ]
    header = [
        "kind",
        "campaigns",
        "accounts",
        "reach review",
        "reach block",
        "block at first event",
        "median events before block",
    ]
    return table(header, rows)


def _false_positives(groups: list[GroupRates]) -> str:
    rows = [[each.name, str(each.accounts), *(_rate(each, action) for action in ACTIONS)] for each in groups]
    return table(["segment", "accounts", "reach challenge", "reach review", "reach block"], rows)


def _weak(facts: CardFacts) -> str:
    points = []
    if facts.kinds:
        worst = min(facts.kinds, key=lambda each: each.reached["block"] / each.accounts)
        points.append(
            f"`{worst.name}` is caught least: {percent(worst.reached['block'] / worst.accounts)} of its accounts, of "
            f"{worst.campaigns} campaigns, reach the block threshold."
        )
    harmed = max(facts.segments, key=lambda each: each.reached["review"] / each.accounts)
    if harmed.reached["review"]:
        points.append(
            f"`{harmed.name}` is harmed most: {_rate(harmed, 'review')} of these genuine accounts reach review."
        )
    else:
        points.append("No genuine test account reaches review, so the harm is below what a test of this size can see.")
    if facts.untested_kinds:
        points.append(
            f"Not tested on a campaign of its own: {listed(facts.untested_kinds)}; each was seen in training only."
        )
    points.append(
        f"With {MISSING_SHARE:.0%} of all values missing at random, ROC AUC per event is {number(facts.auc_with_missing)}; "
        f"with all that are known it is {number(facts.metrics['event']['rocAuc'])}."
    )
    if facts.auc_without_reference is not None:
        points.append(
            f"Where nothing is known of the address, the mailbox's domain, the phone number, the client and the time zone of "
            f"{MISSING_SHARE:.0%} of the events, it is {number(facts.auc_without_reference)}."
        )
    points.append(
        "The matrix starts from an empty store: features that look days back know less in it, at first, than those of a "
        "processor that has run for weeks."
    )
    points.append(
        "Campaigns of a kind that is in no training stream were not measured, and whoever is being detected will change "
        "what he does: watch the shadow, retrain, and keep rules beside the model."
    )
    return "## Where it is weak\n\n" + "\n".join(f"- {point}" for point in points)


def _fairness(facts: CardFacts) -> str:
    if facts.places:
        measured = "\n\n".join(map(_place, facts.places))
    else:
        measured = "Not measured: the build was given no countries and languages (`--accounts`)."
    return f"## Fairness by country and language\n\n{measured}"


def _place(place: Place) -> str:
    shown = _large_enough(place.genuine)
    fake = {each.name: each for each in place.fake}
    rows = [
        [
            each.name,
            str(each.accounts),
            *(_rate(each, action) for action in ACTIONS),
            _rate(fake[each.name], "review") if each.name in fake else "",
        ]
        for each in shown
    ]
    reached = [f"reach {action}" for action in ACTIONS]
    header = [place.name, "genuine accounts", *reached, "fake accounts that reach review"]
    return f"{table(header, rows)}\n\n{_unequal(place.name, place.genuine, shown)}"


def _unequal(column: str, groups: list[GroupRates], shown: list[GroupRates]) -> str:
    """Says for which groups chance does not explain that they are challenged more often than all together."""
    everyone = _total(groups)
    overall = everyone.reached["challenge"] / everyone.accounts
    above = [
        each.name for each in shown if metrics.wilson_interval(each.reached["challenge"], each.accounts)[0] > overall
    ]
    if not above:
        return f"No {column} is challenged more often than all together ({percent(overall)}) beyond its 95 % interval."
    return (
        f"Challenged more often than all together ({percent(overall)}) beyond the 95 % interval: {listed(above)}. Of "
        f"{len(shown)} groups that are treated alike, about one in forty would be here by chance."
    )


def _features(facts: CardFacts) -> str:
    rows = [[each.name, number(each.contribution), number(each.auc_alone)] for each in facts.features[:FEATURES_SHOWN]]
    idle = [each.name for each in facts.features if not each.is_used]
    unused = f"\n\nNo tree splits on {listed(idle)}." if idle else ""
    trees = [[each.group, str(each.features), number(each.roc_auc)] for each in facts.group_trees]
    return (
        "## What it looks at\n\nMean absolute contribution to the log-odds of a test event, and how well the feature would "
        f"rank events by itself:\n\n{table(['feature', 'contribution', 'ROC AUC alone'], rows)}{unused}\n\n"
        "One tree of 16 leaves, on one group of features alone, per account of the test. Near 1, that group would give away who is fake, and "
        f"figures above would be of a riddle and not of a model:\n\n{table(['group', 'features', 'ROC AUC'], trees)}"
    )


def _again(facts: CardFacts) -> str:
    training = facts.training
    return (
        "## How to make it again\n\n"
        f"```sh\n{training['command']}\n```\n\n"
        f"The matrix has SHA-256 `{training['matrixSha256']}`. The same matrix, seed and package versions give the same bytes."
    )


def _large_enough(groups: list[GroupRates]) -> list[GroupRates]:
    large = sorted(
        (each for each in groups if each.accounts >= GROUP_LEAST), key=lambda each: (-each.accounts, each.name)
    )
    small = [each for each in groups if each.accounts < GROUP_LEAST]
    return [*large, _total(small, f"{len(small)} smaller ones")] if small else large


def _total(groups: list[GroupRates], name: str = "all") -> GroupRates:
    actions = groups[0].reached if groups else {}
    return GroupRates(
        name=name,
        campaigns=sum(each.campaigns for each in groups),
        accounts=sum(each.accounts for each in groups),
        reached={action: sum(each.reached[action] for each in groups) for action in actions},
        blocked_at_first_event=sum(each.blocked_at_first_event for each in groups),
        events_before_block=None,
    )


def _rate(group: GroupRates, action: str) -> str:
    """A share with its 95 % interval."""
    low, high = metrics.wilson_interval(group.reached[action], group.accounts)
    return f"{percent(group.reached[action] / group.accounts)} ({low:.1%} to {high:.1%})"
