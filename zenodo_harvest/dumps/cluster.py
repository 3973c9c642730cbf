"""A Dask cluster as the executor of a conversion."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from zenodo_harvest.errors import ServerError, UsageError

CONNECT_TIMEOUT_S = 15


@contextmanager
def dask_cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Connect to the Dask cluster at `address`; yield its executor and how many threads it has.

    Raises:
        UsageError: Dask is not installed.
        ServerError: No scheduler answers there, it has no worker, or its workers fail.
    """
    distributed = _distributed()
    with _connected(distributed, address) as client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise ServerError(
                f"The Dask cluster at {address} has no worker.", hint="Start one: dask worker ADDRESS."
            )
        try:
            yield client.get_executor(), threads
        except (distributed.KilledWorker, distributed.comm.CommClosedError) as error:
            raise ServerError(
                f"The Dask cluster at {address} lost its workers.",
                hint="Look into its logs; then start over.",
            ) from error
        except ModuleNotFoundError as error:
            raise ServerError(
                f"The Dask workers at {address} lack a module: {error}.",
                hint="Install the same version of zenodo-harvest on every machine.",
            ) from error


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        raise UsageError(
            "Dask is not installed.", hint="Install it with: pip install 'zenodo-harvest[dask]'"
        ) from error


def _connected(distributed: Any, address: str) -> Any:
    try:
        return distributed.Client(address, timeout=CONNECT_TIMEOUT_S)
    except (OSError, ValueError) as error:
        raise ServerError(
            f"No Dask scheduler answers at {address}.", hint="Check the address, such as tcp://host:8786."
        ) from error
