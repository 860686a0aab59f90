"""Incidents, campaigns, denials and exposure: which story moves which public (M8)."""

from __future__ import annotations

from heartland.core.arrays import Array, namespace, narrow, nowhere, only_where
from heartland.dynamics.events import LN2, decay, step_probability, truth
from heartland.dynamics.mechanism import Event, Returned, mechanism
from heartland.dynamics.steps import known, reversion, shock

__all__ = ["campaign", "denial", "incident", "media_reach", "story_effect"]


@mechanism(
    model="M8", phase="economy", writes="incident", axes=("power", "receiver"), unit="per year",
    source="C-B1-006; C-B1-021; C-B1-023 (who causes incidents); assumption: the rates",
)
def incident(
    trade_share: Array, worry: Array, blame: Array, quarantine: Array, *, log_rate: Array,
    footprint_effect: Array, fear_effect: Array, quarantine_effect: Array, uniform: Array, dt: float,
) -> Returned:
    """Draw an incident that a power's firms, media or nationals cause and the receiver's public resents.

    rate = exp(i0 + i1 trade share + i2 blame worry + i3 quarantine);  p = 1 - exp(-rate dt)

    trade_share, worry : (power, receiver, member), share; larger of what the two sides report
    blame : (power, member), 1 for the origin of an epidemic;  quarantine : (receiver, member), 0 or 1
    log_rate i0 : ln per year without footprint;  effects : ln rate per unit;  dt : years
    Range: probability in [0, 1].
    Fails for incidents staged to be seen, whose timing answers to politics.
    """
    xp = namespace(uniform)
    terms = {
        "base rate": log_rate,
        "footprint": footprint_effect * known(trade_share),
        "fear": fear_effect * narrow(known(worry)) * blame[:, None, :],
        "quarantine": quarantine_effect * blame[:, None, :] * narrow(quarantine)[None, ...],
    }
    chance = step_probability(xp.exp(sum(terms.values())), dt)
    return {"incident": Event(uniform < chance, chance, terms)}


@mechanism(
    model="M8", phase="economy", writes="campaign", axes=("power", "receiver"), unit="per year",
    source="C-B1-024; C-B1-025 (a joint campaign against a named third party); assumption: the rates",
)
def campaign(
    named: Array, rivalry: Array, outbreak_receiver: Array, *, log_rate: Array, rivalry_effect: Array,
    crisis_effect: Array, uniform: Array, dt: float,
) -> Returned:
    """Draw a campaign of a power in a receiver's media against the parties it names.

    rate = exp(c0 + c1 rivalry + c2 outbreak) for a power that names somebody, else 0

    named : (power, power, member), row = sender, 1 where the column is named
    rivalry : (power, member), sd, change since the start;  outbreak_receiver : (receiver, member), in [0, 1]
    log_rate c0 : ln per year;  effects : ln rate per unit;  dt : years
    Range: probability in [0, 1].
    Fails for quiet work through local outlets, which nobody counts as a campaign.
    """
    xp = namespace(uniform)
    speaks = xp.any(known(named) > 0.0, axis=1)[:, None, :]
    terms = {
        "base rate": log_rate,
        "rivalry": rivalry_effect * known(rivalry)[:, None, :],
        "outbreak": crisis_effect * known(outbreak_receiver)[None, ...],
    }
    due = speaks & (uniform >= 0.0)
    chance = only_where(due, lambda *logs: step_probability(xp.exp(sum(logs)), dt), *terms.values())
    return {"campaign": Event(uniform < chance, chance, terms)}


def _accused(sent: Array, named: Array) -> Array:
    """Sum over the senders of what they send about each power that they name; (power, receiver, member)."""
    whom, found = known(named), 0.0 * sent
    for sender in range(sent.shape[0]):
        if not nowhere(whom[sender, ...]):
            found = found + sent[sender, ...][None, ...] * whom[sender, :, None, :]
    return found


