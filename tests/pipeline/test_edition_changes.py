"""The command that compares two built editions."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from evaluation.cli import main

from .built_editions import NUMBERS, number, statement, write_edition


def changes(outputs: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["changes", *words, "--outputs", str(outputs)])


def test_two_editions_by_name_and_by_path(tmp_path: Path) -> None:
    write_edition(tmp_path / "2024-03-25", reference_date="2024-03-25")
    write_edition(tmp_path / "2025-01-01", (number("volumes.active", 755), NUMBERS[1]))
    by_name = changes(tmp_path, "2024-03-25", "2025-01-01", "--language", "en")
    assert by_name.exit_code == 0
    assert by_name.output.splitlines()[-1].strip() == "volumes.active  Active trajectories: 750 → 755"
    by_path = changes(tmp_path, str(tmp_path / "2024-03-25"), "2025-01-01", "--language", "en")
    assert by_path.output == by_name.output
    content = json.loads(changes(tmp_path, "2024-03-25", "2025-01-01", "--json").output)
    assert content["older"] == {"edition": "2024-03-25", "reference_date": "2024-03-25"}
    assert (content["changed"], len(content["measures"]), content["verdicts"]) == (True, 1, [])


def test_a_withheld_number_is_null_and_named_as_withheld(tmp_path: Path) -> None:
    write_edition(tmp_path / "a")
    hidden = number("volumes.active", None, suppressed=True, withheld=["estimate"], n=None)
    write_edition(tmp_path / "b", (hidden, NUMBERS[1]))
    content = json.loads(changes(tmp_path, "a", "b", "--json").output)
    after = content["measures"][0]["after"]
    assert (after["estimate"], after["withheld"]) == (None, ["estimate"])
    assert "750 → niet getoond" in changes(tmp_path, "a", "b").output


def test_what_is_not_there_or_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    write_edition(tmp_path / "2025-01-01")
    write_edition(tmp_path / ".kept" / "2025-01-01" / "20261122T030000.000000Z")
    result = changes(tmp_path, "2024-03-25", "2025-01-01")
    assert result.exit_code == 2
    assert "'2024-03-25' was not built" in result.stderr
    assert "there are: 2025-01-01, .kept/2025-01-01/20261122T030000.000000Z" in result.stderr
    for damage, words in (("{", "not readable as JSON"), ('{"measures": [{"id": "x"}]}', "run that edition again")):
        (tmp_path / "2025-01-01" / "results.json").write_text(damage)
        result = changes(tmp_path, "2025-01-01", ".kept/2025-01-01/20261122T030000.000000Z")
        assert result.exit_code == 2
        assert words in result.stderr
        assert len(result.stderr.splitlines()) == 1
    (tmp_path / "2025-01-01" / "results.json").write_text("{}")
    (tmp_path / "2025-01-01" / "claims.json").unlink()
    assert "holds no claims.json" in changes(tmp_path, "2025-01-01", "2025-01-01").stderr


def test_a_kept_state_stands_for_an_edition(tmp_path: Path) -> None:
    write_edition(tmp_path / "2025-01-01")
    write_edition(
        tmp_path / ".kept" / "2025-01-01" / "20261122T030000.000000Z", statements=(statement("A11", "V3", "E"),)
    )
    said = changes(tmp_path, ".kept/2025-01-01/20261122T030000.000000Z", "2025-01-01").output
    assert "A11  V3 niet te beoordelen, E → V4 aannemelijk, C" in said
    assert "Uitspraken die voor het eerst zijn beoordeeld (1)\n  A41" in said
