"""report.html of a bundle: what the model does on accounts that it has not seen, in pictures. One file, static, that loads nothing."""

from dataclasses import dataclass
from html import escape

import numpy as np

from . import metrics
from .boost import Sample
from .evaluate import kinds_or_segments
from .markdown import number, percent
from .plots import band, bars, dots, line, plot
from .rates import Threshold, cluster_bounds

POINTS = 101
FEATURES_SHOWN = 20
SEGMENTS_SHOWN = 8
STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}"
    "table{border-collapse:collapse;margin:1rem 0}th,td{border-bottom:1px solid #ddd;padding:.25rem .8rem;text-align:right}"
    "th:first-child,td:first-child{text-align:left}figure{display:inline-block;width:23rem;margin:0 1rem 1rem 0;vertical-align:top}"
    "figcaption{font-weight:600}svg{width:100%}svg text{font-size:10px;fill:#444}.grid{stroke:#e4e4e4}"
    ".line{fill:none;stroke:#1f5fa8;stroke-width:2}.even{fill:none;stroke:#999;stroke-dasharray:4 3}.band{fill:#1f5fa8;opacity:.18}"
    "circle{fill:#1f5fa8}.fake{fill:#b3402a;opacity:.75}.genuine{fill:#3a7d44;opacity:.75}"
)


@dataclass(frozen=True)
class ReportFacts:
    name: str
    version: str
    sample: Sample
    held_out: np.ndarray  # float [N]: probability by a model that has not seen the account
    table: list[Threshold]
    compared: object  # ROC AUC by what: attributes own, base, without_base, later, later_base
    places: dict[str, np.ndarray]  # per column str [A]; empty where the build was not told
    contributions: np.ndarray  # float [F]: mean absolute contribution, log-odds
    seed: int

    @property
    def score(self) -> np.ndarray:
        """Highest probability of each account [A]."""
        return self.sample.by_account(self.held_out)

    @property
    def fake(self) -> np.ndarray:
        return self.sample.matrix.accounts.fake

    @property
    def segments(self) -> np.ndarray:
        return kinds_or_segments(self.sample.matrix.accounts.segments)


def write_report(facts: ReportFacts) -> bytes:
    title = f"{escape(facts.name)} {escape(facts.version)}"
    fake, genuine = int(facts.fake.sum()), int((~facts.fake).sum())
    body = [
        f"<h1>{title}</h1>",
        f"<p>Measured on {fake} fake and {genuine} genuine accounts that people judged, each scored by a model that had not seen it or "
        "any account made alike, by its highest event, and weighed to the platform by the probability with which it was asked about. "
        "Bands and intervals: 95 %, groups of accounts made alike drawn with replacement.</p>",
        _comparison(facts),
        "<h2>Telling apart</h2>",
        _roc(facts),
        _precision_recall(facts),
        "<h2>Probabilities</h2>",
        _calibration(facts),
        "<h2>Scores by segment</h2>",
        *_histograms(facts),
        "<h2>Thresholds and what they cost</h2>",
        _thresholds(facts),
        "<h2>Genuine accounts that would be blocked</h2>",
        _wrong_blocks("segment", facts.segments, facts),
        *(_wrong_blocks(name, values, facts) for name, values in facts.places.items()),
        "" if facts.places else "<p>By country and language: not measured, since nothing said where accounts are.</p>",
        "<h2>What moves scores</h2>",
        _importance(facts),
    ]
    head = (
        '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">'
        f"<title>{title}</title><style>{STYLE}</style>"
    )
    page = f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n' + "\n".join(body) + "\n</body></html>\n"
    return page.encode()


def _comparison(facts: ReportFacts) -> str:
    words = {
        "own": "this model",
        "base": "its base alone",
        "without_base": "without a base",
        "later": "this model, on accounts that came later",
        "later_base": "its base, on accounts that came later",
    }
    rows = [(words[key], number(value)) for key, value in vars(facts.compared).items() if value is not None]
    return _table(("ROC AUC per account", ""), rows)


def _roc(facts: ReportFacts) -> str:
    grid = np.linspace(0, 1, POINTS)

    def curve(counts: np.ndarray) -> np.ndarray:
        false_rate, recall, _ = _rates(facts, counts)
        return np.interp(grid, false_rate, recall)

    low, high = cluster_bounds(curve, facts.sample.groups, facts.seed)
    everyone = curve(np.ones(len(facts.fake)))
    marks = [band(grid, low, high), line(grid, grid, "even"), line(grid, everyone)]
    return plot("ROC", "share of genuine accounts at or above", "share of fake accounts", marks)


