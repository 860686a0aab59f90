"""Big projects of a power's firms in a receiver: announced, built, finished, cancelled (rows M4 and M16)."""

from __future__ import annotations

from heartland.core.arrays import Array, Namespace, namespace, narrow, only_where
from heartland.dynamics.mechanism import Returned, mechanism
from heartland.dynamics.steps import known

__all__ = ["power_memory", "project_stages"]


@mechanism(
    model="M4", phase="publics", writes="power_year", axes="power", unit="per year",
    source="assumption: firms judge their home economy by about the last twelve months",
)
def power_memory(power_year: Array, power_surge: Array, *, memory: Array, dt: float) -> Returned:
    """Growth of each power off its trend over about the last twelve months.

    y' = m^dt y + (1 - m^dt) g

    power_year y, power_surge g : (power, member), per year off trend, g as the mean of the last step
    memory m : share left after a year, in (0, 1);  dt : years
    Range: that of power_surge.
    Fails to tell a passing slump from a turn: both are felt alike at first.
    """
    left = memory**dt
    return {"power_year": {"fading": (left - 1.0) * power_year,
                           "growth": (1.0 - left) * known(power_surge) + 0.0 * power_year}}


def _out_of(lost: Array, part: Array, whole: Array) -> Array:
    """What of a loss falls on a part of the whole, in proportion; a whole of 0 loses nothing."""
    return lost * part / namespace(whole).where(whole > 0.0, whole, 1.0)


def _through(xp: Namespace, start: Array, finish: Array, dt: float) -> Array:
    """(exp(-a dt) - exp(-b dt)) / (b - a): what entered the second stage and is still there, per start."""
    gap = (finish - start) * dt
    small = xp.abs(gap) < 1e-9
    ratio = xp.where(small, 1.0 + gap / 2.0, xp.expm1(gap) / xp.where(small, xp.ones_like(gap), gap))
    return dt * xp.exp(-finish * dt) * ratio


@mechanism(
    model="M4", phase="corridors", writes=("projects_planned", "projects", "projects_done",
                                           "projects_cancelled"), axes=("power", "receiver"), unit="count",
    source="assumption: constant chances of moving on, so that counts are expected numbers",
)
def project_stages(
    projects_planned: Array, projects: Array, projects_cancelled: Array, announcements: Array,
    power_year: Array, border_shut: Array, project_cancelled: Array,
    *, start_rate: Array, finish_rate: Array, growth_effect: Array, delay: Array, dt: float,
) -> Returned:
    """Carry projects from announcement to building to completion; a cancelled one leaves either stage.

    P' = e^(-a dt) P + v (1 - e^(-a dt))/a;  B' = e^(-b dt) B + v (1 - e^(-b dt))/b + (a P - v) K,
    K = (e^(-a dt) - e^(-b dt))/(b - a);  v = v_0 exp(e y);  a, b times 1 - delay shut;
    then min(1, P' + B') goes, in proportion, where a project is cancelled

    projects_planned P, projects B, projects_cancelled : (power, receiver, member), counts
    announcements v_0 : (power, receiver, member), per year;  power_year y : (power, member), growth off trend
    border_shut : (power, receiver, member), 0..1, labour and machines held up;  project_cancelled : event
    start_rate a, finish_rate b : per year, > 0;  growth_effect e : log points per unit of growth
    delay : part of the pace lost behind a shut border, in [0, 1];  dt : years
    Range: counts >= 0; planned + building + done + cancelled grows by the announcements alone.
    Fails for single great works, which are one project here.
    """
    xp = namespace(projects)
    pace = xp.maximum(1.0 - delay * narrow(known(border_shut)), 1e-6)
    a, b = start_rate * pace, finish_rate * pace
    v = known(announcements) * xp.exp(growth_effect * known(power_year))[:, None, :] + 0.0 * projects
    planned = xp.exp(-a * dt) * projects_planned - v * xp.expm1(-a * dt) / a
    building = (xp.exp(-b * dt) * projects - v * xp.expm1(-b * dt) / b
                + (a * projects_planned - v) * _through(xp, a, b, dt))
    started = projects_planned + v * dt - planned
    finished = projects + started - building
    pending = planned + building
    own, called = 0.0 * pending, known(project_cancelled)
    hit = (called > 0.0) & (pending > 0.0)
    gone = only_where(hit, lambda n, whole: n * xp.minimum(whole, 1.0), called, pending)
    early = only_where(hit, _out_of, gone, planned, pending) + own
    return {
        "projects_planned": {"announced": v * dt, "started": -started, "cancelled": -early},
        "projects": {"started": started, "finished": -finished, "cancelled": early - (gone + own)},
        "projects_done": {"finished": finished},
        "projects_cancelled": {"cancelled": gone + 0.0 * projects_cancelled},
    }
