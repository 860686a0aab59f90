"""Downloads from a server on this machine: whole, checked, resumed, or refused. Nothing goes further."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="heartland fetch needs the extra [fetch]")

from heartland.errors import HeartlandInputError
from heartland.evidence import fetch as fetching
from heartland.evidence import fetch_line
from heartland.evidence.fetch import Source, fetch

CONTENT = bytes(range(256)) * 4000
HASH = sha256(CONTENT).hexdigest()


@dataclass
class Server:
    """What the next requests get: a list of answers, the last one repeated; and what was asked for."""

    answers: list[Callable[[Any], None]]
    port: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/data/file.csv"


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server([whole()])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.asked.append((self.path, dict(self.headers)))
            answer = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            answer(self)
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = httpd.server_address[1]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield state
    httpd.shutdown()
    httpd.server_close()


def whole(
    content: bytes = CONTENT, tag: str = '"v1"', status: int = 200, stop: int | None = None, **headers: str
) -> Callable[[Any], None]:
    """The file; `stop`: the line breaks after that many bytes; a Range is honoured if its tag still fits."""

    def answer(handler: Any) -> None:
        first, code = 0, status
        if "Range" in handler.headers and handler.headers.get("If-Range") == tag:
            first, code = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-")), 206
        handler.send_response(code)
        if code == 206:
            handler.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        if tag:
            handler.send_header("ETag", tag)
        handler.send_header("Content-Length", str(len(content) - first))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content[first:stop])

    return answer


def plain(status: int, location: str = "") -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        handler.send_response(status)
        if location:
            handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def source(server: Server, sha: str = HASH, hosts: tuple[str, ...] = ()) -> Source:
    return Source("toy", "", server.url, hosts, sha, 1.0, "CC0", "made up")


def get(server: Server, folder: Path, sha: str = HASH, **options: Any) -> fetching.Fetched:
    return fetch(source(server, sha), folder, local=True, sleep=lambda _: None, **options)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(HeartlandInputError) as caught:
        call()
    return str(caught.value)


def test_a_file_whose_hash_is_listed(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    done = get(server, tmp_path / "new", progress=lambda *now: seen.append(now))
    target = tmp_path / "new" / "file.csv"
    assert done == fetching.Fetched(target, HASH, len(CONTENT), checked=True, fresh=True)
    assert target.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert names(target.parent) == ["fetched.json", "file.csv"]
    stored = json.loads((target.parent / "fetched.json").read_text(encoding="utf-8"))
    assert stored["schema"] == "heartland.fetched/1"
    entry = stored["files"]["file.csv"]
    assert entry.pop("at").endswith("+00:00")
    assert entry == {
        "source": "toy", "url": server.url, "licence": "CC0", "note": "made up", "bytes": len(CONTENT),
        "sha256": HASH, "sha256_known_before": True,
    }  # fmt: skip
    [(path, headers)] = server.asked
    assert path == "/data/file.csv"
    assert headers["Host"] == f"127.0.0.1:{server.port}"
    assert headers["Accept-Encoding"] == "identity"
    assert not {"Cookie", "Authorization", "Range"} & set(headers)


def test_the_listed_file_is_not_downloaded_twice(server: Server, tmp_path: Path) -> None:
    get(server, tmp_path)
    done = get(server, tmp_path)
    assert (done.fresh, done.checked, len(server.asked)) == (False, True, 1)


def test_another_file_is_not_overwritten_unasked(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "file.csv"
    target.write_text("mine", encoding="utf-8")
    assert refusal(lambda: get(server, tmp_path)) == (
        f"{target} is there already. Nothing is overwritten unasked. Name another folder with --out, or add "
        "--force."
    )
    assert (target.read_text(encoding="utf-8"), server.asked) == ("mine", [])
    assert get(server, tmp_path, force=True).fresh
    assert target.read_bytes() == CONTENT


def test_an_unknown_hash_is_computed_and_stored(server: Server, tmp_path: Path) -> None:
    done = get(server, tmp_path, sha="")
    assert (done.sha256, done.checked) == (HASH, False)
    assert (tmp_path / "file.csv.sha256").read_text(encoding="utf-8") == f"{HASH}  file.csv\n"
    assert names(tmp_path) == ["fetched.json", "file.csv", "file.csv.sha256"]


def test_another_hash_removes_the_file(server: Server, tmp_path: Path) -> None:
    other = "0" * 64
    assert refusal(lambda: get(server, tmp_path, sha=other)) == (
        f"file.csv  has the SHA-256 {HASH}, not {other}. It is not the file this version "
        "was checked with; it "
        "was removed. Try again; if it stays so, its publisher has changed it: download it by hand and look."
    )
    assert names(tmp_path) == []


def test_a_broken_line_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.answers = [whole(stop=300_000), whole()]
    assert get(server, tmp_path).sha256 == HASH
    first, second = (headers for _, headers in server.asked)
    assert "Range" not in first
    assert second["If-Range"] == '"v1"'
    start = int(second["Range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= 300_000


def test_a_stopped_download_goes_on_the_next_time(server: Server, tmp_path: Path) -> None:
    def stop(done: int, of: int) -> None:
        if done > 500_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(server, tmp_path, progress=stop)
    assert names(tmp_path) == [".file.csv.json", ".file.csv.part"]
    held = (tmp_path / ".file.csv.part").stat().st_size
    assert 500_000 < held < len(CONTENT)
    assert get(server, tmp_path).sha256 == HASH
    assert server.asked[1][1]["Range"] == f"bytes={held}-"
    assert names(tmp_path) == ["fetched.json", "file.csv"]


def test_a_new_version_is_not_joined_to_the_old_one(server: Server, tmp_path: Path) -> None:
    new = CONTENT[::-1]
    server.answers = [whole(stop=300_000), whole(new, tag='"v2"')]
    assert get(server, tmp_path, sha=sha256(new).hexdigest()).size == len(new)


@pytest.mark.parametrize("tag", ["", 'W/"weak"'])
def test_without_a_strong_mark_it_begins_anew(server: Server, tmp_path: Path, tag: str) -> None:
    server.answers = [whole(stop=300_000, tag=tag), whole(tag=tag)]
    assert get(server, tmp_path).sha256 == HASH
    assert all("Range" not in headers for _, headers in server.asked)


def test_a_part_that_is_another_files_or_damaged_is_dropped(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".file.csv.part").write_bytes(b"other")
    for note in ('{"url": "https://elsewhere", "tag": "\\"v1\\""}', "[]", "{", '{"url": 1}'):
        (tmp_path / ".file.csv.json").write_text(note, encoding="utf-8")
        assert get(server, tmp_path, force=True).sha256 == HASH
        (tmp_path / ".file.csv.part").write_bytes(b"other")


def test_a_part_longer_than_the_file(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".file.csv.part").write_bytes(CONTENT + b"more")
    note = {"url": server.url, "tag": '"v1"'}
    (tmp_path / ".file.csv.json").write_text(json.dumps(note), encoding="utf-8")
    server.answers = [plain(416), whole()]
    assert get(server, tmp_path).sha256 == HASH


def test_a_server_that_is_busy_is_asked_again_later_each_time(server: Server, tmp_path: Path) -> None:
    server.answers = [plain(503), plain(429), whole()]
    waits: list[float] = []
    done = fetch(source(server), tmp_path, local=True, sleep=waits.append)
    assert (done.sha256, waits) == (HASH, [1.0, 2.0])


def test_in_the_end_it_gives_up(server: Server, tmp_path: Path) -> None:
    server.answers = [plain(503)]
    assert refusal(lambda: get(server, tmp_path)) == (
        f"{server.url} could not be read after 4 tries: the server answers 503. Try again later."
    )
    assert len(server.asked) == 4
    server.answers = [whole(stop=300_000)]
    message = refusal(lambda: get(server, tmp_path, attempts=1))
    assert "bytes are kept. Try again later; the download goes on where it stopped." in message


@pytest.mark.parametrize(("status", "why"), [
    (404, "There is no such file any more."), (403, "The server does not give it."),
    (204, "The server does not"),
])  # fmt: skip
def test_a_no_is_taken_at_once(server: Server, tmp_path: Path, status: int, why: str) -> None:
    server.answers = [plain(status)]
    message = refusal(lambda: get(server, tmp_path))
    assert message.startswith(f"{server.url} answers {status}. {why}")
    assert len(server.asked) == 1
    assert names(tmp_path) == []


def test_a_redirect_inside_the_listed_hosts(server: Server, tmp_path: Path) -> None:
    server.answers = [plain(302, "/elsewhere/x"), whole()]
    assert get(server, tmp_path).path.name == "file.csv"
    assert [path for path, _ in server.asked] == ["/data/file.csv", "/elsewhere/x"]


@pytest.mark.parametrize("location", [
    "https://elsewhere.example/x", "http://localhost/x", "ftp://127.0.0.1/x", "file:///etc/passwd",
    "http://user:word@127.0.0.1/x", "//elsewhere.example/x", "http://127.0.0.1\\@elsewhere.example/",
])  # fmt: skip
def test_a_redirect_elsewhere_is_refused(server: Server, tmp_path: Path, location: str) -> None:
    server.answers = [plain(302, location)]
    assert "is refused: " in refusal(lambda: get(server, tmp_path))
    assert len(server.asked) == 1


def test_redirects_without_end(server: Server, tmp_path: Path) -> None:
    server.answers = [plain(307, "/again")]
    assert refusal(lambda: get(server, tmp_path)).startswith(
        f"http://127.0.0.1:{server.port}/again is refused: there are more than 3 redirects."
    )
    assert len(server.asked) == 4


@pytest.mark.parametrize("told", [True, False])
def test_the_cap(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bool) -> None:
    monkeypatch.setenv("HEARTLAND_LIMIT_FETCH_BYTES", "400000")
    if not told:

        def endless(handler: Any) -> None:
            handler.send_response(200)
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.wfile.write(CONTENT)

        server.answers = [endless]
    message = refusal(lambda: get(server, tmp_path))
    size = "1,024,000 bytes" if told else "more than 400,000 bytes"
    assert message.startswith(f"file.csv  the file has {size}, above the limit of 400,000.")
    assert names(tmp_path) == []


def test_a_packed_answer_is_refused(server: Server, tmp_path: Path) -> None:
    server.answers = [whole(Content_Encoding="gzip")]
    assert "packs the file once more" in refusal(lambda: get(server, tmp_path))


def test_no_server_at_all(tmp_path: Path) -> None:
    gone = Source("toy", "", "http://127.0.0.1:9/x.csv", (), "", 1.0, "", "")
    message = refusal(lambda: fetch(gone, tmp_path, local=True, sleep=lambda _: None))
    assert message.startswith("http://127.0.0.1:9/x.csv could not be read after 4 tries: ConnectError")


HOSTS = frozenset({"data.example", "127.0.0.1", "localhost", "10.0.0.1", "[::1]", "::1", "169.254.169.254"})
OUTSIDE = [
    "http://data.example/x", "ftp://data.example/x", "file:///etc/passwd", "data:text/plain,x",
    "javascript:1",
    "gopher://data.example/", "//data.example/x", "data.example/x", "", "https://", "https:///x",
    "https://x y/",
    "https://data.example:80/x", "https://data.example:22/x", "https://data.example:8443/x",
    "https://user@data.example/x", "https://user:pass@data.example/x", "https://data.example@evil.example/x",
    "https://evil.example/x", "https://data.example.evil.example/x", "https://evil.example/data.example",
    "https://evil.example#data.example", "https://evil.example?data.example", "https://data.example\\@evil/x",
    "https://data.example%2eevil.example/", "https://xn--data-example/x", "https://data。example/x",
    "https://data.example\t/x", "https://data.example\n/x", "https://data.example/\x00", "https://dаta.example/x",
    "https://[::1/x", "https://data.example:99999/x", "https://data.example:x/x", "https://.data.example/x",
    "https://data.example./x", "https://0/x", "https://0x7f.1/x", "https://2130706433/x", "https://127.1/x",
    "https://017700000001/x", "https://[::ffff:127.0.0.1]/x", "https://[::]/x", "https://[fe80::1]/x",
    "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.1/x", "https://[::1]/x",
    "https://169.254.169.254/latest/meta-data/", "HTTP://data.example/x", "https:data.example/x",
    "\\\\data.example\\x", "https://data.example\r\nHost: evil/x", "https://\u202edata.example/x",
]  # fmt: skip


@pytest.mark.parametrize("url", OUTSIDE)
def test_addresses_that_are_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    public = [(2, 1, 6, "", ("93.184.216.34", 443))]
    real = {"127.0.0.1", "localhost", "10.0.0.1", "::1", "169.254.169.254"}

    def resolve(host: str, *_: Any, **__: Any) -> list[Any]:
        address = {"localhost": "127.0.0.1"}.get(host, host)
        return [(2, 1, 6, "", (address, 443))] if host in real else public

    monkeypatch.setattr(fetch_line.socket, "getaddrinfo", resolve)
    with pytest.raises(HeartlandInputError, match="is refused: "):
        fetch_line.allowed_url(url, HOSTS)
    assert fetch_line.allowed_url("https://data.example/x", HOSTS) == ("data.example", "93.184.216.34")


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255", "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
    "ff02::1",
    "::ffff:10.0.0.1", "::ffff:8.8.8.8", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:1::", "fd00:ec2::254",
    "x", "",
])  # fmt: skip
def test_addresses_that_are_not_public(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not fetch_line.public_address(address)
    answers = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", (address, 443))]
    monkeypatch.setattr(fetch_line.socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(HeartlandInputError, match="which is not public"):
        fetch_line.allowed_url("https://data.example/x", HOSTS)


def test_public_addresses() -> None:
    assert fetch_line.public_address("93.184.216.34")
    assert fetch_line.public_address("2606:2800:220:1:248:1893:25c8:1946")


def test_the_checked_address_is_the_one_connected_to() -> None:
    pinned = fetch_line._pinned
    assert pinned("https://data.example/a?b=1", "93.184.216.34") == "https://93.184.216.34/a?b=1"
    assert pinned("http://localhost:81/a", "::1") == "http://[::1]:81/a"


def test_sources_of_the_table() -> None:
    from heartland.evidence.readers import READERS

    listed = fetching.known_sources()
    assert len({one.source for one in listed}) == len(listed)
    for one in listed:
        assert one.url.startswith("https://")
        assert one.licence
        assert one.megabytes > 0
        assert len(one.sha256) in (0, 64)
        assert not one.kind or one.kind in READERS
        assert fetching.target_of(one, Path("d")).parent == Path("d")
    assert refusal(lambda: fetching.known_source("ucdp-gde")) == (
        '"ucdp-gde" is no source that can be fetched. Only listed files are downloaded. Did you mean '
        "ucdp-ged? Sources: heartland fetch --list."
    )


@pytest.mark.parametrize("path", ["/", "/.hidden", "/a\\b", "/a:b", "/a|b"])
def test_an_address_that_names_no_file(path: str) -> None:
    one = replace(fetching.known_sources()[0], url=f"https://data.example{path}")
    assert refusal(lambda: fetching.target_of(one, Path("d"))) == f"https://data.example{path} names no file."
