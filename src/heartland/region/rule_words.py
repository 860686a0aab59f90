"""Rules in words: what a decision takes, and what a proposed version would change about it."""

from __future__ import annotations

from collections.abc import Mapping

from heartland.region.rules import Policy, RuleRecord

__all__ = ["difference_words", "plain", "policy_words", "rule_words", "speak"]


def speak(actor: str, names: Mapping[str, str]) -> str:
    """Name to print for an actor; an id without one stands for itself."""
    return names.get(actor, actor)


def plain(text: str) -> str:
    """An id as words."""
    return text.replace("-", " ")


def _voters(rule: RuleRecord, names: Mapping[str, str]) -> str:
    said = [
        f"the members of {speak(voter.partition(':')[2], names)}"
        if voter.startswith("members-of:")
        else speak(voter, names)
        for voter in rule.voters
    ]
    return " and ".join(said) or "its voters"


def _procedure(rule: RuleRecord, names: Mapping[str, str]) -> str:
    voters = _voters(rule, names)
    return {
        "consensus": f"nobody among {voters} may be against it, and somebody must be for it",
        "majority": f"more of {voters} must be for it than against",
        "two-thirds": f"two thirds of the votes of {voters} must be for it",
        "weighted": f"the weighted votes of {voters} must have more for it than against",
        "lead": f"{speak(rule.lead, names)} decides for {voters}",
        "unilateral": f"one of {voters} is enough",
        "never": "it is never done",
    }[rule.kind]


def rule_words(rule: RuleRecord, names: Mapping[str, str]) -> str:
    """One version of a decision rule as a sentence or two.

    names : actor id -> name to print; an id without one stands for itself
    """
    procedure = _procedure(rule, names)
    parts = [f"On {plain(rule.trigger)}: {procedure}" if rule.trigger else procedure]
    if "veto" in rule.modifiers and rule.kind not in ("consensus", "never", "unilateral"):
        parts.append("any other voter may stop it")
    if "quorum" in rule.modifiers and rule.quorum is not None:
        parts.append(f"{rule.quorum:.0%} of the voters must take part")
    if "abstain" in rule.modifiers:
        parts.append("an abstention counts against it")
    if rule.mandate_from:
        parts.append(f"nothing without a mandate of {speak(rule.mandate_from, names)}")
    text = "; ".join(parts)
    text = text[0].upper() + text[1:]
    span = f" from {rule.from_}" * bool(rule.from_) + f" until {rule.to}" * bool(rule.to)
    return f"{'In force' if rule.status == 'in-force' else 'Proposed'}{span}. {text}."


def difference_words(today: RuleRecord, other: RuleRecord, names: Mapping[str, str]) -> str:
    """What another version of the same decision would change against the one in force."""
    found = []
    if today.mandate_from and not other.mandate_from:
        found.append(f"no mandate of {speak(today.mandate_from, names)} would be needed any more")
    elif other.mandate_from and not today.mandate_from:
        found.append(f"a mandate of {speak(other.mandate_from, names)} would be needed")
    if other.trigger != today.trigger:
        found.append(
            f"it would apply to {plain(other.trigger) or 'every case'} and not to "
            f"{plain(today.trigger) or 'every case'}"
        )
    if other.kind != today.kind or other.lead != today.lead:
        found.append(f"{_procedure(other, names)}, where today {_procedure(today, names)}")
    bars = (("veto", "any other voter may stop it"), ("abstain", "an abstention counts against it"))
    for name, words in bars:
        if (name in other.modifiers) != (name in today.modifiers):
            found.append(words if name in other.modifiers else f"no longer: {words}")
    return f"Against {today.rule_id}: {'; '.join(found) or 'nothing that the model reads'}."


def policy_words(policy: Policy, names: Mapping[str, str]) -> str:
    """A policy as a sentence: who chooses, what holds now, and what each other option does in a run."""
    others = [
        f"{plain(option)} ({'; '.join(patches) or 'nothing in the model'})"
        for option, patches in policy.options.items()
        if option != policy.default
    ]
    return (
        f"{speak(policy.actor, names)} chooses; now: {plain(policy.default)}. "
        f"Otherwise: {', or '.join(others) or 'nothing'}."
    )
