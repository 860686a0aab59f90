"""Subjects plug into the run: their names are distinct, their axes and homes reach the layout."""

import json

import pytest

from heartland.scenarios import subjects as package
from heartland.scenarios.layout import Layout
from heartland.scenarios.plan import Grid
from heartland.scenarios.start import NEUTRAL, constants, parameters
from heartland.scenarios.state import AXES, Axes, state_catalogue
from heartland.scenarios.subjects.base import Subject

AX = Axes(("A", "P"), ("P",), ("A",), ("club",), {"leg": ("L1", "L2")}, {"firm": "P", "crowd": "A"})


def test_every_subject_declares_its_own_names_on_known_axes():
    found = package.subjects()
    assert tuple(found) == package.SUBJECTS
    states = state_catalogue()
    for name, axes in constants().items():
        assert set(axes) <= set(AXES), name
        assert name not in states, f"{name} is a state and a constant"
    for subject in found.values():
        assert not set(subject.derived) & (set(states) | set(NEUTRAL))
        assert set(subject.parameters) <= set(parameters())


def test_two_subjects_with_one_name_are_refused(monkeypatch):
    twice = Subject(constants={"open": ("receiver",)})
    monkeypatch.setattr(package, "SUBJECTS", ("one", "two"))
    monkeypatch.setattr(package, "import_module", lambda name: type("Module", (), {"SUBJECT": twice}))
    package.subjects.cache_clear()
    with pytest.raises(ValueError, match="open is declared by one and by two"):
        package.subjects()
    monkeypatch.undo()
    package.subjects.cache_clear()


def test_a_firm_stands_for_its_home_where_it_has_no_state():
    assert AX.index("power", "firm") == 0
    assert AX.index("receiver", "crowd") == 0
    with pytest.raises(Exception, match='"firm" is not a modelled receiver'):
        AX.index("receiver", "firm")


def test_further_axes_survive_the_manifest():
    grid = Grid((0, 1), (0, 1), (1,))
    layout = Layout(AX, ("2020-12-31", "2021-12-31"), grid, ("all",), {}, {}, False, ("leg_open",))
    again = Layout.from_json(json.loads(json.dumps(layout.to_json())))
    assert again == layout
    assert again.labels()["leg"] == ["L1", "L2"]
