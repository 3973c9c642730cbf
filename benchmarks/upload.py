"""Time uploads against `requests` into a socket that discards, and against `curl` into the emulator.

Both pairs run side by side, in turns; then the peak memory of an upload is read in a process of its own.
Client and server need a core each: on a busy machine ours, which hashes too, loses more than `curl` does.
``--size-gib`` makes the file smaller or larger, ``--rounds`` the turns more or fewer.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from hashlib import md5
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from socket import create_server, socket
from typing import Any

import requests

from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.http import FileBody, LocalBudget, SystemClock, Transport
from zenodo_harvest.progress import NoProgress
from zenodo_harvest.sites import Site

TOKEN = "emulator-token"  # noqa: S105 - the emulator's own
BLOCK = 1 << 20
LONGEST_S = 3600
SHARE, ABOVE_MIB = 0.9, 64
MEMORY = """
import sys
from pathlib import Path
from zenodo_harvest.client import Client
import zenodo_harvest.deposit, zenodo_harvest.http, requests

def peak_kb():  # of this program alone: getrusage counts the process that it was started from
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])

class Server:
    url = sys.argv[1]
    def close(self): pass

idle_kb = peak_kb()
with Client(Server(), token=sys.argv[3]) as client:
    deposit = client.deposits.create()
    client.deposits.upload(deposit.id, Path(sys.argv[2]))
    client.deposits.delete(deposit.id)
print(idle_kb, peak_kb())
"""


class Server:
    """The address of a server that another process runs."""

    def __init__(self, url: str) -> None:
        self.url = url

    def close(self) -> None:
        """Leave it to the process that runs it."""


class Hashed:
    """A file for `requests`: it is read in blocks and hashed on the way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size_bytes = path.stat().st_size
        self.md5 = ""

    def __len__(self) -> int:
        return self._size_bytes

    def __iter__(self) -> Iterator[bytes]:
        digest = md5(usedforsecurity=False)
        with self._path.open("rb", buffering=0) as file:
            while block := file.read(BLOCK):
                digest.update(block)
                yield block
        self.md5 = digest.hexdigest()


def discard(pipe: Connection) -> None:
    """Take requests one after the other, throw their bodies away, answer each with an empty object."""
    with create_server(("127.0.0.1", 0)) as listening:
        pipe.send(f"http://127.0.0.1:{listening.getsockname()[1]}")
        while True:
            connection, _ = listening.accept()
            with connection:
                while _take(connection):
                    connection.sendall(
                        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
                    )


def _take(connection: socket) -> bool:
    """Read one request to its end; False where there is none."""
    head = bytearray()
    while b"\r\n\r\n" not in head:
        piece = connection.recv(1 << 16)
        if not piece:
            return False
        head += piece
    headers, _, body = head.partition(b"\r\n\r\n")
    missing = int(headers.lower().split(b"content-length:")[1].split(b"\r\n")[0]) - len(body)
    buffer = memoryview(bytearray(BLOCK))
    while missing > 0:
        got = connection.recv_into(buffer[: min(BLOCK, missing)])
        if not got:
            return False
        missing -= got
    return True


def emulate(pipe: Connection, folder: Path) -> None:
    """Run an emulator that keeps its state, and so the bytes it is sent, in a folder."""
    with Emulator(limits="off", state=folder) as emulator:
        pipe.send(emulator.url)
        while True:
            time.sleep(60)


