"""A region folder read whole: tables, settings, rules and scenario names, with every finding collected."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from heartland.core.schema import check_references, load_schema
from heartland.core.yamlio import YamlNode, check_model, read_yaml
from heartland.errors import Finding, HeartlandInputError, Place, suggestion
from heartland.evidence.checks import run_checks
from heartland.evidence.grading import Grading
from heartland.evidence.loading import MADE, inside, read_tables, schema_of
from heartland.region.check import check_model_settings
from heartland.region.measure_settings import read_reference
from heartland.region.rule_files import organisation_of, policy_of
from heartland.region.rules import Organisation, Policy
from heartland.region.settings import FOLDER_ID, ModelSettings

__all__ = ["Content", "default_region", "find_region", "folder_hash", "read_folder", "shipped_regions"]

Record = TypeVar("Record", Organisation, Policy)
NEEDED = ("actors", "sources", "channels")


@dataclass(frozen=True)
class Content:
    """What stands in a region folder; `model` is None when model.yaml could not be read."""

    model: ModelSettings | None = None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    scenarios: Mapping[str, Path] = field(default_factory=dict)
    grading: Grading = field(default_factory=Grading)
    reference: Mapping[str, Any] = field(default_factory=dict)
    hash: str = ""


def _regions() -> Path:
    return Path(str(files("heartland") / "regions"))


def shipped_regions() -> tuple[str, ...]:
    """Names of the regions inside the package, sorted."""
    return tuple(sorted(path.parent.name for path in _regions().glob("*/model.yaml")))


def default_region() -> str:
    """Name of the region used when none is given."""
    return (_regions() / "default").read_text(encoding="utf-8").strip()


def find_region(name_or_path: str | Path = "") -> Path:
    """Folder of a shipped region (by name; empty: the default one) or of any region (by path).

    Raises
    ------
    HeartlandInputError
        Neither a shipped name nor a folder that holds a model.yaml.
    """
    name = str(name_or_path) or default_region()
    if re.match(FOLDER_ID, name) and (_regions() / name / "model.yaml").is_file():
        return _regions() / name
    folder = Path(name)
    if folder.is_dir():
        if (folder / "model.yaml").is_file():
            return folder.resolve()
        raise HeartlandInputError.at(
            "no model.yaml in this folder.",
            file=name,
            check="region-folder",
            why="It says who is modelled and from when.",
            fix="Make a region with: heartland new FOLDER.",
        )
    known = shipped_regions()
    raise HeartlandInputError.at(
        f'"{name}" is neither a shipped region nor a folder.',
        check="region",
        why="Nothing could be loaded.",
        fix=suggestion(name, known, listing=f"Shipped regions: {', '.join(known)}."),
    )


def folder_hash(folder: Path) -> str:
    """SHA-256 over relative names and bytes of all files, sorted by name.

    Hidden files are left out, and tables that the program itself makes.
    """
    made = {f"{name}.csv" for name in MADE}
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if (
            path.is_file()
            and name not in made
            and not any(part.startswith(".") for part in name.split("/"))
            and inside(folder, path)
        ):
            total.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def read_folder(folder: Path, mechanisms: Mapping[str, str] | None = None) -> tuple[Content, list[Finding]]:
    """Content of a region folder and everything wrong with it, errors before warnings.

    mechanisms : known mechanism ids and their phases; None leaves the model's list unchecked
    """
    findings: list[Finding] = []
    node = _yaml(folder, folder / "model.yaml", findings)
    model = _try(lambda: check_model(node, ModelSettings), findings) if node else None
    tables, found = read_tables(folder, model.defaults if model else None)
    findings += found
    findings += _missing(folder)
    unreadable = [finding for finding in findings if finding.place.file.endswith(".csv")]
    actors, sources = _ids(tables, findings, "actors"), _ids(tables, findings, "sources", "documents")
    organisations = _records(folder, "organisations", lambda n: organisation_of(n, actors, sources), findings)
    policies = _records(folder, "policies", lambda n: policy_of(n, actors, sources), findings)
    scenarios = _scenarios(folder, findings)
    if not unreadable:  # else every reference to such a table would be a second finding
        others = {"mechanisms": mechanisms or (), "organisations": organisations, "policies": policies}
        schemas = {name: load_schema(schema_of(name)) for name in tables}
        findings += check_references(
            tables, schemas, {name: list(ids) for name, ids in others.items() if ids and name not in schemas}
        )
        findings += run_checks(tables)
    if model is not None and node is not None and not isinstance(actors, _Unreadable):
        findings += check_model_settings(
            model,
            node,
            tables,
            sorted(path.stem for path in (folder / "organisations").glob("*.yaml")),
            scenarios,
            mechanisms,
            folder.name if folder.parent == _regions() else "",
        )
    grading = _try(lambda: _grading(folder), findings)
    reference = _try(lambda: read_reference(folder / "reference.json"), findings)
    findings.sort(key=lambda finding: "EWI".index(finding.severity))
    return Content(
        model,
        tables,
        organisations,
        policies,
        scenarios,
        grading or Grading(),
        reference or {},
        folder_hash(folder),
    ), findings


def _missing(folder: Path) -> list[Finding]:
    return [
        Finding(
            "E",
            "missing-table",
            Place(f"{name}.csv"),
            "the file is missing.",
            f"A region cannot be read without its {name}.",
            "Add it; heartland new FOLDER makes an example.",
        )
        for name in NEEDED
        if not (folder / f"{name}.csv").is_file()
    ]


class _Unreadable(dict[str, None]):
    """Ids of a table that could not be read: every id passes, the table itself is the finding."""

    def __contains__(self, key: object) -> bool:
        return True


def _ids(tables: Mapping[str, pd.DataFrame], findings: Sequence[Finding], *names: str) -> Mapping[str, None]:
    if {finding.place.file for finding in findings} & {f"{name}.csv" for name in names}:
        return _Unreadable()
    return dict.fromkeys(key for name in names for key in tables[name].iloc[:, 0].tolist())


Result = TypeVar("Result")


def _try(read: Callable[[], Result], findings: list[Finding]) -> Result | None:
    try:
        return read()
    except HeartlandInputError as error:
        findings.extend(error.findings)
        return None


def _yaml(folder: Path, path: Path, findings: list[Finding]) -> YamlNode | None:
    shown = path.relative_to(folder).as_posix()
    if not inside(folder, path):
        findings.append(
            Finding(
                "E",
                "outside",
                Place(shown),
                "leads outside the region folder.",
                "A region may not read other files.",
                "Replace the link by the file itself.",
            )
        )
        return None
    return _try(lambda: read_yaml(path, shown), findings)


def _grading(folder: Path) -> Grading:
    path = folder / "grading.yaml"
    return Grading.from_yaml(path) if path.is_file() else Grading()


def _files(folder: Path, kind: str, findings: list[Finding]) -> Iterable[Path]:
    for path in sorted((folder / kind).glob("*.yaml")):
        if re.match(FOLDER_ID, path.stem):
            yield path
        else:
            findings.append(
                Finding(
                    "E",
                    "file-name",
                    Place(f"{kind}/{path.name}"),
                    "the name is no id.",
                    "Ids name files, so they are kept to small letters, digits and hyphens.",
                    "Rename the file and the id inside it.",
                )
            )


def _records(
    folder: Path, kind: str, read: Callable[[YamlNode], Record], findings: list[Finding]
) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for path in _files(folder, kind, findings):
        node = _yaml(folder, path, findings)
        if node is not None:
            record = _try(partial(read, node), findings)
            if record is not None:
                found[record.id] = record
    return found


def _scenarios(folder: Path, findings: list[Finding]) -> dict[str, Path]:
    """Scenario files by id; their content is read by the package that runs them."""
    found: dict[str, Path] = {}
    for path in _files(folder, "scenarios", findings):
        node = _yaml(folder, path, findings)
        if node is None:
            continue
        shown = f"scenarios/{path.name}"
        scenario = node.value.get("id") if isinstance(node.value, dict) else None
        line, column = node.at(("id",))
        place = Place(shown, line, str(column))
        if not isinstance(scenario, str):
            findings.append(
                Finding(
                    "E",
                    "scenario-id",
                    place,
                    "the scenario has no id.",
                    "Runs and baselines are named by it.",
                    f"Write id: {path.stem}.",
                )
            )
        elif scenario in found:
            findings.append(
                Finding(
                    "E",
                    "A01",
                    place,
                    f"id {scenario} already used in scenarios/{found[scenario].name}.",
                    "A command could not say which one it means.",
                    f"Write id: {path.stem}.",
                )
            )
        else:
            if scenario != path.stem:
                findings.append(
                    Finding(
                        "E",
                        "file-id",
                        place,
                        f'id "{scenario}" is not the file name "{path.stem}".',
                        "One name must find both the file and the record.",
                        f"Write id: {path.stem}, or rename the file.",
                    )
                )
            found[scenario] = path
    return found
