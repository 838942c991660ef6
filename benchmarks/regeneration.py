"""How long it takes to make an edition: this project's run beside the usual tools, in one run on one machine.

The ways, all on the same notebooks with the same parameters:

- ``papermill`` from the command line and then ``jupyter nbconvert`` to HTML, notebook by notebook;
- ``evaluation run``, everything made anew: all of it, with its report, workbook and document, and of it the time from
  the command to the last chapter;
- the same again, when nothing changed;
- the floor: only the cells of the notebooks, in processes that have everything imported, one for each core.

Run it with ``make benchmark``, on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from evaluation.pipeline.editions import read_editions
from evaluation.pipeline.making import notebook_code
from evaluation.pipeline.plan import Task, books
from evaluation.pipeline.project import ROOT
from evaluation.pipeline.server import SINGLE_THREADED

EDITION = "2025-01-01"
ANEW = "evaluation run, everything anew"
BIN = Path(sys.executable).parent


def tasks(folder: Path) -> list[Task]:
    """The notebooks of the edition, writing to a folder."""
    (book,) = books([read_editions()[EDITION]], "nl", {}, None, folder)
    for task in book.tasks:
        task.target.parent.mkdir(parents=True, exist_ok=True)
    return list(book.tasks)


def usual(folder: Path) -> None:
    """Run papermill's command and then nbconvert's, notebook by notebook."""
    for task in tasks(folder):
        given = json.dumps(task.parameters.model_dump(mode="json"))  # JSON is YAML, and keeps numbers apart from text
        command = [BIN / "papermill", "--no-progress-bar", "-y", given, task.chapter.path, task.target]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        subprocess.run([BIN / "jupyter", "nbconvert", "--to", "html", task.target], check=True, capture_output=True)


def ours(folder: Path) -> None:
    """Run the project's command."""
    subprocess.run([BIN / "evaluation", "run", EDITION, "--outputs", folder], check=True, capture_output=True)


def until_the_last_chapter(folder: Path, start: float) -> float:
    """Seconds from a moment to when the last notebook of an edition was written."""
    return max(notebook.stat().st_mtime for notebook in (folder / EDITION / "notebooks").glob("*.ipynb")) - start


def floor(folder: Path) -> float:
    """Run the cells alone and return the seconds they took together, without the imports before them."""
    from evaluation.pipeline.warm import load  # noqa: PLC0415 - in a process of its own, see `floor_alone`

    load()
    todo = tasks(folder)
    with multiprocessing.get_context("fork").Pool(os.cpu_count() or 1, maxtasksperchild=1) as pool:
        start = time.monotonic()
        pool.map(cells, todo, chunksize=1)
        return time.monotonic() - start


def cells(task: Task) -> None:
    """Run the cells of a notebook, with its parameters after the cell that declares them."""
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for the rest of this process
    given = task.parameters.model_dump(mode="json")
    known: dict[str, object] = {}
    for code in notebook_code(task.chapter.path):
        exec(compile(code, task.chapter.name, "exec"), known)
        # After the cell that declares them, and only then, for later cells use the names anew.
        if given and given.keys() <= known.keys():
            known, given = known | given, {}


def floor_alone(folder: Path) -> float:
    """Measure the floor in a process of its own, single-threaded as the kernels are."""
    paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    code = f"from regeneration import floor; from pathlib import Path; print(floor(Path({str(folder)!r})))"
    environment = {**os.environ, **SINGLE_THREADED, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def timed(way: Callable[[Path], object], folder: Path) -> float:
    """Seconds of one way."""
    start = time.monotonic()
    way(folder)
    return time.monotonic() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=1, help="times; the shortest of each way counts")
    repeat = parser.parse_args().repeat
    found: dict[str, list[float]] = {}
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as aside:
            folder = Path(aside)
            found.setdefault("papermill and nbconvert, from the command line", []).append(timed(usual, folder / "u"))
            start = time.time()
            found.setdefault(ANEW, []).append(timed(ours, folder / "o"))
            found.setdefault("  of which all chapters, from the command on", []).append(
                until_the_last_chapter(folder / "o", start)
            )
            found.setdefault("evaluation run, nothing changed", []).append(timed(ours, folder / "o"))
            found.setdefault("the cells alone, everything imported", []).append(floor_alone(folder / "f"))
    best = {name: min(times) for name, times in found.items()}
    reference = best[ANEW]
    print(f"Edition {EDITION}, {len(tasks(Path(tempfile.gettempdir()) / 'none'))} notebooks, {os.cpu_count()} cores")  # noqa: T201
    for name, seconds in best.items():
        print(f"{name:<50} {seconds:7.1f} s  {seconds / reference:6.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
