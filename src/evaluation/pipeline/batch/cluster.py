"""Where a batch runs: a cluster on this machine, or one that a scheduler leads; its workers are checked first.

The cluster on this machine listens on the loopback address only, has no dashboard, and speaks TLS with a key that
exists as long as the batch, where the system has ``openssl``: whoever can talk to a worker can run code as its user.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import dask
from distributed import Client, LocalCluster
from distributed.security import Security

from evaluation.parameters import ParameterError
from evaluation.pipeline.batch.task import project_state, writes_to
from evaluation.sources.temporary import own_prefix

CONNECT_SECONDS = 5
WORKERS_SECONDS = 10
FAILURES = 2  # deaths of a worker that an edition survives, and tries after an error that nobody foresaw
BYTES_PER_WORKER = 2e9  # a worker, the kernel of its notebook, and room for a registry
OPENSSL = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=batch"
_SETTINGS = {
    "distributed.scheduler.allowed-failures": FAILURES,
    "distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s",
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.limit": "1h",  # papermill keeps a worker busy, which is no cause for a warning
}


@contextlib.contextmanager
def cluster(scheduler: str | None, workers: int | None, editions: int) -> Iterator[Client]:
    """Open a client of the scheduler, or of a cluster on this machine that ends with the batch.

    Parameters
    ----------
    scheduler
        Address such as ``tcp://host:8786``; None for this machine.
    workers
        Processes on this machine; by default one per core, fewer with little memory or few editions.
    editions
        How many there are to make.

    Raises
    ------
    ParameterError
        When the scheduler does not answer or has no workers.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # a death is told by what it did to an edition
    with dask.config.set(_SETTINGS):
        if scheduler is not None:
            with _connected(scheduler) as client:
                yield client
            return
        with (
            _own_folder() as own,
            dask.config.set({"temporary-directory": str(own)}),
            LocalCluster(
                n_workers=workers or _default_workers(editions),
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                protocol="tls://" if (security := _security(own)) else "tcp://",
                security=security,
                # An HTTP server cannot be left out; this one is heard on this machine only, and serves no page.
                dashboard_address="127.0.0.1:0",
                worker_dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                memory_limit="auto",
                silence_logs=logging.CRITICAL,
            ) as local,
            Client(local, timeout=60) as client,
        ):
            yield client


@contextlib.contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError):
        raise ParameterError(
            f"--scheduler {scheduler}: no answer within {CONNECT_SECONDS} seconds; start it with dask scheduler, or "
            "leave out --scheduler to run on this machine"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            raise ParameterError(
                f"--scheduler {scheduler}: it has no workers; start some with dask worker {scheduler} --nthreads 1"
            ) from None
        yield client


def require_same_project(client: Client, folder: Path) -> int:
    """Check that every worker has this version of the project and writes to this folder; return their number.

    Raises
    ------
    ParameterError
        Naming the first worker that does not, and what to do.
    """
    here, token = project_state(), f".seen-{uuid.uuid4().hex}"
    states = client.run(project_state, on_error="return")
    for worker, state in states.items():
        if isinstance(state, BaseException):
            reason = " ".join(str(state).split()) or type(state).__name__
            raise ParameterError(
                f"worker {worker} cannot load the project ({reason}); install this version there, and start it again"
            )
        if state != here:
            raise ParameterError(
                f"worker {worker} has another version of the project ({state.fingerprint}, Python {state.python}; here "
                f"{here.fingerprint}, Python {here.python}); bring it to this one and start it again"
            )
    (folder / token).touch()
    try:
        for worker, problem in client.run(writes_to, str(folder), token).items():
            if problem:
                raise ParameterError(
                    f"worker {worker} {problem}: {folder}; choose --outputs on storage that all workers share"
                )
    finally:
        (folder / token).unlink()
    return len(states)


def _default_workers(editions: int) -> int:
    from distributed.system import MEMORY_LIMIT  # noqa: PLC0415 - reads the machine

    return max(1, min(os.cpu_count() or 1, int(MEMORY_LIMIT / BYTES_PER_WORKER), editions))


@contextlib.contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder for the key and for what workers put aside, which a later run clears away if this one is killed."""
    with tempfile.TemporaryDirectory(prefix=own_prefix(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _security(folder: Path) -> Security | None:
    """A key and its certificate for this batch only; None where the system has no ``openssl``."""
    if shutil.which("openssl") is None:
        return None
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [*OPENSSL.split(), "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    pairs = {f"tls_{who}_{what}": str(path) for who in ("client", "scheduler", "worker")
             for what, path in (("key", key), ("cert", certificate))}  # fmt: skip
    return Security(tls_ca_file=str(certificate), require_encryption=True, **pairs)
