"""Time uploads side by side: against `requests` with md5 into a socket that discards, and against `curl -T`.

Each upload runs in a process of its own; servers are others. They take turns, and the best of the rounds
counts. Memory is what the process takes above one that has imported the same and sent a small file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROMISED_SHARE = 0.9
PROMISED_MIB = 64
_SMALL_BYTES = 1 << 20
_LIMIT_S = 600

OURS = """
import sys, time
from pathlib import Path
from zenodo_harvest.client import Client
from zenodo_harvest.sites import Site

url, token, id_, path, key = sys.argv[1:]
with Client(Site("emulator", url, is_emulator=True), token) as client:
    begun = time.perf_counter()
    client.deposits.upload(id_, path, key=key)
    print(time.perf_counter() - begun)
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
OURS_DISCARDED = """
import sys, time
from pathlib import Path
from zenodo_harvest.http import FileBody, Transport
from zenodo_harvest.sites import Site

url, path = sys.argv[1:]
with Transport(Site("discard", url), user_agent="benchmark") as transport:
    begun = time.perf_counter()
    transport.send("PUT", "/file", body=FileBody(Path(path)))
    print(time.perf_counter() - begun)
"""
REQUESTS_DISCARDED = """
import hashlib, os, sys, time
import requests

url, path = sys.argv[1:]

class Hashed:
    def __init__(self, file):
        self.file, self.md5 = file, hashlib.md5()
    def read(self, size=-1):
        block = self.file.read(size)
        self.md5.update(block)
        return block
    def __iter__(self):  # what tells requests that it is to be streamed
        return iter(lambda: self.read(1 << 14), b"")
    def __len__(self):
        return os.fstat(self.file.fileno()).st_size

with open(path, "rb") as file:
    body = Hashed(file)
    begun = time.perf_counter()
    requests.put(f"{url}/file", data=body, timeout=60).raise_for_status()
    print(time.perf_counter() - begun)
"""
DISCARDING = """
import socket

listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
buffer = memoryview(bytearray(1 << 20))
while True:
    connection, _ = listening.accept()
    head = b""
    while b"\\r\\n\\r\\n" not in head:
        head += connection.recv(65536)
    head, rest = head.split(b"\\r\\n\\r\\n", 1)
    left = int([line for line in head.lower().split(b"\\r\\n") if line.startswith(b"content-length")][0][15:])
    left -= len(rest)
    while left:
        left -= connection.recv_into(buffer, min(left, len(buffer)))
    head = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\n"
    connection.sendall(head + b"Content-Length: 2\\r\\n\\r\\n{}")
    connection.close()
"""
EMULATING = """
import sys
from pathlib import Path
from zenodo_harvest.emulator import Emulator

with Emulator(limits="off", state=Path(sys.argv[1])) as emulator:
    print(emulator.url, emulator.token, flush=True)
    sys.stdin.read()
"""


@contextmanager
def serving(code: str, *arguments: str) -> Iterator[str]:
    """Run a server in a process of its own; yield the line that it says when it is ready."""
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def run(code: str, *arguments: str) -> list[float]:
    """Run code in a process of its own and return the numbers that it says."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_LIMIT_S)
    return [float(word) for word in done.stdout.split()]


def curl(url: str, token: str, path: Path) -> float:
    """Send a file with curl into a bucket and return the seconds."""
    begun = time.perf_counter()
    subprocess.run(
        [
            "curl",
            "--silent",
            "--fail",
            "-H",
            "Expect:",
            "-H",
            f"Authorization: Bearer {token}",
            "-T",
            path,
            url,
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=_LIMIT_S,
    )
    return time.perf_counter() - begun


def new_deposit(url: str, token: str) -> tuple[str, str]:
    """Return the number and the bucket of a new deposit."""
    import requests

    headers = {"Authorization": f"Bearer {token}"}
    made = requests.post(f"{url}/api/deposit/depositions", json={}, headers=headers, timeout=60).json()
    return str(made["id"]), made["links"]["bucket"]


def drop(url: str, token: str, id_: str) -> None:
    """Delete a deposit, so that the disk holds one copy at a time."""
    import requests

    headers = {"Authorization": f"Bearer {token}"}
    requests.delete(f"{url}/api/deposit/depositions/{id_}", headers=headers, timeout=60)


def into_a_socket(path: Path, rounds: int) -> dict[str, float]:
    """Return the best seconds of ours and of `requests` into a socket that discards."""
    ours, theirs = [], []
    with serving(DISCARDING) as port:
        url = f"http://127.0.0.1:{port}"
        for _ in range(rounds):
            theirs += run(REQUESTS_DISCARDED, url, str(path))
            ours += run(OURS_DISCARDED, url, str(path))
    return {"ours": min(ours), "requests": min(theirs)}


def into_the_emulator(path: Path, small: Path, rounds: int, folder: Path) -> tuple[dict[str, float], float]:
    """Return the best seconds of ours and of curl into the emulator, and our memory in MiB above idle."""
    ours, theirs, peaks, idle = [], [], [], []
    with serving(EMULATING, str(folder / "state")) as said:
        url, token = said.split()
        for _ in range(rounds):
            id_, bucket = new_deposit(url, token)
            theirs.append(curl(f"{bucket}/file", token, path))
            drop(url, token, id_)
            id_, _ = new_deposit(url, token)
            idle.append(run(OURS, url, token, id_, str(small), "small")[1])
            seconds, peak_kib = run(OURS, url, token, id_, str(path), "file")
            ours.append(seconds)
            peaks.append(peak_kib)
            drop(url, token, id_)
    return {"ours": min(ours), "curl": min(theirs)}, (max(peaks) - min(idle)) / 1024


def main() -> int:
    """Measure, print the figures and say by the exit code whether they are as promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zenodo-harvest-upload-") as name:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        path, small = folder / "file", folder / "small"
        small.write_bytes(os.urandom(_SMALL_BYTES))
        with path.open("wb") as file:
            block = os.urandom(1 << 20)
            for _ in range(options.mib):
                file.write(block)
        socket_s = into_a_socket(path, options.rounds)
        emulator_s, memory_mib = into_the_emulator(path, small, options.rounds, folder)
    shares = {
        "of requests with md5 into a socket": socket_s["requests"] / socket_s["ours"],
        "of curl -T into the emulator": emulator_s["curl"] / emulator_s["ours"],
    }
    print(
        f"{options.mib:,} MiB, best of {options.rounds} rounds, seconds: {json.dumps(socket_s | emulator_s)}"
    )
    for what, share in shares.items():
        print(f"{share:.2f} of the speed {what} (promised {PROMISED_SHARE})")
    print(f"{memory_mib:.0f} MiB above an idle process (promised {PROMISED_MIB})")
    return int(min(shares.values()) < PROMISED_SHARE or memory_mib > PROMISED_MIB)


if __name__ == "__main__":
    sys.exit(main())
