"""The line to the server: which addresses are allowed, redirects, going on where it stopped, trying again."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from heartland.core.limits import over
from heartland.errors import HeartlandInputError
from heartland.evidence.fetch import BLOCK, Source

if TYPE_CHECKING:
    import httpx

    from heartland.evidence.fetch import _Partial

__all__ = ["allowed_url", "client_there", "download", "public_address"]

MOST_REDIRECTS = 3
TIMEOUT = 20.0  # seconds to connect, and between two pieces
_AGAIN = (429, 500, 502, 503, 504)
_PORTS = (None, 443)


class _TryAgainError(Exception):
    """The server or the line failed in a way that may pass; the argument says how."""


def _refused(url: str, why: str) -> HeartlandInputError:
    return HeartlandInputError.at(
        f"{url[:200]} is refused: {why}.", why="Only https addresses of listed hosts are fetched.",
        fix="If the file has moved, download it by hand.", check="fetch-address",
    )  # fmt: skip


def public_address(address: str) -> bool:
    """Whether an IP address is a public one; one that holds another (mapped, 6to4, Teredo, NAT64) is not."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (
        found.ipv4_mapped or found.sixtofour or found.teredo or found in ipaddress.ip_network("64:ff9b::/96")
    ):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def allowed_url(url: str, hosts: frozenset[str], *, local: bool = False) -> tuple[str, str]:
    """Host and one address of it to connect to.

    hosts : those that may be asked; local : allow http and loopback addresses too

    Raises
    ------
    HeartlandInputError for another scheme, port or host, a name or password in the address, or a host
    that is or resolves to an address that is not public
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(url, "it cannot be read") from None
    if any(letter <= " " or letter == "\\" or letter > "~" for letter in url):
        raise _refused(url, "it holds a character no address has")
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise _refused(url, "it is not https")
    if "@" in parts.netloc:
        raise _refused(url, "it holds a name or password")
    if host not in hosts:
        raise _refused(url, f"{host or 'no host'} is not a listed host")
    if port not in _PORTS and not local:
        raise _refused(url, f"port {port} is not that of https")
    try:
        found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _TryAgainError(f"{host} is not found") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        inside = local and ipaddress.ip_address(address).is_loopback
        if not inside and not public_address(address):
            raise _refused(url, f"{host} is at {address}, which is not public")
    return host, addresses[0]


def client_there() -> None:
    """Refuse if the package that goes to the network is not installed.

    Raises
    ------
    HeartlandInputError that says how to install it
    """
    try:
        import_module("httpx")
    except ImportError:
        raise HeartlandInputError.at(
            "heartland fetch needs the extra [fetch].", why="Nothing else here goes to the network.",
            fix='Install it: pip install "heartland[fetch]"', check="extra",
        ) from None  # fmt: skip


def download(
    source: Source, part: _Partial, *, local: bool, attempts: int, most: int,
    progress: Callable[[int, int], None] | None, sleep: Callable[[float], None],
) -> None:
    """Bring `part` to the whole file, trying again where that may help.

    Raises
    ------
    HeartlandInputError where it does not, the server says no, or the file has more than `most` bytes
    """
    import httpx

    reason = ""
    for attempt in range(attempts):
        if attempt:
            sleep(2.0 ** (attempt - 1))
        try:
            with _answer(source, part, local) as response:
                _store(response, part, most, progress)
            return
        except _TryAgainError as error:
            reason = str(error)
        except httpx.HTTPError as error:
            reason = f"{type(error).__name__}: {error}".rstrip(": ")
    raise HeartlandInputError.at(
        f"{source.url} could not be read after {attempts} tries: {reason}.",
        why=f"{part.size:,} bytes are kept." if part.tag else "",
        fix="Try again later; the download goes on where it stopped." if part.tag else "Try again later.",
        check="fetch-line",
    )  # fmt: skip


@contextmanager
def _answer(source: Source, part: _Partial, local: bool) -> Iterator[httpx.Response]:
    """The answer with the file, after at most three redirects to listed hosts."""
    import httpx

    hosts = frozenset({urlsplit(source.url).hostname or "", *source.hosts})
    url = source.url
    headers = {"Accept-Encoding": "identity", "User-Agent": "heartland"}
    if part.size and part.tag:
        headers |= {"Range": f"bytes={part.size}-", "If-Range": part.tag}
    with httpx.Client(follow_redirects=False, timeout=TIMEOUT, trust_env=False) as client:
        for _ in range(MOST_REDIRECTS + 1):
            host, address = allowed_url(url, hosts, local=local)
            with client.stream("GET", _pinned(url, address), headers=headers | {"Host": urlsplit(url).netloc},
                               extensions={"sni_hostname": host}) as response:  # fmt: skip
                if response.status_code not in (301, 302, 303, 307, 308):
                    _check(response, part, url)
                    yield response
                    return
                url = urljoin(url, response.headers.get("Location", ""))
    raise _refused(url, f"there are more than {MOST_REDIRECTS} redirects")


def _pinned(url: str, address: str) -> str:
    """The URL with the checked address in place of the name, so that it cannot change in between."""
    parts = urlsplit(url)
    where = f"[{address}]" if ":" in address else address
    return parts._replace(netloc=f"{where}:{parts.port}" if parts.port else where).geturl()


def _check(response: httpx.Response, part: _Partial, url: str) -> None:
    """Set `part` to where the answer goes on; refuse any other answer."""
    status, headers = response.status_code, response.headers
    if status in _AGAIN:
        raise _TryAgainError(f"the server answers {status}")
    if status == 416:
        part.restart("")
        raise _TryAgainError("the file has become shorter")
    if headers.get("Content-Encoding", "identity") != "identity":
        raise _refused(url, "the server packs the file once more, so its hash would differ")
    if status == 206:
        first = headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
        if part.size and first == str(part.size):
            return
        part.restart("")
        raise _TryAgainError("the server goes on at another place")
    if status != 200:
        raise HeartlandInputError.at(
            f"{url} answers {status}.",
            why="There is no such file any more." if status in (404, 410) else "The server does not give it.",
            fix="Look for its new address at the publisher and download it by hand.", check="fetch-answer",
        )  # fmt: skip
    tag = headers.get("ETag", "")
    part.restart(tag if tag.startswith('"') else "")


def _store(
    response: httpx.Response, part: _Partial, most: int, progress: Callable[[int, int], None] | None
) -> None:
    length = _length(response.headers)
    whole = part.size + length if length else 0
    if whole > most:
        raise _too_large(part, f"{whole:,} bytes")
    with part.path.open("ab") as stream:
        for block in response.iter_raw(BLOCK):
            if part.size + len(block) > most:
                raise _too_large(part, f"more than {most:,} bytes")
            stream.write(block)
            part.hash.update(block)
            part.size += len(block)
            if progress is not None:
                progress(part.size, whole)
    if whole and part.size != whole:
        raise _TryAgainError(f"the line broke off at {part.size:,} of {whole:,} bytes")


def _too_large(part: _Partial, size: str) -> HeartlandInputError:
    """Nothing of such a file is kept."""
    part.drop()
    part.tag = ""
    return over("FETCH_BYTES", f"the file has {size}", file=part.name)


def _length(headers: Any) -> int:
    text = str(headers.get("Content-Length", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0
