"""Refreshing the benchmark, against a local server that answers as CBS does: padded codes, pages, sentinels."""

from __future__ import annotations

import copy
import json
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from click.testing import CliRunner

from evaluation.cli import main
from evaluation.pipeline.refresh import refresh_benchmark
from evaluation.sources import SourceError
from evaluation.sources.benchmark import iv3_municipalities, iv3_national
from evaluation.sources.cbs import Server, accounts, accounts_tables
from evaluation.sources.package import DATA_FOLDER, resource

pytest.importorskip("cbsodata")
TODAY = date(2026, 11, 20)
PAGE = 400  # rows; CBS itself cuts at 10,000


class Cbs:
    """The tables as CBS would hold them: the municipalities of the package, and the rest of the country as others."""

    def __init__(self) -> None:
        large, country = iv3_municipalities(), iv3_national()
        self.tables = {f"45{year}NED": year for year in range(2017, 2026)}
        self.accounts = {year: self._year(large, year) for year in range(2017, 2025)}
        self.people = {
            (code, year): people
            for code, year, people in large[["municipality_code", "year", "population"]]
            .drop_duplicates()
            .itertuples(index=False)
        }
        self.down = False
        self.names = dict(zip(large["municipality_code"], large["municipality"], strict=True))
        others = country.query("scope == 'as_reported'").drop_duplicates("year").set_index("year")
        complete = country.query("scope == 'complete_2022_2024'").drop_duplicates("year").set_index("year")
        for year in range(2017, 2025):
            known = large.query("year == @year").dropna(subset="expenditure_keur").drop_duplicates("municipality_code")
            self._others(year, others, complete, int(known["population"].sum()), known["municipality_code"].nunique())

    def _year(self, large: pd.DataFrame, year: int) -> dict[tuple[str, str], int | None]:
        return {
            (row.municipality_code, row.task_field): None if pd.isna(row.expenditure_keur) else row.expenditure_keur
            for row in large[large["year"] == year].itertuples(index=False)
        }

    def _others(self, year: int, all_: pd.DataFrame, complete: pd.DataFrame, people: int, count: int) -> None:
        """Other municipalities: the first few delivered always, the last ones not every year."""
        number = int(all_.loc[year, "n_municipalities"]) - count
        # Those complete in three years come first, so that the same 336 are there in each of them.
        left = int(all_.loc[year, "population"]) - people
        in_complete = 336 - 31 if year >= 2022 else number
        inside = left if year < 2022 else int(complete.loc[year, "population"]) - self._complete_people(year)
        for place in range(number):
            code = f"GM{5000 + place}" if place < in_complete else f"GM{6000 + 100 * (year - 2022) + place}"
            last = place in (in_complete - 1, number - 1)
            pot, size = (inside, in_complete) if place < in_complete else (left - inside, number - in_complete)
            self.people[(code, year)] = pot - (pot // size) * (size - 1) if last else pot // size
            self.names[code] = f"Gemeente {code}"
        self._spend(year, in_complete, number)

    def _complete_people(self, year: int) -> int:
        large = iv3_municipalities()
        partly = large[large["year"].isin(range(2022, 2025)) & large["expenditure_keur"].isna()]
        kept = large[(large["year"] == year) & ~large["municipality_code"].isin(partly["municipality_code"])]
        return int(kept.drop_duplicates("municipality_code")["population"].sum())

    def _spend(self, year: int, in_complete: int, number: int) -> None:
        country, large = iv3_national(), iv3_municipalities()
        now = country[country["year"] == year]
        partly = large[large["year"].isin(range(2022, 2025)) & large["expenditure_keur"].isna()]["municipality_code"]
        for field, rows in now.groupby("task_field"):
            own = large[(large["year"] == year) & (large["task_field"] == field)]
            total = int(rows.query("scope == 'as_reported'")["expenditure_keur"].iloc[0])
            rest = total - int(own["expenditure_keur"].sum())
            if year < 2022:
                shares = {"GM5000": rest}
            else:
                same = int(rows.query("scope == 'complete_2022_2024'")["expenditure_keur"].iloc[0])
                inside = same - int(own.loc[~own["municipality_code"].isin(partly), "expenditure_keur"].sum())
                shares = {"GM5000": inside, f"GM{6000 + 100 * (year - 2022) + in_complete}": rest - inside}
            for place in range(number):
                code = f"GM{5000 + place}" if place < in_complete else f"GM{6000 + 100 * (year - 2022) + place}"
                self.accounts[year][(code, str(field))] = shares.get(code, 0) + 1
            # The ones just given to each are taken off the one that holds the rest.
            for code in shares:
                self.accounts[year][(code, str(field))] -= in_complete if code == "GM5000" else number - in_complete

    def rows(self, table: str, asked: str) -> list[dict[str, Any]]:
        if table == "70072ned":
            return [
                {"RegioS": f"{code:<8}", "Perioden": f"{year}JJ00", "TotaleBevolking_1": people}
                for (code, year), people in self.people.items()
                if f"{year}JJ00" in asked
            ]
        year = self.tables[table]
        starts = re.findall(r"startswith\(TaakveldBalanspost,'([^']+)'\)", asked)
        rows = []
        for (code, field), amount in self.accounts[year].items():
            # A field comes in two categories, one of them booked on a lettered part; "no figure" is -99998.
            parts = [(field, "L1.1", -99998)] if amount is None else [
                (field, "L1.1", amount - 1), (f"{field}a" if field == "6.82" else field, "L3.8", 1),
            ]  # fmt: skip
            rows += [self._row(code, *part) for part in parts]
        if not starts:
            # What other task fields hold, so that all expenditure comes to the published total; reserves do not count.
            youth = sum(amount for amount in self.accounts[year].values() if amount)
            whole = {2023: 75_160_000, 2024: 80_940_000}[year]
            rows += [self._row("GM0363", "7.3", "L3.8", whole - youth), self._row("GM0363", "0.10", "L7.1", 9_999_999)]
            rows.append(self._row("GM0363", "A111", "L3.8", 5_555_555))
        return [row for row in rows if not starts or row["TaakveldBalanspost"].startswith(tuple(starts))]

    @staticmethod
    def _row(code: str, field: str, category: str, amount: int) -> dict[str, Any]:
        return {
            "Gemeenten": f"{code:<9}",
            "TaakveldBalanspost": f"{field:<6}",
            "Categorie": f"{category:<7}",
            "k_1ePlaatsing_1": amount + 7,
            "k_2ePlaatsing_2": amount,
        }

    def answer(self, path: str, query: dict[str, list[str]]) -> dict[str, Any]:
        if path == "/ODataCatalog/Tables":
            titles = [
                {"Identifier": table, "Title": f"Gemeenten {year} onbewerkte Iv3-data "}
                for table, year in self.tables.items()
            ]
            return {"value": [*titles, {"Identifier": "45999NED", "Title": "Provincies 2024 onbewerkte Iv3-data"}]}
        _, _, _, table, name = path.split("/")
        base = f"http://{self.address}/ODataFeed/odata/{table}/"
        if not name:
            return {"value": [{"name": n, "url": base + n} for n in ("TypedDataSet", "UntypedDataSet", "Gemeenten")]}
        if name == "Gemeenten":
            year = self.tables.get(table)
            codes = sorted({code for code, _ in self.accounts[year]}) if year else []
            return {"value": [{"Key": f"{code:<9}", "Title": self.names[code]} for code in codes]}
        rows, skip = self.rows(table, query["$filter"][0]), int(query.get("$skip", ["0"])[0])
        answer: dict[str, Any] = {"value": rows[skip : skip + PAGE]}
        if skip + PAGE < len(rows):
            more = f"$filter={query['$filter'][0]}&$skip={skip + PAGE}"
            answer["odata.nextLink"] = f"{base}{name}?{more}"
        return answer


@pytest.fixture(scope="module")
def template() -> Cbs:
    return Cbs()


@pytest.fixture
def cbs(template: Cbs) -> Iterator[Cbs]:
    held = copy.deepcopy(template)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            split = urlsplit(self.path)
            if held.down:
                self.send_error(503)
                return
            body = json.dumps(held.answer(split.path, parse_qs(split.query)), default=int).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Keep the test quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield held
    server.shutdown()
    server.server_close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the public data package."""
    folder = tmp_path / "data"
    for entry in json.loads((DATA_FOLDER / "datapackage.json").read_text())["resources"]:
        target = folder / entry["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(DATA_FOLDER / entry["path"], target)
    shutil.copyfile(DATA_FOLDER / "datapackage.json", folder / "datapackage.json")
    return folder


def at(cbs: Cbs) -> Server:
    return Server.at(f"http://{cbs.address}")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_catalogue_gives_the_tables_of_municipalities_by_year(cbs: Cbs):
    assert accounts_tables(at(cbs)) == {year: f"45{year}NED" for year in range(2017, 2026)}


def test_categories_and_lettered_parts_are_summed_and_no_figure_is_missing(cbs: Cbs):
    found = accounts(at(cbs), "452022NED", 2022).set_index(["municipality_code", "task_field"])["expenditure_keur"]
    # Groningen 2022: 35,865, 73,713 and 14,660 thousand euros, each split over two categories by the server.
    assert found["GM0014"].to_dict() == {"6.2": 35865, "6.72": 73713, "6.82": 14660}
    assert found["GM0505"].isna().all()  # Dordrecht


def test_what_cbs_still_says_changes_nothing(cbs: Cbs, data: Path):
    before = contents(data)
    found = refresh_benchmark(TODAY, server=at(cbs), folder=data)
    assert found.changes.empty, found.changes.head()
    assert not found.written
    assert contents(data) == before
    assert any("2025" in remark for remark in found.remarks)
    assert "Dordrecht 2022: no accounts, missing and not zero" in found.remarks
    assert any(remark.startswith("Groningen 2019: inhabitants +14%") for remark in found.remarks)


def test_a_corrected_account_comes_in_with_a_new_date_and_is_reported(cbs: Cbs, data: Path):
    cbs.accounts[2022][("GM0014", "6.72")] += 1000
    found = refresh_benchmark(TODAY, server=at(cbs), folder=data)
    assert found.written
    changed = found.changes.set_index(["table", "key"])[["before", "after"]]
    assert changed.loc[("iv3_municipalities", "GM0014 2022 6.72")].tolist() == [73713, 74713]
    # The country rises with it, in both sets; nothing else changed.
    assert set(changed.index) == {
        ("iv3_municipalities", "GM0014 2022 6.72"),
        ("iv3_national", "as_reported 2022 6.72"),
        ("iv3_national", "complete_2022_2024 2022 6.72"),
    }
    own = iv3_municipalities(data).query("municipality_code == 'GM0014' and year == 2022 and task_field == '6.72'")
    assert own["expenditure_keur"].tolist() == [74713]
    assert resource("iv3_municipalities", data).retrieved == "2026-11-20"
    assert resource("price_indices", data).retrieved != "2026-11-20"
    assert not list(data.glob(".refreshing-*"))


def test_a_check_reports_and_leaves_the_files(cbs: Cbs, data: Path):
    before = contents(data)
    cbs.accounts[2022][("GM0014", "6.72")] += 1000
    found = refresh_benchmark(TODAY, server=at(cbs), folder=data, write=False)
    assert len(found.changes) == 3
    assert not found.written
    assert contents(data) == before


def test_a_late_account_fills_what_was_missing(cbs: Cbs, data: Path):
    for field in ("6.2", "6.72", "6.82"):
        cbs.accounts[2022][("GM0505", field)] = 20_000
    refresh_benchmark(TODAY, server=at(cbs), folder=data)
    table = iv3_municipalities(data)
    assert table["expenditure_keur"].notna().all()
    assert set(iv3_national(data).query("scope == 'complete_2022_2024'")["n_municipalities"]) == {337}


def spoil_total(cbs: Cbs) -> None:
    cbs.accounts[2024][("GM5000", "6.72")] += 1  # still the published total, since the rest is what is left
    cbs.rows = lambda table, asked, rows=cbs.rows: [  # type: ignore[method-assign]
        row for row in rows(table, asked) if row.get("TaakveldBalanspost", "").strip() != "7.3"
    ]


def spoil_merger(cbs: Cbs) -> None:
    for field in ("6.2", "6.72", "6.73", "6.74", "6.82"):
        del cbs.accounts[2024][("GM0034", field)]


def spoil_partly(cbs: Cbs) -> None:
    cbs.accounts[2023][("GM0034", "6.72")] *= 100


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_total, "all expenditure comes to .* and CBS published 75.1"),
        (spoil_merger, r"no Almere \(GM0034\) in 2024; it may have merged"),
        (spoil_partly, "Almere 2023 spends .* euros per inhabitant"),
        (lambda cbs: cbs.tables.pop("452020NED"), "no accounts of 2020"),
        (lambda cbs: cbs.people.pop(("GM0034", 2021)), "no inhabitants of Almere in 2021"),
        (lambda cbs: setattr(cbs, "down", True), "no usable answer"),
    ],
)
def test_what_does_not_pass_the_checks_leaves_the_data_as_they_are(cbs: Cbs, data: Path, spoil, message: str):
    before = contents(data)
    spoil(cbs)
    with pytest.raises(SourceError, match=message):
        refresh_benchmark(TODAY, server=at(cbs), folder=data)
    assert contents(data) == before


def test_offline_is_one_line_and_exit_code_two():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    before = contents(DATA_FOLDER / "benchmark")
    done = CliRunner().invoke(main, ["refresh-benchmark", "--server", address])
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "check the connection and try again, the data are unchanged" in done.stderr
    assert contents(DATA_FOLDER / "benchmark") == before


def test_a_server_that_is_no_address_is_refused():
    done = CliRunner().invoke(main, ["refresh-benchmark", "--server", "cbs"])
    assert done.exit_code == 2
    assert "'cbs' is not of the form http://host:port" in done.stderr


def test_the_command_lists_what_would_change(cbs: Cbs):
    cbs.accounts[2022][("GM0014", "6.72")] += 1000
    before = contents(DATA_FOLDER / "benchmark")
    done = CliRunner().invoke(main, ["refresh-benchmark", "--check", "--server", f"http://{cbs.address}"])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert "iv3_municipalities: 1 values changed" in lines
    assert "  GM0014 2022 6.72, expenditure_keur: 73713 -> 74713" in lines
    assert lines[-1] == "Nothing was replaced."
    assert contents(DATA_FOLDER / "benchmark") == before


def test_a_swap_that_breaks_off_puts_the_old_files_back(cbs: Cbs, data: Path, monkeypatch: pytest.MonkeyPatch):
    before = contents(data)
    cbs.accounts[2022][("GM0014", "6.72")] += 1000
    replace = Path.replace

    def full_disk(self: Path, target: Path) -> Path:
        if self.name == "datapackage.json" and self.parent.name.startswith(".refreshing-"):
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="No space left"):
        refresh_benchmark(TODAY, server=at(cbs), folder=data)
    assert contents(data) == before
