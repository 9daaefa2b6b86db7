"""What each feature adds to a score: path attribution (A. Saabas, "Interpreting random forests", 2014).

On its way down a tree a row's expected log-odds change at every split; each change is credited to the split's feature.
The changes along a path add up to the leaf less the root, so that over all trees

    base log-odds + sum of contributions = log-odds of the score

holds exactly. As the credits of a leaf are the same for every row in it, they are leaf weights of a tree ensemble with
one output per feature, and cost about what the score costs. They say what the model did, in the order of its trees;
they are no Shapley values, which share the credit of features that act together evenly, at many times the price.
"""

import numpy as np

from .trees import Tree


def branch_means(tree: Tree, leaf_values: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Expected value at each branch [B]: the mean over the leaves below it, each by its share of the training weight
    that reaches it (`reach` [L])."""
    means = np.zeros(len(tree.feature))

    def visit(node: int) -> tuple[float, float]:
        """Weight below the node, and weight times value."""
        if node < 0:
            return float(reach[~node]), float(reach[~node] * leaf_values[~node])
        (left_weight, left_sum), (right_weight, right_sum) = visit(tree.left[node]), visit(tree.right[node])
        means[node] = (left_sum + right_sum) / (left_weight + right_weight)
        return left_weight + right_weight, left_sum + right_sum

    visit(0)
    return means


def path_credits(tree: Tree, leaf_values: np.ndarray, means: np.ndarray) -> list[dict[int, float]]:
    """Per leaf: credit by feature index. Features that add nothing are left out."""
    by_leaf: list[dict[int, float]] = [{} for _ in leaf_values]

    def descend(branch: int, credit: dict[int, float]) -> None:
        feature = int(tree.feature[branch])
        for child in (int(tree.left[branch]), int(tree.right[branch])):
            expected = means[child] if child >= 0 else leaf_values[~child]
            extended = {**credit, feature: credit.get(feature, 0.0) + float(expected - means[branch])}
            if child >= 0:
                descend(child, extended)
            else:
                by_leaf[~child] = {name: value for name, value in extended.items() if value != 0.0}

    descend(0, {})
    return by_leaf