@mechanism(
    model="M8", phase="publics", writes=("denial", "exposed"), axes=("power", "receiver"),
    unit="probability",
    source="F-B1-086; F-B1-081 (denied by the embassy, taken down by the platform); assumption: the chances",
    idle=("incident", "campaign"),
)
def denial(
    incident: Array, campaign: Array, named: Array, *, denial_chance: Array, exposure_chance: Array,
    uniform: Array, uniform_exposed: Array,
) -> Returned:
    """Draw, once per story, whether the accused power denies it and whether a sender is exposed.

    P(denial) = denial_chance where an incident of the power or a campaign naming it falls in the step
    P(exposed) = exposure_chance where the power itself runs a campaign

    incident, campaign : (power, receiver, member), events of the step;  named : (power, power, member)
    denial_chance, exposure_chance : probability
    Range: [0, 1], exactly 0 without a story.
    Fails for denials that come months later.
    """
    xp = namespace(uniform)
    due = truth(incident) | (_accused(xp.astype(truth(campaign), xp.float64), named) > 0.0)
    denied = xp.where(due, denial_chance, 0.0)
    found = xp.where(truth(campaign), exposure_chance, 0.0)
    return {
        "denial": Event(uniform < denied, denied, {"denial given a story": denied}),
        "exposed": Event(uniform_exposed < found, found, {"exposure given a campaign": found}),
    }


@mechanism(
    model="M8", phase="powers", writes=("attitude", "anger"), axes=("power", "receiver"), unit="index",
    source="Guess & Coppock (2020), British Journal of Political Science 50(4), 1497-1515 (messages move "
    "opinion a little, backfire is rare); C-B1-021; C-B1-024; assumption: the sizes",
    idle=("anger", "incident", "campaign", "exposed"),
)
def story_effect(
    anger: Array, incident: Array, campaign: Array, denial: Array, exposed: Array, named: Array, media: Array,
    outbreak_receiver: Array, *, incident_loss: Array, campaign_weight: Array, backfire_weight: Array,
    denial_effect: Array, repetition: Array, salience: Array, outrage: Array, half_life: Array, dt: float,
) -> Returned:
    """Let the step's stories lower the public's regard for the accused and, if exposed, for the sender.

    echo = (1 - d denial) (1 + r min(anger, 1));  reach = sum of media (1 + salience outbreak) of the senders
    u = echo (incident + wc reach) + wb exposed;  attitude' = attitude - k3 u
    anger' = D anger + K outrage u;  D = 2^(-dt/half_life), K = mean share left of a jump inside the step

    anger, incident, campaign, denial, exposed, media : (power, receiver, member)
    named : (power, power, member), row = sender;  outbreak_receiver : (receiver, member), in [0, 1]
    incident_loss k3, outrage : index per incident;  weights wc, wb : incidents;  half_life, dt : years
    denial_effect d, repetition r, salience : share
    Range: attitude falls by a few hundredths per story; anger >= 0, about `outrage` after one story.
    Fails where a story wins friends: only damage is modelled.
    """
    xp = namespace(anger)
    echo = (1.0 - denial_effect * xp.astype(truth(denial), xp.float64)) * (
        1.0 + repetition * xp.minimum(anger, 1.0))
    loud = 1.0 + salience * narrow(known(outbreak_receiver))
    heard = _accused(xp.astype(truth(campaign), xp.float64) * known(media) * loud, named)
    stories = {
        "incident": echo * xp.astype(truth(incident), xp.float64),
        "campaign": campaign_weight * echo * heard,
        "backfire": backfire_weight * xp.astype(narrow(truth(exposed)), xp.float64),
    }
    left = decay(half_life, dt)
    jump = (1.0 - left) * half_life / (LN2 * dt) * outrage
    return {
        "attitude": {name: -incident_loss * size for name, size in stories.items()},
        "anger": {"fading": (left - 1.0) * anger} | {name: jump * size for name, size in stories.items()},
    }


@mechanism(
    model="M8", phase="publics", writes="media", axes=("power", "receiver"), unit="share",
    source="assumption: audiences move slowly; an exposed sender loses some",
)
def media_reach(
    media: Array, media_start: Array, exposed: Array, *, persistence: Array, volatility: Array,
    exposure_loss: Array, noise: Array, dt: float,
) -> Returned:
    """Carry the reach of each power's media, drawn back to its level at the start.

    m' = m0 + phi^dt (m - m0) + sd sqrt((1-phi^(2dt))/(1-phi^2)) m0 (1-m0) e - loss exposed m

    media, media_start, exposed, noise : (power, receiver, member); share; exposed is that of the step before
    persistence phi : per year;  volatility sd : share;  exposure_loss : share of the audience;  dt : years
    Range: [0, 1] after the loop's bounds.
    Fails for bans, which cut reach at once: patch `media`.
    """
    xp = namespace(media)
    m0 = media_start
    return {"media": {
        "reversion": -reversion(persistence, dt) * (media - m0),
        "exposed": -exposure_loss * xp.astype(truth(exposed), xp.float64) * media,
        "noise": shock(persistence, volatility, dt) * m0 * (1.0 - m0) * noise,
    }}