def _precision_recall(facts: ReportFacts) -> str:
    grid = np.linspace(0.01, 1, POINTS)

    def curve(counts: np.ndarray) -> np.ndarray:
        _, recall, precision = _rates(facts, counts)
        return np.interp(grid, recall[1:], precision[1:])

    low, high = cluster_bounds(curve, facts.sample.groups, facts.seed)
    marks = [band(grid, low, high), line(grid, curve(np.ones(len(facts.fake))))]
    return plot("Precision and recall", "recall", "precision", marks)


def _rates(facts: ReportFacts, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """False-positive rate, recall and precision as the threshold falls, from (0, 0)."""
    order = np.argsort(-facts.score, kind="stable")
    weights = (counts * facts.sample.weights)[order]
    fake = np.cumsum(weights * facts.fake[order])
    genuine = np.cumsum(weights * ~facts.fake[order])
    precision = fake / np.maximum(fake + genuine, 1e-12)
    rates = [each / max(each[-1], 1e-12) for each in (genuine, fake)]
    return (*(np.concatenate([[0.0], rate]) for rate in rates), np.concatenate([[1.0], precision]))


def _calibration(facts: ReportFacts) -> str:
    matrix = facts.sample.matrix
    weights = (facts.sample.weights / matrix.accounts.event_counts)[matrix.account]
    bins = metrics.reliability(facts.held_out, matrix.fake, weights)
    said, came = np.array([each.predicted for each in bins]), np.array([each.observed for each in bins])
    ends = np.array([0.0, 1.0])
    return plot(
        "Calibration, per event", "probability said", "share that is fake", [line(ends, ends, "even"), dots(said, came)]
    )


def _histograms(facts: ReportFacts) -> list[str]:
    """Of the segments with the most accounts; a segment without a name is its label."""
    names = np.where(facts.segments == "(no segment)", np.where(facts.fake, "fake", "genuine"), facts.segments)
    found, counts = np.unique(names, return_counts=True)
    pictures = []
    for name in found[np.argsort(-counts, kind="stable")][:SEGMENTS_SHOWN]:
        inside = names == name
        heights, _ = np.histogram(facts.score[inside], bins=20, range=(0, 1), weights=facts.sample.weights[inside])
        style = "fake" if facts.fake[inside].mean() > 0.5 else "genuine"
        share = heights / max(heights.sum(), 1e-12)
        pictures.append(plot(f"{name}: {int(inside.sum())} accounts", "highest score", "share", [bars(share, style)]))
    return pictures


def _thresholds(facts: ReportFacts) -> str:
    rows = [
        (
            row.action,
            number(row.threshold),
            f"{percent(row.genuine_reached)} ({percent(row.genuine_interval[0])} to {percent(row.genuine_interval[1])})",
            percent(row.target),
            f"{percent(row.recall)} ({percent(row.recall_interval[0])} to {percent(row.recall_interval[1])})",
            "" if row.precision is None else percent(row.precision),
        )
        for row in facts.table
    ]
    unknown = [row.action for row in facts.table if not row.is_known]
    note = (
        f"<p>Too few answers to say that the aim holds for {', '.join(unknown)}: what the interval reaches to may be the truth. "
        "The block budget of the platform's norms holds all the same (<code>winnow calibrate --bundle</code>).</p>"
        if unknown
        else ""
    )
    head = ("action", "from", "genuine accounts that reach it", "aim", "fake accounts that reach it", "precision")
    return _table(head, rows) + note


def _wrong_blocks(column: str, values: np.ndarray, facts: ReportFacts) -> str:
    blocked = facts.score >= facts.table[-1].threshold
    rows = []
    for name in np.unique(values[~facts.fake]):
        inside = ~facts.fake & (values == name)
        wrong, total = int((inside & blocked).sum()), int(inside.sum())
        low, high = metrics.wilson_interval(wrong, total)
        rows.append((str(name), str(total), str(wrong), f"{percent(low)} to {percent(high)}"))
    return _table((column, "genuine accounts judged", "would be blocked", "95 % interval of the share"), rows)


def _importance(facts: ReportFacts) -> str:
    order = np.argsort(-facts.contributions, kind="stable")[:FEATURES_SHOWN]
    rows = [(facts.sample.matrix.features[index], number(float(facts.contributions[index]))) for index in order]
    return _table(("feature", "mean change of the log-odds"), rows)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = [f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in head)}</tr>"]
    cells += [f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows]
    return f"<table>{''.join(cells)}</table>"
