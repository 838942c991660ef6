"""What a command prints beside its bar."""

from __future__ import annotations

import pytest

from evaluation.commands.printing import progress_bar, say_beside


def test_what_is_said_beside_a_bar_has_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("notebook", "chapters") as (start, step):
        start(2)
        step()
        say_beside("the tables are made once more")
        start(1)
        step()
        step()
    lines = [line.strip() for line in capsys.readouterr().err.replace("\r", "\n").splitlines()]
    assert "evaluation: the tables are made once more" in lines
    assert "3/3" in lines[-1]
