"""Which scenario answers for which system, and what is refused."""

from __future__ import annotations

from dataclasses import replace

from heartland.scenarios.scenario import Scenario
from heartland.scenarios.shelf import check_systems, headlines, headlines_of, serving


def test_a_scenario_carries_its_own_headline_and_those_it_names(region):
    own = replace(
        Scenario.load(region, "kazakhstan-2022"), also=("condominium",), also_headline=("regime-stability",)
    )
    assert headlines_of(own) == ("csto", "regime-stability")
    assert headlines_of(replace(own, headline=False)) == ("regime-stability",)
    other = replace(own, id="other", headline=False, also_headline=())
    found = serving(region, {"other": other, own.id: own})
    assert found["csto"] == (own.id, "other")
    assert found["regime-stability"] == (own.id,)
    assert found["condominium"] == ("other", own.id)


def test_headlines_stand_in_the_order_of_the_systems(region):
    first = replace(Scenario.load(region, "kazakhstan-2022"), also_headline=("kgz-tjk-border", "condominium"))
    assert list(headlines(region, {first.id: first})) == ["condominium", "csto", "kgz-tjk-border"]


def test_what_a_scenario_file_says_of_systems_is_checked(region):
    item = Scenario.load(region, "kazakhstan-2022")
    taken: dict[str, str] = {}
    assert check_systems(region, item, taken) == []
    assert taken == {"csto": "kazakhstan-2022"}
    wrong = check_systems(region, replace(item, also=("energi",)), {"csto": "first"})
    assert [str(finding) for finding in wrong] == [
        'scenarios/kazakhstan-2022.yaml:1:1  "energi" is no system of central-asia. A scenario answers for '
        "systems of systems.csv. Did you mean energy? "
        f"Known: {', '.join(region.tables['systems']['system_id'])}.",
        'scenarios/kazakhstan-2022.yaml:7:11  the headline of "csto" is carried by first already. '
        "A system has one headline scenario. Name the system under also: instead.",
    ]
