"""What the columns, flags and reasons of a table of a measure say, one line each."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["COLUMN_WORDS", "DRAWN_WORDS", "FLAG_WORDS", "KIND_WORDS", "REASON_WORDS"]

COLUMN_WORDS: Mapping[str, str] = {
    "measure": "name of the measure",
    "giver": "the power the tie comes from, the first of a pair, or the actor whose value it is",
    "receiver": "the actor the tie goes to, or whose ties are looked at",
    "other": "a third actor: the second power, the state a route crosses, the organisation",
    "channel": "kind of tie; empty where several kinds enter",
    "domain": "group of channels; `all` for all of them together",
    "date": "day the value holds at",
    "value": "the value from the central figures; empty where there is none",
    "low": "lower end of the interval over the draws",
    "high": "upper end of the interval over the draws",
    "level": "part of the draws that lies between low and high",
    "unit": "unit of value, low and high",
    "n_used": "number of inputs with a value, reported zeros among them",
    "n_missing": "number of inputs that are unknown",
    "coverage": "part of the declared weight whose inputs are known, 0 to 1",
    "age": "mean time between the end of the observed periods and the date, in years",
    "disagreement": "how far independent sources differ, 0 to 1; empty where there is only one",
    "data_grade": "A to D, from the worst of coverage, age and disagreement",
    "flags": "what to know before the value is quoted, and why there is none",
}
FLAG_WORDS: Mapping[str, str] = {
    "stale": "an input is old: left out, or carried forward where nothing newer exists",
    "short-window": "a period of several years begins before the actor existed and is cut at its birth",
    "nominal": "money of different years is compared without taking out inflation",
    "clipped": "a share above 1, as of transit trade, counts as 1",
    "above-reference": "an input is larger than anything in the reference period, so the index may pass 1",
    "renormalised": "unknown inputs were left out and the weights of the others raised to sum to 1",
    "imputed": "an input is assumed or imputed, not observed",
    "assumed-error": "the error of an input follows from its grade; no source states it",
    "disputed": "independent sources of an input differ by more than 30 %",
    "single-source": "an input rests on one independent source, so its disagreement is unknown",
    "modelled-split": "the figure between the two is a model's split of a total",
    "sole-supplier": "the giver supplies practically all; the cost is computed at 99.9 %",
    "weak-level": "one of the powers has next to no ties, so its mix says little",
    "near-zero": "draws cannot tell the value from zero",
    "no-rest": "shares are of the named powers only, without the rest of the world",
    "imports-only": "shares are of imports, since use of home supply is unknown",
    "centre-outside": "the central value lies outside the interval of the draws",
    "no-interval": "nothing that is drawn enters the value, or no draws were asked for",
    "unmeasured-share": "partners are unnamed or shares follow from costs; the interval covers what may be",
}
REASON_WORDS: Mapping[str, str] = {
    "unknown": "no source says anything about it",
    "self": "an actor has no such tie with itself",
    "not-born": "an actor did not exist yet",
    "not-applicable": "the question does not arise for these actors or dates",
    "zero-total": "the whole that a share is taken of is zero, or no route is open",
    "zero-level": "all it is made of is zero, or no power leads, so there is nothing to compare",
    "coverage": "less than half of what the value needs is known",
    "few-votes": "fewer than 20 roll calls on which both took a position",
    "constant": "both take one position throughout, so agreement beyond chance has no meaning",
    "no-cycle": "the network has no triangle",
    "disconnected": "the network falls apart, so its parts cannot be ranked together",
    "no-expectation": "nothing says what would be expected, or less than 1 % would be",
    "source-mismatch": "numerator and denominator count different things",
    "elasticity": "the elasticity is 1 or less, for which the cost has no bound",
    "no-dependence": "the weights have no dependence for this domain",
}
KIND_WORDS: Mapping[str, str] = {
    "d": "one row for each giver and receiver",
    "u": "one row for each two actors, the same in both orders",
    "p": "one row for each two givers (giver, other) in a receiver",
    "r": "one row for each receiver",
    "a": "one row for each actor (giver)",
    "n": "one row for a whole network or order",
}
DRAWN_WORDS: Mapping[str, str] = {
    "O": "observations", "W": "weights", "S": "structure of the index", "C": "choice of channels",
    "E": "elasticities", "b": "coefficients of the expectation",
}
