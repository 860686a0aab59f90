"""The catalogue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heartland.errors import HeartlandInputError
from heartland.measures import registry


def test_names_are_found_alone_and_by_family() -> None:
    assert [m.name for m in registry.expand("influence")] == ["influence"]
    assert [m.name for m in registry.expand("influence.*")] == [
        "influence", "influence.lead", "influence.rank", "influence.rank_shift"]
    assert [m.name for m in registry.expand("quality")] == [
        "quality.age", "quality.coverage", "quality.disagreement"]


@pytest.mark.parametrize("ask", [registry.get, registry.expand])
def test_an_unknown_name_is_refused_with_near_ones(ask) -> None:
    with pytest.raises(HeartlandInputError) as raised:
        ask("influense")
    assert str(raised.value) == (
        '"influense" is not a measure. Nothing can be computed for it. Did you mean influence? '
        "Known measures: heartland describe measures.")


def test_a_name_cannot_be_taken_twice() -> None:
    with pytest.raises(HeartlandInputError) as raised:
        registry.register(replace(registry.get("influence"), unit="other"))
    assert str(raised.value) == (
        'measure "influence" is already registered. Two measures of one name could not be told apart in a '
        "table. Give it another name.")
    assert registry.get("influence").unit == "index"


@pytest.mark.parametrize("name", registry.names())
def test_every_record_is_complete(name: str) -> None:
    record = registry.get(name)
    assert record.reading
    assert record.citation
    assert record.low < record.high
    assert set(record.by) <= {"overall", "domain", "channel"}
    assert set(record.uncertain) <= set("OWSCEb")
    assert record.family == name.split(".")[0]


def test_no_module_hides_a_function_of_the_package() -> None:
    import importlib
    import pkgutil

    import heartland.measures as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    assert {name: callable(getattr(package, name)) for name in package.__all__} == dict.fromkeys(
        package.__all__, True)
