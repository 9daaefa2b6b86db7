"""How much each account and each event counts."""

import numpy as np

from .matrix import Accounts, Matrix


def account_weights(accounts: Accounts, chosen: np.ndarray, fake_share: float) -> np.ndarray:
    """Weight per account, 0 where not `chosen` (bool [A]). Chosen accounts weigh 1 on average, and fake ones weigh
    `fake_share` of the whole: whole campaigns are dealt to the parts, so a part's own share is a matter of luck, and a
    calibration on it would carry that luck into every score."""
    weights = np.zeros(len(accounts))
    for fake, share in ((True, fake_share), (False, 1 - fake_share)):
        of_class = chosen & (accounts.fake == fake)
        weights[of_class] = share * chosen.sum() / max(1, of_class.sum())
    return weights


def event_weights(matrix: Matrix, weights: np.ndarray) -> np.ndarray:
    """Weight per event [N]: an account's weight spread evenly over its events, so that one with a thousand events says
    no more than one with a single event."""
    return (weights / matrix.accounts.event_counts)[matrix.account]
