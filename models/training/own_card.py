"""card.md of a model that a platform trained on its own answers: each sentence is true of the data that it was given."""

from .markdown import number, percent, table
from .report import ReportFacts


def write_own_card(facts: ReportFacts, training: dict) -> bytes:
    answers, window, compared = training["answers"], training["window"], facts.compared
    drawn = (
        "The accounts were drawn by `winnow queue`, and weigh by one over the probability with which each was drawn."
        if answers["drawnByQueue"]
        else "Nothing says how the accounts were chosen: figures are of these accounts, and not of the platform that they are from."
    )
    start = f"Boosted on from {training['base']}." if training["base"] else "Trained from nothing, without a base."
    rows = [
        [
            row.action,
            f"{row.threshold:g}",
            f"{percent(row.genuine_reached)} ({percent(row.genuine_interval[0])} to {percent(row.genuine_interval[1])})",
            f"{percent(row.recall)} ({percent(row.recall_interval[0])} to {percent(row.recall_interval[1])})",
            "yes" if row.is_known else "not known: too few answers",
        ]
        for row in facts.table
    ]
    said = {
        "this model": compared.own,
        "its base alone": compared.base,
        "trained without a base": compared.without_base,
        "this model, on accounts that came later": compared.later,
        "its base, on accounts that came later": compared.later_base,
    }
    auc = [[name, number(value)] for name, value in said.items() if value is not None]
    sections = [
        f"# {facts.name} {facts.version}\n\nGives each event of an account the calibrated probability that the account is fake. Written by "
        "`winnow train`; [report.html](report.html) shows the same in pictures.",
        f"## What it was trained on\n\nThe answers of people about {training['accounts']} accounts ({answers['fake']} fake, "
        f"{answers['genuine']} genuine, in {answers['groups']} groups of accounts made alike) and their {training['rows']} events from "
        f"{window['from']} to {window['to']}, each event as it was known then and none after its account's answer. {drawn} So weighed, "
        f"{percent(training['fakeShare'])} are fake. {start}",
        "## How good it is\n\nOn accounts that the model in question had not seen, groups whole, by the highest event of each account. What "
        "ships is fitted on all answers, and was itself not tested.\n\n" + table(["ROC AUC per account", ""], auc),
        "## Thresholds\n\nShares of accounts that ever reach them within the stream, with 95 % intervals in which groups err as one.\n\n"
        + table(["action", "from", "of genuine accounts", "of fake accounts", "aim holds"], rows),
        "## Where it is weak\n\nIt knows what people knew when they answered: a campaign that nobody was asked about, or that nobody "
        "recognised, it may miss. Intervals above say how little a few hundred answers tell of rare harm; the block budget of the platform's "
        "norms bounds it meanwhile. Let it run in shadow first.",
    ]
    return ("\n\n".join(sections) + "\n").encode()
