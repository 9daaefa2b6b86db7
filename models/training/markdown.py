"""Pieces of Markdown that the card and the ablation are made of."""


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def percent(share: float) -> str:
    return f"{share:.2%}"


def number(value: float) -> str:
    return f"{value:.4f}"
