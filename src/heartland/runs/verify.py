"""Check a run folder against its hashes, and mend what can be computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from heartland.errors import CheckFailedError, Finding, HeartlandError, HeartlandInputError, Place
from heartland.runs import fsio
from heartland.runs.blocks import CHUNK, DATA, SEPARATOR, Layout, raw_hashes, read_block, write_block
from heartland.runs.folder import ensure_metadata, intact, layout_of, listed_files
from heartland.runs.journal import (
    JOURNAL,
    BlockRecord,
    FileRecord,
    Journal,
    add_entry,
    read_journal,
    rechained,
)
from heartland.runs.lock import Lock
from heartland.runs.manifest import MANIFEST, digest, read_manifest, run_id

__all__ = ["repair", "verify"]

_MEND = "Run `heartland verify {} --repair`."


def verify(folder: Path | str) -> list[Finding]:
    """Re-hash everything a run folder holds.

    Returns
    -------
    One finding per fault, naming file and block: severity E for damage, W for what an interrupted run may
    show (unfinished blocks, a torn last journal line, files of a block that never counted), I for leftovers.
    Empty for a complete, untouched run. `failures.jsonl` and `lock` carry no results and are not checked.

    Raises
    ------
    IncompleteRunError
        If the folder holds no run.
    """
    folder = Path(folder).absolute()
    try:
        manifest = read_manifest(folder)
    except HeartlandInputError as error:
        return list(error.findings)
    journal = read_journal(folder, digest((folder / MANIFEST).read_bytes()))
    layout = layout_of(folder, manifest)
    return [
        *_identity(folder, manifest),
        *_journal_faults(folder, journal),
        *_file_faults(folder, manifest, journal),
        *_value_faults(folder, layout, journal),
        *_strays(folder, manifest, layout, journal),
        *_unfinished(folder, layout, journal),
    ]


def _finding(
    severity: str, check: str, path: Path, what: str, why: str, fix: str, row: int = 0
) -> Finding:
    return Finding(severity, check, Place(str(path), row), what, why, fix)


def _identity(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    if run_id(manifest["decisive"]) != manifest["run_id"]:
        yield _finding(
            "E", "run-id", folder / MANIFEST, f"The run id {manifest['run_id']} is not that of its content.",
            "The folder may hold another run than its name says.", "Delete the folder and run again.",
        )


def _journal_faults(folder: Path, journal: Journal) -> Iterator[Finding]:
    path, mend = folder / JOURNAL, _MEND.format(folder.name)
    for row, what in journal.damage:
        yield _finding(
            "E", "run-journal", path, f"The journal line {what}.",
            "The list of finished blocks has been changed since it was written.", mend, row,
        )
    if journal.torn:
        row = journal.good.count(b"\n") + len(journal.damage) + 1
        yield _finding(
            "W" if journal.crash_torn else "E", "run-journal-end", path, f"The last {journal.torn}.",
            "Its block does not count.", f"Run `heartland resume {folder.name}`.", row,
        )
    raw: dict[int, Mapping[str, str]] = {}
    for entry in journal.entries:
        if raw.setdefault(entry.record.block, entry.record.raw) != entry.record.raw:
            yield _finding(
                "E", "run-journal", path,
                f"Block {entry.record.block} is journaled with two different results.",
                "One of them is wrong.", "Delete the folder and run again.", entry.n + 1,
            )


def _file_fault(folder: Path, file: FileRecord, owner: str) -> Finding:
    what = f"The file of {owner} is missing."
    if (folder / file.path).exists():
        what = f"The file of {owner} is not what was written."
    return _finding(
        "E", "run-file", folder / file.path, what, "Its values cannot be used.", _MEND.format(folder.name)
    )


def _file_faults(folder: Path, manifest: Mapping[str, Any], journal: Journal) -> Iterator[Finding]:
    for file in listed_files(manifest):
        if not intact(folder, file):
            yield _file_fault(folder, file, "the axes and metadata")
    for block, record in journal.blocks.items():
        for file in record.files:
            if not intact(folder, file):
                yield _file_fault(folder, file, f"block {block}")


def _value_faults(folder: Path, layout: Layout, journal: Journal) -> Iterator[Finding]:
    """Blocks whose files are as listed but do not decode to the journaled values."""
    for block, record in journal.blocks.items():
        if not all(intact(folder, file) for file in record.files):
            continue
        try:
            values = {spec.name: read_block(layout, record, spec) for spec in layout.variables}
            raw, reason = raw_hashes(layout, block, values), ""
        except (HeartlandError, ValueError, RuntimeError) as error:
            raw, reason = {}, f": {error}"
        unlike = sorted(name for name in {*raw, *record.raw} if raw.get(name) != record.raw.get(name))
        if unlike:
            yield _finding(
                "E", "run-values", folder / DATA / unlike[0],
                f"Block {block} does not decode to its journaled values of {', '.join(unlike)}{reason}.",
                "Its values cannot be used.", _MEND.format(folder.name),
            )


def _strays(
    folder: Path, manifest: Mapping[str, Any], layout: Layout, journal: Journal
) -> Iterator[Finding]:
    listed = {file.path for file in listed_files(manifest)}
    listed |= {file.path for record in journal.blocks.values() for file in record.files}
    for path in sorted((folder / DATA).rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in listed:
            continue
        block = _block_of(name, layout)
        if path.name.endswith(fsio.TEMPORARY):
            yield _finding(
                "I", "run-leftover", path, "A file that was never finished.", "It does not count.",
                "`heartland resume` removes it.",
            )
        elif block is not None and block not in journal.blocks:
            yield _finding(
                "W", "run-unjournaled", path, f"A file of block {block}, which is not journaled.",
                "It does not count.", f"Run `heartland resume {folder.name}`.",
            )
        else:
            yield _finding(
                "E", "run-stray", path, "A file that no line of the manifest or journal lists.",
                "Other programs would read it as part of the run.", "Delete it.",
            )


def _block_of(name: str, layout: Layout) -> int | None:
    """Number of the block a chunk file stands for, None if it is no chunk of the layout."""
    for spec in layout.variables:
        head = f"{DATA}/{spec.name}/{CHUNK}"
        if name.startswith(head):
            first, *rest = name[len(head) :].split(SEPARATOR)
            if first.isdecimal() and int(first) < layout.n_blocks and rest == ["0"] * len(spec.shape):
                return int(first)
    return None


def _unfinished(folder: Path, layout: Layout, journal: Journal) -> Iterator[Finding]:
    missing = [block for block in range(layout.n_blocks) if block not in journal.blocks]
    if missing:
        listed = ", ".join(str(block) for block in missing)
        yield _finding(
            "W", "run-unfinished", folder / JOURNAL,
            f"Block{'s' if len(missing) > 1 else ''} {listed} of {layout.n_blocks} not finished.",
            "Results rest on fewer members.", f"Run `heartland resume {folder.name}`.",
        )


def repair(folder: Path | str, job: Callable[[int], Mapping[str, NDArray[Any]]]) -> list[str]:
    """Compute damaged blocks again; they must come out with the journaled values.

    Parameters
    ----------
    job : block number -> recorded variables of that block, (64, *shape) each

    Returns
    -------
    What was done, one sentence each. A block whose journal line was lost is computed and journaled anew;
    blocks that were never finished are left to `heartland resume`, unless a journal line was lost.

    Raises
    ------
    CheckFailedError
        If a block comes out with other values; its files are left as they are.
    HeartlandInputError
        If the manifest is damaged: nothing says what to compute.
    RunLockedError
        If the run is being written.
    """
    folder = Path(folder).absolute()
    manifest = read_manifest(folder)
    lock = Lock(folder)
    try:
        notes = [lock.note] if lock.note else []
        notes += [f"Wrote {path} again." for path in ensure_metadata(folder, manifest)]
        return notes + _repair_blocks(folder, layout_of(folder, manifest), job)
    finally:
        lock.release()


def _repair_blocks(
    folder: Path, layout: Layout, job: Callable[[int], Mapping[str, NDArray[Any]]]
) -> list[str]:
    anchor = digest((folder / MANIFEST).read_bytes())
    journal = read_journal(folder, anchor)
    notes = []
    lost: list[int] = []
    if journal.damage or journal.torn:
        journal = rechained(folder, journal, anchor)
        lost = [block for block in range(layout.n_blocks) if block not in journal.blocks]
        notes.append(f"Wrote {JOURNAL} again with its {len(journal.entries)} good lines.")
    bad = [
        block
        for block, record in journal.blocks.items()
        if not all(intact(folder, file) for file in record.files)
    ]
    for block in (*bad, *lost):
        record = _recomputed(layout, block, job(block), journal.blocks.get(block))
        if journal.blocks.get(block) != record:
            journal = add_entry(folder, journal, record, 0.0, 1)
        notes.append(f"Computed block {block} again.")
    return notes


def _recomputed(
    layout: Layout, block: int, arrays: Mapping[str, NDArray[Any]], known: BlockRecord | None
) -> BlockRecord:
    raw = raw_hashes(layout, block, arrays)
    if known is not None and raw != known.raw:
        unlike = sorted(name for name in raw if raw[name] != known.raw.get(name))
        raise CheckFailedError(
            f"{layout.folder}  Block {block} came out with other values of {', '.join(unlike)} than before. "
            "It cannot be repaired here. Use the code, content and library versions of the manifest."
        )
    return write_block(layout, block, arrays)
