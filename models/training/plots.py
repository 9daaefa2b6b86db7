"""Static SVG: lines, bands, bars. Coordinates of data are 0 to 1 on both axes; nothing is drawn by a script."""

from collections.abc import Sequence
from html import escape

import numpy as np

WIDTH, HEIGHT, LEFT, BOTTOM = 360, 280, 46, 36
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def plot(title: str, horizontal: str, vertical: str, marks: Sequence[str], ticks: Sequence[str] | None = None) -> str:
    """A frame with axes around marks. `ticks`: texts for 0, a quarter, ... 1 of the horizontal axis."""
    texts = ticks or [f"{tick:g}" for tick in TICKS]
    grid = [
        f'<line class="grid" x1="{_x(tick)}" x2="{_x(tick)}" y1="{_y(0)}" y2="{_y(1)}"/>'
        f'<text x="{_x(tick)}" y="{HEIGHT - 20}" text-anchor="middle">{escape(text)}</text>'
        f'<line class="grid" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(tick)}" y2="{_y(tick)}"/>'
        f'<text x="{LEFT - 6}" y="{_y(tick) + 4}" text-anchor="end">{tick:g}</text>'
        for tick, text in zip(TICKS, texts, strict=True)
    ]
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(grid)}{"".join(marks)}'
        f'<text x="{_x(0.5)}" y="{HEIGHT - 4}" text-anchor="middle">{escape(horizontal)}</text>'
        f'<text transform="translate(11 {_y(0.5)}) rotate(-90)" text-anchor="middle">{escape(vertical)}</text>'
        f"</svg><figcaption>{escape(title)}</figcaption></figure>"
    )


def line(x: np.ndarray, y: np.ndarray, style: str = "line") -> str:
    return f'<polyline class="{style}" points="{_points(x, y)}"/>'


def band(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> str:
    return f'<polygon class="band" points="{_points(x, low)} {_points(x[::-1], high[::-1])}"/>'


def dots(x: np.ndarray, y: np.ndarray) -> str:
    return "".join(f'<circle cx="{_x(a)}" cy="{_y(b)}" r="3.5"/>' for a, b in zip(x, y, strict=True))


def bars(heights: np.ndarray, style: str) -> str:
    """Bars of equal width from left to right."""
    width = 1 / len(heights)
    return "".join(
        f'<rect class="{style}" x="{_x(index * width)}" y="{_y(height)}" width="{width * (_x(1) - _x(0)) - 1:.1f}" '
        f'height="{_y(0) - _y(height):.1f}"/>'
        for index, height in enumerate(heights)
        if height > 0
    )


def _points(x: np.ndarray, y: np.ndarray) -> str:
    return " ".join(f"{_x(a)},{_y(b)}" for a, b in zip(x, y, strict=True))


def _x(value: float) -> float:
    return round(float(LEFT + value * (WIDTH - LEFT - 14)), 1)


def _y(value: float) -> float:
    return round(float(HEIGHT - BOTTOM - min(max(value, 0.0), 1.0) * (HEIGHT - BOTTOM - 12)), 1)
