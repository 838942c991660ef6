"""A batch on a real scheduler with real workers, of which one is killed at work; and the cluster of this machine."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from distributed import Client

from evaluation.cli import main
from evaluation.parameters import ParameterError
from evaluation.pipeline.batch.cluster import cluster, require_same_project
from evaluation.pipeline.batch.grid import read_batch
from evaluation.pipeline.batch.results import COLUMNS
from evaluation.pipeline.batch.task import is_made, project_state
from evaluation.pipeline.edition_changes import changes_content, compare_states, read_state

pytestmark = pytest.mark.slow
# Two that can be made, and one that passes every check and fails in a cell of its notebook.
GRID = """
chapters: [benchmark]
grid: {reference_date: 2025-01-01, municipality: [Groningen, Utrecht]}
editions:
  broken: {reference_date: 2025-01-01, chapters: [pilot_change], pilot_change: {primary_instrument: nonsense}}
measures: [benchmark.gap_excl_6_2]
"""


@dataclass
class Run:
    """What a batch with a death left behind."""

    result: Result
    folder: Path
    file: Path
    killed: list[str] = field(default_factory=list)
    returncode: int | None = None


def module(name: str, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", f"distributed.cli.{name}", *arguments, "--host", "127.0.0.1", "--no-dashboard"]
    command += ["--dashboard-address", "127.0.0.1:0"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kill_one_at_work(address: str, by_name: dict[str, "subprocess.Popen[bytes]"], run: Run) -> None:
    """Kill the first worker that is seen to make an edition that can be made."""
    with Client(address, timeout=60) as client:
        while not run.killed:
            names = {own["name"]: where for where, own in client.scheduler_info()["workers"].items()}
            for where, keys in client.processing().items():
                made = [key for key in keys if not str(key).startswith("broken")]
                worker = next((name for name, place in names.items() if place == where), None)
                if made and worker and any((run.folder).glob(".running-*/.building-*")):
                    run.killed = list(map(str, made))
                    os.kill(by_name[worker].pid, signal.SIGKILL)
                    run.returncode = by_name[worker].wait(30)
                    return
            time.sleep(0.05)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    base = tmp_path_factory.mktemp("batch")
    address = f"tcp://127.0.0.1:{free_port()}"
    processes = [module("dask_scheduler", "--port", address.rpartition(":")[2])]
    workers = {}
    for name in ("one", "two"):
        arguments = [address, "--name", name, "--nthreads", "1", "--no-nanny", "--local-directory", str(base / name)]
        workers[name] = module("dask_worker", *arguments)
    try:
        (base / "many.yml").write_text(GRID)
        made = Run(Result(None, b"", b"", b"", None, 0, None), base / "batch" / "many", base / "many.yml")  # type: ignore[arg-type]
        with Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=120)
        killer = threading.Thread(target=kill_one_at_work, args=(address, workers, made), daemon=True)
        killer.start()
        arguments = [
            "batch",
            str(base / "many.yml"),
            "--scheduler",
            address,
            "--outputs",
            str(base),
            "--language",
            "en",
        ]
        made.result = CliRunner().invoke(main, arguments)
        killer.join(10)
        yield made
    finally:
        for process in [*workers.values(), *processes]:
            process.kill()
            process.wait(30)


def test_a_killed_worker_costs_no_edition(run: Run) -> None:
    assert run.returncode == -signal.SIGKILL
    (lost,) = run.killed
    name = lost.rpartition("-")[0]
    assert (run.folder / name / "index.html").is_file()
    results = {own.parent.name for own in run.folder.glob("*/results.json")}
    assert results == {"groningen", "utrecht"}
    assert not list(run.folder.glob(".running-*"))


def test_a_failed_edition_is_told_in_one_line_and_the_others_are_made(run: Run) -> None:
    assert run.result.exit_code == 1
    assert "2 of 3 editions: " in run.result.stdout
    (line,) = [line for line in run.result.stderr.splitlines() if line.startswith("  - ")]
    assert line.startswith("  - broken: 11_pilot_change.ipynb, edition broken, cell ")
    assert "nonsense" in line
    assert run.result.stderr.splitlines()[-1].startswith("evaluation: 1 of 3 editions were not made")
    assert not (run.folder / "broken").exists()
    assert "Traceback" not in run.result.output


def test_files_of_a_batch_are_for_their_owner_only(run: Run) -> None:
    assert [path.name for path in [run.folder, *run.folder.rglob("*")] if path.stat().st_mode & 0o077] == []


def test_the_table_holds_what_the_editions_hold(run: Run) -> None:
    table = pq.read_table(run.folder / "results.parquet")
    assert {own.name: own.metadata[b"description"].decode() for own in table.schema} == {
        name: told for name, (_kind, told) in COLUMNS.items()
    }
    rows = table.to_pylist()
    expected: list[dict[str, Any]] = []
    for name, municipality in (("groningen", "Groningen"), ("utrecht", "Utrecht")):
        content = json.loads((run.folder / name / "results.json").read_text())
        assert len(content["measures"]) == 24
        expected += [{"edition": name, "municipality": municipality, **entry} for entry in content["measures"]]
    assert [{key: row[key] for key in own} for row, own in zip(rows, expected, strict=True)] == expected
    assert {(row["reference_date"].isoformat(), row["language"]) for row in rows} == {("2025-01-01", "en")}
    in_csv = pd.read_csv(run.folder / "results.csv")
    assert in_csv["estimate"].tolist() == [row["estimate"] for row in rows]
    assert in_csv["sources"].tolist() == [" ".join(row["sources"]) for row in rows]


def test_the_page_ranks_as_the_table_does(run: Run) -> None:
    page = (run.folder / "index.html").read_text()
    rows = re.sub("</?span>", "", page)
    cells = re.findall(r"<th scope=\"row\" class=\"number\">(\d+)</th>\s*<td>(.*?)</td>\s*<td[^>]*>(.*?)</td>", rows)
    frame = pq.read_table(run.folder / "results.parquet").to_pandas()
    gaps = frame[frame["id"] == "benchmark.gap_excl_6_2"].sort_values("estimate")
    assert [(int(place), name) for place, name, _value in cells] == list(enumerate(gaps["municipality"], start=1))
    for (_place, _name, value), gap in zip(cells, gaps["estimate"], strict=True):
        assert value.replace("−", "-").startswith(f"{100 * gap:+.1f} (")  # percentage points
    for name in ("ranking", "map"):
        file = f"figures/{name}_benchmark-gap-excl-6-2.svg"
        assert f'src="{file}"' in page
        assert (run.folder / file).read_text().startswith("<svg")
    assert 'href="utrecht/index.html"' in page
    assert "broken" in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_an_edition_about_another_municipality_says_so_and_judges_no_statement(run: Run) -> None:
    front = (run.folder / "utrecht" / "index.html").read_text()
    assert "Spending on youth care: Utrecht beside other municipalities" in front
    assert "no statement is judged" in front
    assert "and every statement" not in front
    assert not (run.folder / "utrecht" / "claims.json").exists()
    for page in (run.folder / "utrecht").glob("*.html"):
        linked = set(re.findall(r'(?:href|src)="([^"#:]+)(?:#[^"]*)?"', page.read_text()))
        assert not [file for file in linked if not (page.parent / file).exists()], page.name
    chapter = (run.folder / "utrecht" / "benchmark.html").read_text()
    assert "Did spending on youth care in Utrecht grow in line" in chapter
    assert "total of the presentations" not in chapter


def test_two_editions_without_statements_are_compared_by_their_values(run: Run) -> None:
    groningen, utrecht = (read_state(run.folder / name) for name in ("groningen", "utrecht"))
    content = changes_content(compare_states(groningen, utrecht))
    assert [content[name] for name in ("verdicts", "verdicts_new", "verdicts_gone", "measures_new")] == [[]] * 4
    changed = {own["id"] for own in content["measures"]}
    assert "benchmark.gap_excl_6_2" in changed
    assert "benchmark.national_growth_excl_6_2" not in changed  # the country is the same for both


def test_what_was_made_from_the_same_project_is_not_made_again(run: Run) -> None:
    state = project_state()
    editions = {own.edition.name: own.edition for own in read_batch(run.file).editions}
    made = {name: is_made(run.folder, own, "en", state) for name, own in editions.items()}
    assert made == {"broken": False, "groningen": True, "utrecht": True}
    assert not is_made(run.folder, editions["utrecht"], "nl", state)
    assert not is_made(run.folder, editions["utrecht"], "en", type(state)("other", state.python))


def test_the_cluster_of_this_machine_is_private_and_a_worker_with_another_version_is_refused(tmp_path: Path) -> None:
    others = set(psutil.Process().children(recursive=True))
    with cluster(None, 1, 1) as client:
        info = client.scheduler_info()
        assert info["address"].startswith(("tls://127.0.0.1:", "tcp://127.0.0.1:"))
        family = {psutil.Process(), *psutil.Process().children(recursive=True)} - others
        heard = [own for process in family for own in process.net_connections("inet") if own.status == "LISTEN"]
        assert len(heard) >= 2  # the scheduler and the worker
        assert {own.laddr.ip for own in heard} == {"127.0.0.1"}
        assert require_same_project(client, tmp_path) == 1
        assert list(tmp_path.iterdir()) == []
        if info["address"].startswith("tls"):
            with pytest.raises(OSError):
                Client(info["address"].replace("tls", "tcp"), timeout=2)
        client.run(_change_version)
        with pytest.raises(ParameterError, match=r"worker t.*has another version of the project \(other, Python"):
            require_same_project(client, tmp_path)


_change_version = eval(  # by value: a worker knows no module of the tests
    "lambda: setattr((module := __import__('evaluation.pipeline.batch.task', fromlist=['task'])), 'project_state',"
    " lambda: module.ProjectState('other', '3.0'))"
)
