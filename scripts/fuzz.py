"""Feed the loaders with damaged and hostile input: nothing may come back but our own errors, with a place.

    python scripts/fuzz.py yaml --examples 100000            mutations of good files, and free text
    python scripts/fuzz.py yaml --engine atheris --seconds 86400   guided by coverage (group `fuzz`)

Loaders: yaml, csv, json, geojson, archive, expressions, store. An input that brings anything else to light is
written to `fuzz-<loader>-<number>.bin` in the working folder, and the script ends with exit code 3; such an
input becomes a named case of `tests/core/test_fuzz.py`.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from heartland.errors import HeartlandError, HeartlandInputError, IncompleteRunError

__all__ = ["LOADERS", "Store", "check", "mutated", "seeds"]

REGION = Path(__file__).parents[1] / "src/heartland/regions/central-asia"
# inputs kept of a search
KEPT = 20
PIECES = (
    *(b"\n", b"\t", b"\r\n", b'"', b"'", b",", b";", b":", b"- ", b"{", b"}", b"[", b"]", b"&a", b"*a"),
    *(b"!!", b"|", b">", b"#", b"%", b"---", b"...", b"<<", b"= ", b"/", b"..", b" and ", b" not "),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\xc3", b"\xe2\x80\xae", b"\xf0\x9f\x98\x80", b"\xe2\x80\xa8"),
    *(b"\x1b[31m", b"\x7f", b"\\u0000", b"\\ud800", b"null", b"true", b"1e999", b"-0", b"NaN", b"Infinity"),
    *(b".inf", b"9" * 400, b"1_000", b"2021-02-30", b"0x1F", b"at=", b"P5Y", b"->", b" given "),
    *(b"(" * 60, b"[" * 70, b"{" * 70, b"- " * 40, b'{"a":' * 70, b"not " * 300, b"-" * 300),
)  # fmt: skip


class Store:
    """A finished run whose files are damaged one at a time."""

    def __init__(self, folder: Path) -> None:
        from heartland.core.noise import Noise
        from heartland.runs.store import VariableSpec, create_run

        self.whole, self.folder = folder / "whole", folder / "run"
        variables = [VariableSpec("x", "f4", ("step",), (3,)), VariableSpec("n", "i2")]
        variables.append(VariableSpec("no", "bool"))
        with create_run(self.whole, {"decisive": {"toy": 3}}, variables, {"step": [1, 2, 3]}, 130) as writer:
            for block in writer.missing():
                x = Noise(1, 3, block).normal("x", "noise", ["a"])[:, 0].T
                writer.commit(block, {"x": x, "n": (x[:, 0] > 0).astype("i2"), "no": x[:, 1] > 0})
        shutil.copytree(self.whole, self.folder)
        self.files = sorted(path for path in self.whole.rglob("*") if path.is_file())

    def __call__(self, data: bytes) -> None:
        """Put the bytes, which begin with the number of a file, in its place and use the run in every way.

        Raises
        ------
        AssertionError
            If a changed file goes unnoticed by `verify`, or values come back that were not stored.
        """
        from heartland.runs.reader import open_run
        from heartland.runs.verify import verify

        original = self.files[data[0] % len(self.files)] if data else self.files[0]
        path = self.folder / original.relative_to(self.whole)
        path.write_bytes(data[1:])
        try:
            if data[1:] != original.read_bytes():
                named = [finding for finding in verify(self.folder) if finding.severity in "EW"]
                if not any(finding.place.file for finding in named):
                    raise AssertionError(f"verify does not notice the change of {path.name}")
            run, sound = open_run(self.folder), open_run(self.whole)
            for name in ("x", "n", "no"):
                for block in run.finished:
                    if run.array(name, block).tobytes() != sound.array(name, block).tobytes():
                        raise AssertionError(f"block {block} of {name} reads as something else")
            run.ds.load()
        finally:
            shutil.copyfile(original, path)


class _File:
    """A loader of files: the bytes are written to a file of its own, then read."""

    def __init__(self, folder: Path, ending: str, read: Callable[[Path], object]) -> None:
        self.path, self.read = folder / f"input.{ending}", read

    def __call__(self, data: bytes) -> None:
        self.path.write_bytes(data)
        self.read(self.path)


def _yaml(folder: Path) -> Callable[[bytes], object]:
    from heartland.core.yamlio import check_model, read_yaml
    from heartland.scenarios.files import ScenarioFile
    from heartland.scenarios.filing import fields_of

    def read(path: Path) -> None:
        node = read_yaml(path)
        if isinstance(node.value, dict):
            check_model(node, ScenarioFile, path.name)
            fields_of(node, path.name)

    return _File(folder, "yaml", read)


def _csv(folder: Path) -> Callable[[bytes], object]:
    from heartland.core.schema import load_schema, validate
    from heartland.core.tables import read_csv

    schema = load_schema("observations")

    def read(path: Path) -> None:
        _, findings = validate(read_csv(path), schema)
        if findings:
            raise HeartlandInputError(findings)

    return _File(folder, "csv", read)


def _json(folder: Path) -> Callable[[bytes], object]:
    from heartland.core.jsonio import read_json

    return _File(folder, "json", read_json)


def _geojson(folder: Path) -> Callable[[bytes], object]:
    from heartland.evidence.export import read

    return _File(folder, "geojson", lambda path: read("geojson", path))


def _archive(folder: Path) -> Callable[[bytes], object]:
    from heartland.evidence.readers.base import Tally
    from heartland.evidence.readers.events.stream import unpacked
    from heartland.evidence.readers.files import Layout, open_table

    def read(path: Path) -> None:
        """As a table to be imported, and as a file of events."""
        found = []
        for one in (_rows, _bytes):
            try:
                one(path)
            except HeartlandInputError as error:
                found.append(error)
        if found:
            raise found[0]

    def _rows(path: Path) -> None:
        for _ in open_table(path, [Layout(("year", "value"))]).chunks(Tally(path.name)):
            pass

    def _bytes(path: Path) -> None:
        with unpacked(path) as stream:
            while stream.read(1 << 16):
                pass

    return _File(folder, "zip", read)


def _packed() -> list[bytes]:
    import gzip
    import io
    import zipfile

    text, found = b"year,value\n2020,1.5\n2021,2\n" * 3, []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", method) as archive:
            archive.writestr("Metadata_x.csv", b"a")
            archive.writestr("table.csv", text)
        found.append(stream.getvalue())
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", method) as archive:
            archive.writestr("table.csv", text)
        found.append(stream.getvalue())
    return [*found, gzip.compress(text, mtime=0), gzip.compress(text, 1, mtime=0) * 2, text]


def _expressions(folder: Path) -> Callable[[bytes], object]:
    from heartland.core.expressions import parse
    from heartland.core.interventions import parse_interventions
    from heartland.core.tree import Where

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        found = []
        for one in (parse, parse_interventions):
            try:
                one(text, Where("input.yaml", 1))
            except HeartlandInputError as error:
                found.append(error)
        if found:
            raise found[0]

    return read


LOADERS: dict[str, Callable[[Path], Callable[[bytes], object]]] = {
    "yaml": _yaml, "csv": _csv, "json": _json, "geojson": _geojson, "archive": _archive,
    "expressions": _expressions, "store": Store,
}  # fmt: skip


def seeds(loader: str, target: object) -> list[bytes]:
    """Good inputs to begin with."""
    if isinstance(target, Store):
        return [bytes([n]) + path.read_bytes() for n, path in enumerate(target.files)]
    if loader == "yaml":
        return [path.read_bytes() for path in sorted((REGION / "scenarios").glob("*.yaml"))]
    if loader == "csv":
        rows = (REGION / "observations.csv").read_bytes().splitlines()
        return [b"\n".join([rows[0], *rows[first : first + 3]]) for first in range(1, 300, 30)]
    if loader == "json":
        return [b'{"a": [1, 2.5, null, true, "x"], "b": {"c": -1e3}}', b'[{"a": "\\u00e9"}, 0]']
    if loader == "geojson":
        line = b'{"type": "LineString", "coordinates": [[70.5, 40], [71, 41.5]]}'
        return [
            b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": ' + shape
            + b', "properties": {"table": "legs", "n": 1, "name": "\xc3\xa9"}}]}'
            for shape in (line, b"null", b'{"type": "Point", "coordinates": [69.2, 41.3]}')
        ]  # fmt: skip
    if loader == "archive":
        return _packed()
    from heartland.core.yamlio import read_yaml

    found = []
    for path in sorted((REGION / "scenarios").glob("*.yaml")):
        content = read_yaml(path).value
        found += [item["expression"].encode() for item in content.get("outcomes", [])]
        found += [item["do"].encode() for item in content.get("patches", [])]
    return found


def mutated(dice: random.Random, known: Sequence[bytes]) -> bytes:
    """A known input with some bytes flipped, cut, doubled, swapped or replaced by awkward pieces."""
    data = bytearray(dice.choice(known))
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3, 5, 9))):
        at = dice.randrange(len(data) + 1)
        end = min(len(data), at + dice.choice((0, 1, 1, 2, 4, 16, 200)))
        action = dice.randrange(6)
        if action == 0 and at < len(data):
            data[at] ^= 1 << dice.randrange(8)
        elif action == 1:
            del data[at:end]
        elif action == 2:
            data[at:at] = data[at:end] * dice.choice((1, 1, 2, 30))
        elif action == 3:
            data[at:end] = dice.choice(PIECES)
        elif action == 4:
            other = dice.choice(known)
            start = dice.randrange(len(other) + 1)
            data[at:end] = other[start : start + dice.choice((1, 5, 40))]
        else:
            data[at:end] = dice.randbytes(dice.choice((1, 1, 2, 8)))
    return bytes(data[:200_000])


def check(target: Callable[[bytes], object], data: bytes) -> str:
    """What is wrong with the answer of a loader; empty if it read the input or refused it as it should."""
    try:
        target(data)
    except HeartlandInputError as error:
        bad = [finding for finding in error.findings if not (finding.place.file or finding.place.column)]
        if not error.findings or bad:
            return f"an error without a place: {error}"
    except IncompleteRunError as error:
        return "" if str(error) else "an error without words"
    except HeartlandError as error:
        return f"not an error of the input: {type(error).__name__}: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _random(target: Callable[[bytes], object], loader: str, examples: int, seed: int) -> int:
    """Number of inputs that brought something to light; the first `KEPT` are written as they come."""
    dice, known, found = random.Random(seed), seeds(loader, target), 0
    begun, slowest = time.process_time(), 0.0
    for number in range(1, examples + 1):
        data = mutated(dice, known)
        before = time.process_time()
        said = check(target, data)
        slowest = max(slowest, time.process_time() - before)
        if said:
            if found < KEPT:
                path = Path(f"fuzz-{loader}-{found}.bin")
                path.write_bytes(data)
                print(f"{path}: {said}", flush=True)
            found += 1
        if number % 10_000 == 0 or number == examples:
            spent = time.process_time() - begun
            said = f"{loader}: {number:,} examples, {found} failures, {spent:.0f} s of processor time"
            print(f"{said}, slowest {slowest:.2f} s", flush=True)
    return found


def _guided(target: Callable[[bytes], object], loader: str, seconds: int, folder: Path) -> None:
    """libFuzzer through Atheris; never returns."""
    import importlib

    atheris = importlib.import_module("atheris")
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, data in enumerate(seeds(loader, target)):
        (corpus / str(number)).write_bytes(data)

    def one(data: bytes) -> None:
        said = check(target, data)
        if said:
            raise AssertionError(said)

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=20000", "-rss_limit_mb=2000",
                   f"-artifact_prefix=fuzz-{loader}-", str(corpus)], one)  # fmt: skip
    atheris.Fuzz()


def main() -> int:
    """Exit code 3 if an input brought something to light."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("loader", choices=LOADERS)
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("random", "atheris"), default="random")
    parser.add_argument("--seconds", type=int, default=600)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        target = LOADERS[asked.loader](Path(folder))
        if asked.engine == "atheris":
            _guided(target, asked.loader, asked.seconds, Path(folder))
        found = _random(target, asked.loader, asked.examples, asked.seed)
    return 3 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
