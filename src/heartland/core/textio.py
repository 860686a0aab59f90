"""Read a text file of the user's: size, encoding and characters are checked before anything is parsed."""

from __future__ import annotations

import re
import stat
import unicodedata
from pathlib import Path

from heartland.core.limits import limit, over
from heartland.errors import HeartlandInputError

__all__ = ["INVISIBLE", "nfc", "read_capped", "read_document", "read_text"]

# Zero-width, soft hyphen, bidirectional marks, embeddings and isolates, invisible operators.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]"
)
ENCODING = "Tables and documents are UTF-8 so that every machine reads the same letters."


def nfc(text: str) -> str:
    """Text in Unicode normal form C."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)


def _row(before: bytes, quoted: bool) -> int:
    """Row of the byte after `before`: with `quoted`, line breaks inside double quotes do not count."""
    pieces = before.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b'"')
    return 1 + sum(piece.count(b"\n") for piece in (pieces[::2] if quoted else [b'"'.join(pieces)]))


def read_document(path: Path, shown: str) -> str:
    """Text of a source document as it was got; bytes that are no UTF-8 become U+FFFD.

    Raises
    ------
    HeartlandInputError
        As `read_capped` (`HEARTLAND_LIMIT_DOCUMENT_BYTES`).
    """
    return read_capped(path, shown, "DOCUMENT_BYTES").decode("utf-8", "replace")


def read_capped(path: Path, shown: str, cap: str, default: int | None = None) -> bytes:
    """All bytes of a file.

    Raises
    ------
    HeartlandInputError
        For a missing or unreadable file, or one above the cap.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError("it is a folder or a device")
        most = limit(cap, default)
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except FileNotFoundError:
        raise HeartlandInputError.at(
            "there is no such file.", fix="Check the name and the folder.", file=shown, check="file"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise HeartlandInputError.at(
            f"cannot be read: {reason}.", fix="Give a file that you may read.", file=shown, check="file"
        ) from None
    if len(data) > most:
        raise over(cap, f"the file has more than {most:,} bytes", file=shown, default=default)
    return data


def read_text(
    path: Path, shown: str, *, cap: str = "FILE_BYTES", default: int | None = None, table: bool = False
) -> str:
    """Read a UTF-8 file; a byte order mark is dropped and line ends become LF.

    Parameters
    ----------
    path : file to read
    shown : name used in messages
    cap, default : name of the size cap and a default other than the shipped one
    table : rows of messages count records instead of lines

    Raises
    ------
    HeartlandInputError for a missing or unreadable file, one above the cap, UTF-16, a NUL, or bytes that
    are not UTF-8, with the row of the first one
    """
    data = read_capped(path, shown, cap, default)
    halves_empty = len(data) > 3 and (not any(data[:8:2]) or not any(data[1:8:2]))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or halves_empty:
        raise HeartlandInputError.at(
            "is UTF-16.", why=ENCODING, fix='Save it as "UTF-8" (in a spreadsheet: "CSV UTF-8").', file=shown,
            row=1, check="encoding",
        )
    if (at := data.find(b"\0")) >= 0:
        raise HeartlandInputError.at(
            "contains a NUL character.", why="No text has one; the file is damaged or no text at all.",
            fix="Save it again as plain text.", file=shown, row=_row(data[:at], table), check="encoding",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        raise HeartlandInputError.at(
            f"is not UTF-8: byte 0x{data[start]:02x} is not part of a letter.", why=ENCODING,
            fix='Save it as "UTF-8" (in a spreadsheet: "CSV UTF-8").', file=shown,
            row=_row(data[:start], table), check="encoding",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
