"""How long all measures of volumes, durations and capacity take, and how much memory, beside the usual ways.

    make benchmark
    .venv/bin/python benchmarks/scale.py --rows 10000 1000000

Every way runs in a fresh process on two processors, on the same invented registry; README.md says how to read it.
Aim: ten million trajectories within 5 seconds and 1 GB. Tests do not run this.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
PEERS = HERE.parent / ".venv-peers" / "bin" / "python"
TITLES = {
    "all": "evaluation, all measures",
    "same": "evaluation, same work",
    "lifelines": "pandas, lifelines",
    "statsmodels": "pandas, statsmodels on rows",
}
OWN = ("all", "same")
PROCESSORS = 2
TOO_LONG = 300  # seconds
THREADS = {name: str(PROCESSORS) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def confine() -> None:
    """Keep to two processors where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])


def run(way: str, folder: Path) -> dict[str, object] | str:
    """Return what one way measured in a fresh process, or why it did not."""
    interpreter, script = (sys.executable, "scale_measures.py") if way in OWN else (str(PEERS), "scale_peers.py")
    command = [interpreter, str(HERE / script), way, str(folder)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=TOO_LONG,
            env=os.environ | THREADS,
            preexec_fn=confine,
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {TOO_LONG} s"
    except FileNotFoundError:
        return "not installed: the environment of requirements-peers.txt could not be made"
    if done.returncode:
        return f"failed: {(done.stderr.strip().splitlines() or [f'exit code {done.returncode}'])[-1][:120]}"
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def median_run(way: str, folder: Path, times: int) -> dict[str, object] | str:
    """Return the run of median time."""
    runs = [run(way, folder) for _ in range(times)]
    measured = [found for found in runs if not isinstance(found, str)]
    if len(measured) < len(runs):
        return next(found for found in runs if isinstance(found, str))
    return sorted(measured, key=lambda found: float(str(found["seconds"])))[len(measured) // 2]


def differences(answers: dict[str, object], others: dict[str, object]) -> list[str]:
    """Name what two ways say differently."""
    return [name for name, value in others.items() if not _same(answers.get(name), value)]


def _same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-6 * max(abs(other), 1)
    return one == other


def line(rows: int, way: str, found: dict[str, object] | str, own: dict[str, object] | str) -> str:
    """Write one line of the table."""
    start = f"{rows:>12,}  {TITLES[way]:<28}"
    if isinstance(found, str):
        return f"{start}{found}"
    seconds, busy, opening, peak = (float(str(found[name])) for name in ("seconds", "cpu", "opening", "peak_mb"))
    numbers = f"{start}{seconds:>9.2f}{busy:>9.2f}{opening:>9.2f}{peak:>9.0f}"
    if way in OWN or isinstance(own, str):
        return numbers
    unlike = differences(dict(own["answers"]), dict(found["answers"]))  # type: ignore[call-overload]
    verdict = f"differs in {', '.join(unlike)}" if unlike else "same answers"
    alone = float(str(own["seconds"]))
    ratios = (seconds / alone, (seconds + opening) / (alone + float(str(own["opening"]))))
    return f"{numbers}{ratios[0]:>8.1f}x{ratios[1]:>13.1f}x  {verdict}"


def synthesised(folder: Path, rows: int) -> Path:
    """Make the registry of a size, without hours."""
    from evaluation.pipeline.inputs import write_synthetic  # noqa: PLC0415 - the other ways do without

    write_synthetic(folder / str(rows), seed=None, trajectories=rows, hours=False)
    return folder / str(rows)


def main() -> None:
    """Measure every way at every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--repeat", type=int, default=3, help="runs of our own way, of which the median counts")
    parser.add_argument("--registries", type=Path, help="folder with a registry per size, such as 10000, made before")
    given = parser.parse_args()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    where = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {where}, {PROCESSORS} of {os.cpu_count()} processors{load}\n")  # noqa: T201
    titles = f"{'seconds':>9}{'CPU s':>9}{'opening':>9}{'peak MB':>9}{'ratio':>9}{'with opening':>14}"
    print(f"{'rows':>12}  {'way':<28}{titles}")  # noqa: T201
    failed: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for rows in sorted(given.rows):
            made = given.registries / str(rows) if given.registries else synthesised(Path(scratch), rows)
            own: dict[str, object] | str = "not run"
            for way in TITLES:
                if way in failed:
                    found: dict[str, object] | str = f"skipped: gave no answer for {failed[way]:,} rows"
                else:
                    found = median_run(way, made, given.repeat if way in OWN else 1)
                if isinstance(found, str):
                    failed.setdefault(way, rows)
                own = found if way == "same" else own
                print(line(rows, way, found, own), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
