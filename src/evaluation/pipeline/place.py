"""The folder of the outputs: one run at a time writes there, aside, and puts an edition in place in one step."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from evaluation.sources.temporary import TEMPORARY, own_prefix

LOCK = ".lock"
BUILDING = ".building-"
PREVIOUS = ".previous"


class BusyError(Exception):
    """Another run is writing to the same outputs."""


@contextmanager
def place_to_build(outputs: Path, on_wait: Callable[[str], None] | None) -> Iterator[Path]:
    """Give a folder aside, to this run alone, and take it away afterwards.

    What a run left that was killed is cleared away first. While it lasts, temporary files of this process and of those
    that it starts go to a folder of their own, `temporary_folder`.

    Parameters
    ----------
    outputs
        Folder of the editions; made when it is not there.
    on_wait
        Told, in one line, when another run has to be waited for; None to not wait.

    Raises
    ------
    BusyError
        When there is another run and nobody waits.
    """
    with only_run(outputs, on_wait):
        _clear_away(outputs)
        # What cannot be removed must not hide why the run failed; the next one clears it away.
        aside = tempfile.TemporaryDirectory(prefix=BUILDING, dir=outputs, ignore_cleanup_errors=True)
        with aside as building, _temporary_folder():
            yield Path(building)


@contextmanager
def only_run(outputs: Path, on_wait: Callable[[str], None] | None) -> Iterator[None]:
    """Let no other process write to a folder of outputs while the block runs; it may hold the folder more than once.

    Parameters and errors are those of `place_to_build`. The system lets go of the folder when the process dies.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    lock = FileLock(outputs / LOCK, mode=0o600, is_singleton=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        said = f"another run is writing to {outputs}"
        if on_wait is None:
            raise BusyError(f"{said}; try again when it is done") from None
        on_wait(f"{said}; waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def temporary_folder() -> Path:
    """Where temporary files go now."""
    return Path(tempfile.gettempdir())


@contextmanager
def _temporary_folder() -> Iterator[None]:
    before, named = tempfile.tempdir, os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix=own_prefix(), ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        try:
            yield
        finally:
            tempfile.tempdir = before
            if named is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = named


def put_in_place(built: Path, target: Path) -> None:
    """Let a built folder take the place of the previous one.

    Where the system can exchange two folders it is one step: at every moment one of the two is there, whole. Elsewhere
    it takes two, and the next run puts the previous one back if this one is ended between them. Where it was built
    nothing stays.
    """
    if not target.exists():
        built.rename(target)
    elif _exchanged(built, target):
        shutil.rmtree(built, ignore_errors=True)  # the previous one, which is not what this run built
    else:
        previous = target.with_name(f".{target.name}{PREVIOUS}")
        target.rename(previous)
        try:
            built.rename(target)
        except BaseException:
            previous.rename(target)
            raise
        shutil.rmtree(previous, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, or return False where that cannot be done."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of renameat2(2)
    if rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _clear_away(outputs: Path) -> None:
    """Clear away what a run left that was killed; the lock says that there is no other."""
    for previous in outputs.glob(f".*{PREVIOUS}"):
        target = outputs / previous.name.removeprefix(".").removesuffix(PREVIOUS)
        if target.exists():
            shutil.rmtree(previous, ignore_errors=True)
        else:
            previous.rename(target)
    for left in (*outputs.glob(f"{BUILDING}*"), *filter(_abandoned, temporary_folder().glob(f"{TEMPORARY}*-*"))):
        shutil.rmtree(left, ignore_errors=True)


def _abandoned(folder: Path) -> bool:
    """Whether the run that a temporary folder belonged to is gone."""
    number = folder.name.split("-")[1]
    if not number.isdigit() or os.name != "posix":
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's
        return False
    return False