@contextmanager
def running(serve: Callable[..., None], *arguments: Any) -> Iterator[str]:
    """Run a server in a process of its own and yield its address."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, *arguments), daemon=True)
    process.start()
    try:
        if not ours.poll(60):
            raise TimeoutError("the server did not start")
        yield ours.recv()
    finally:
        process.kill()
        process.join()


def elapsed_s(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def put_by_requests(url: str, path: Path) -> None:
    body = Hashed(path)
    requests.put(f"{url}/file", data=body, timeout=300).raise_for_status()
    assert body.md5


def put_by_transport(url: str, path: Path) -> None:
    with (
        LocalBudget(clock=SystemClock(), progress=NoProgress()) as budget,
        closing(Transport(Site("discard", url), user_agent="benchmark", budget=budget)) as transport,
    ):
        body = FileBody(path)
        transport.send("PUT", "/file", body=body)
    assert body.md5


def put_by_curl(bucket_url: str, path: Path) -> None:
    options = ("--silent", "--show-error", "--fail", "--max-time", str(LONGEST_S))
    headers = (f"Authorization: Bearer {TOKEN}", "Content-Type: application/octet-stream")
    subprocess.run(
        [
            "curl",
            *options,
            *(part for header in headers for part in ("--header", header)),
            *("--upload-file", str(path), f"{bucket_url}/{path.name}"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


class Desk:
    """Deposits on the emulator, a new one for each upload."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = Client(Server(url), token=TOKEN)

    def by_curl_s(self, path: Path) -> float:
        """Return how long `curl` takes to put a file into the bucket of a draft."""
        id_ = self._client.deposits.create().id
        answer = requests.get(
            f"{self._url}/api/deposit/depositions/{id_}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
        )
        return self._timed_s(id_, lambda: put_by_curl(answer.json()["links"]["bucket"], path))

    def by_client_s(self, path: Path) -> float:
        """Return how long our own upload takes, with all that it makes sure of before and after."""
        id_ = self._client.deposits.create().id
        return self._timed_s(id_, lambda: self._client.deposits.upload(id_, path))

    def _timed_s(self, id_: str, work: Callable[[], object]) -> float:
        """Time what fills a draft, make sure that it is filled, and delete it with its bytes."""
        taken_s = elapsed_s(work)
        (file,) = self._client.deposits.files(id_)
        assert file.is_complete
        self._client.deposits.delete(id_)
        return taken_s

    def close(self) -> None:
        self._client.close()


def in_turns(rounds: int, *works: Callable[[], float]) -> list[list[float]]:
    """Return what each of `works` took in each round; whoever was last is first in the next."""
    taken: list[list[float]] = [[] for _ in works]
    for number in range(rounds):
        for index in range(len(works)) if number % 2 == 0 else reversed(range(len(works))):
            taken[index].append(works[index]())
    return taken


def show(names: tuple[str, str], taken: list[list[float]], size_bytes: int) -> bool:
    """Print both speeds, and ours as a share of theirs; tell whether it is as promised at best."""
    for name, times_s in zip(names, taken, strict=True):
        rates = " ".join(f"{size_bytes / 1e6 / each:6.0f}" for each in times_s)
        print(f"{name:<42}{size_bytes / 1e6 / min(times_s):6.0f} MB/s at best   of {rates}")
    best = min(taken[0]) / min(taken[1])
    median = statistics.median(taken[0]) / statistics.median(taken[1])
    print(f"{'ratio':<42}{best:6.2f} at best, {median:.2f} at the median   (promised: at least {SHARE:.2f})")
    return best >= SHARE


def fill(path: Path, size_bytes: int) -> None:
    """Write a file without holes."""
    block = os.urandom(BLOCK)
    with path.open("wb") as file:
        for start in range(0, size_bytes, BLOCK):
            file.write(block[: size_bytes - start])


def show_memory(url: str, path: Path, folder: str) -> bool:
    """Print the peak of a process that uploads, above what it holds when it only imported."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, url, str(path), TOKEN],
        check=True,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        env={**os.environ, "XDG_CACHE_HOME": folder},
    )
    idle_kb, peak_kb = map(int, done.stdout.split())
    above_mib = (peak_kb - idle_kb) / 1024
    print(f"peak memory {peak_kb // 1024} MiB, {above_mib:.1f} above idle   (promised: at most {ABOVE_MIB})")
    return above_mib <= ABOVE_MIB


def _out_of_time(*_: object) -> None:
    raise TimeoutError(f"it took more than {LONGEST_S} s")


def main() -> int:
    """Print speeds, ratios and memory; the exit code says whether all are as promised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--size-gib", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.alarm(LONGEST_S)
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory(prefix="zenodo-harvest-upload-"))
        os.environ["XDG_CACHE_HOME"] = folder
        path, size_bytes = Path(folder) / "file.bin", int(asked.size_gib * (1 << 30))
        fill(path, size_bytes)
        load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before"
        print(f"{size_bytes / (1 << 30):.2f} GiB, {asked.rounds} rounds, {load}")
        with running(discard) as url:
            taken = in_turns(
                asked.rounds,
                lambda: elapsed_s(lambda: put_by_requests(url, path)),
                lambda: elapsed_s(lambda: put_by_transport(url, path)),
            )
        kept = [
            show(("requests with md5, discarded", "Transport with FileBody, discarded"), taken, size_bytes)
        ]
        with running(emulate, Path(folder) / "state") as url:
            with closing(Desk(url)) as desk:
                taken = in_turns(asked.rounds, lambda: desk.by_curl_s(path), lambda: desk.by_client_s(path))
            kept.append(
                show(("curl -T, stored and hashed", "deposits.upload, stored and hashed"), taken, size_bytes)
            )
            kept.append(show_memory(url, path, folder))
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
