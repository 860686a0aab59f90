"""Source documents are read as they were got, up to a cap."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartland.core.textio import read_document
from heartland.errors import HeartlandInputError


def test_a_document_is_read_up_to_its_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "d.txt"
    path.write_bytes("naïve ".encode() + b"\xff!")
    assert read_document(path, "texts/d.txt") == "naïve �!"
    monkeypatch.setenv("HEARTLAND_LIMIT_DOCUMENT_BYTES", "8")
    with pytest.raises(HeartlandInputError) as caught:
        read_document(path, "texts/d.txt")
    assert str(caught.value) == (
        "texts/d.txt  the file has more than 8 bytes, above the limit of 8. Caps keep a broken or hostile "
        "file from filling the memory. If the file is meant to be this large, set "
        "HEARTLAND_LIMIT_DOCUMENT_BYTES to a higher number."
    )
    with pytest.raises(HeartlandInputError) as caught:
        read_document(tmp_path, "texts")
    assert str(caught.value) == (
        "texts  cannot be read: it is a folder or a device. Give a file that you may read."
    )
