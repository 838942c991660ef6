"""Schedules: the texts, their quoting, and installing them more than once. systemctl and crontab are played."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluation.cli import main
from evaluation.pipeline.ending import Code
from evaluation.pipeline.schedule import crontab, systemd
from evaluation.pipeline.schedule.job import Job

ODD = '/srv/jeugd hulp/100% zeker/$HOME/it\'s "so"'

FAKE_CRONTAB = """#!/bin/sh
# Like crontab(1): the table is a file.
case "$1" in
  -l) if [ -f "$TABLE" ]; then cat "$TABLE"; else echo "no crontab for tester" >&2; exit 1; fi ;;
  -r) rm "$TABLE" ;;
  -) cat > "$TABLE.new"
     if grep -q '^61 ' "$TABLE.new"; then echo "bad minute" >&2; exit 1; fi
     mv "$TABLE.new" "$TABLE" ;;
esac
"""
FAKE_SYSTEMCTL = """#!/bin/sh
echo "$*" >> "$CALLS"
if [ "$2" = "$REFUSED" ]; then echo "Failed to connect to bus" >&2; exit 1; fi
"""


def schedule(*words: str) -> Result:
    return CliRunner().invoke(main, ["schedule", *words])


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose crontab and systemctl are played, with a home of its own."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("crontab", FAKE_CRONTAB), ("systemctl", FAKE_SYSTEMCTL)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TABLE", str(tmp_path / "table"))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("EVALUATION_PRIVATE", raising=False)
    return tmp_path


def unit_files(machine: Path) -> list[str]:
    folder = machine / "config" / "systemd" / "user"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def systemd_words(line: str) -> list[str]:
    """Read a command back as systemd does: its quoting, then its % specifiers, and then in arguments its variables."""
    words = [re.sub(r"%%", "%", word) for word in shlex.split(line)]
    return [words[0], *(word.replace("$$", "$") for word in words[1:])]


def test_a_service_starts_the_command_word_for_word() -> None:
    own = Job("evaluation-report", (f"{ODD}/evaluation", "unattended", "--hook", f"echo 50% $X \\n > '{ODD}'"), {})
    service = systemd.units(own, "*-*-* 03:00:00")["evaluation-report.service"]
    line = re.search(r"^ExecStart=(.*)$", service, re.MULTILINE)
    assert line
    assert systemd_words(line[1]) == list(own.command)
    assert not re.search(r"(?<!%)%(?!%)", line[1].replace("%%", ""))


def test_a_service_is_hardened_and_tries_again_only_when_another_run_was_going_on() -> None:
    files = systemd.units(Job("x", ("/bin/evaluation",), {"EVALUATION_PRIVATE": "/a b/100%"}), "Mon *-*-* 03:00")
    service, timer = files["x.service"].splitlines(), files["x.timer"].splitlines()
    assert {
        "Type=oneshot", "UMask=0077", "NoNewPrivileges=true", "PrivateTmp=true", "Nice=10", "IOSchedulingClass=idle",
        'Environment="EVALUATION_PRIVATE=/a b/100%%"', "Restart=on-failure",
    } <= set(service)  # fmt: skip
    final = {end for line in service if line.startswith("RestartPreventExitStatus=") for end in line[25:].split()}
    ends = {str(code.value) for code in Code} | {"129", "143", "203", "226"}  # 203 and 226: it could not be started
    assert ends - final == {"0", "75"}
    assert {"SIGKILL", "SIGABRT", "SIGSEGV", "SIGBUS", "SIGTERM"} <= final
    assert {"OnCalendar=Mon *-*-* 03:00", "Persistent=true", "WantedBy=timers.target"} <= set(timer)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")
@pytest.mark.parametrize("folder", ["plain", "jeugd hulp 100% $HOME"])
def test_systemd_itself_accepts_the_units(folder: str, tmp_path: Path) -> None:
    command = tmp_path / folder / "evaluation"
    command.parent.mkdir()
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    (tmp_path / "run").mkdir(mode=0o700)
    files = systemd.units(Job("verified", (str(command), "unattended", "--hook", "echo $A; 50%"), {}), "daily")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    answer = subprocess.run(
        ["systemd-analyze", "--user", "verify", *(str(tmp_path / name) for name in files)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "run")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    command.unlink()  # the path was read as it is meant: without the file systemd misses it
    missed = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(tmp_path / "verified.service")],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "run")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{command} is not executable" in missed.stderr


def test_a_line_of_cron_starts_the_command_word_for_word(tmp_path: Path) -> None:
    said = tmp_path / "said"
    show = f"import sys; open({str(said)!r}, 'w').write(repr(sys.argv[1:]))"
    words = ["unattended", "--hook", "mail -s \"$EVALUATION_SUMMARY\" 'a b'; 50%", "/srv/100% zeker/it's"]
    own = Job("evaluation-report", (sys.executable, "-c", show, *words), {"EVALUATION_PRIVATE": "/a b/%"})
    lines = crontab.block(own, "0 3 * * *").splitlines()
    assert len(lines) == 3
    times, command = lines[1][:9], lines[1][10:]
    assert times == "0 3 * * *"
    assert not re.search(r"(?<!\\)%", command)  # cron would end the command there
    subprocess.run(["/bin/sh", "-c", command.replace("\\%", "%")], check=True)
    assert said.read_text() == repr(words)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--at", "25:00"], "no time of day"),
        (["--at", "3"], "no time of day"),
        (["--at", "03:00", "--calendar", "daily"], "give one of them"),
        (["--cron", "--calendar", "every night"], "five fields"),
        (["--cron", "--calendar", "0 3 * * * rm -r %"], "five fields"),
        (["--systemd", "--calendar", "daily\nExecStart=x"], "one expression"),
        (["--name", "../x"], "letters, digits"),
        (["--", "--hook", "one\ntwo"], "line break"),
        (["--install", "--", "2099-13-13"], "unknown edition '2099-13-13'"),
        (["--cron", "--install", "--", "-p", "bogus.x=1"], "unknown chapter 'bogus'"),
        (["--install", "--", "-p", "costs.price_index=gold"], "'gold'"),
    ],
)
def test_what_cannot_be_scheduled_is_refused_in_one_line(words: list[str], told: str, machine: Path) -> None:
    result = schedule(*words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (machine / "calls").exists()


def test_an_option_that_the_run_would_refuse_is_refused_now(machine: Path) -> None:
    result = schedule("--install", "--", "--keep", "0")
    assert result.exit_code == 2
    assert "--keep" in result.stderr
    assert "Usage: evaluation unattended [OPTIONS]" in result.stderr
    assert not unit_files(machine)


def test_an_option_of_the_run_before_the_dashes_is_told_where_it_goes() -> None:
    result = schedule("--keep", "3")
    assert result.exit_code == 2
    assert "--keep is an option of the run; write it after --" in result.stderr
    assert "No such option" in schedule("--kep", "3").stderr


def test_options_are_given_on_with_whole_paths(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(machine)
    monkeypatch.setenv("EVALUATION_PRIVATE", "secret place")
    said = schedule(
        "--systemd", "--", "2025-01-01", "--outputs", "out", "-p", "pilot.power=0.9", "--hook-always",
        "--language", "both", "--delivery", "in", "--delivered-on", "2025-01-02",
    ).output  # fmt: skip
    line = re.search(r"^ExecStart=(.*)$", said, re.MULTILINE)
    assert line
    assert systemd_words(line[1])[1:] == [
        "unattended", "--language", "both", "--parameter", "pilot.power=0.9", "--outputs", f"{machine}/out",
        "--delivery", f"{machine}/in", "--delivered-on", "2025-01-02", "--hook-always", "2025-01-01",
    ]  # fmt: skip
    assert f'Environment="EVALUATION_PRIVATE={machine}/secret place"' in said
    assert not unit_files(machine)


def test_with_cron_the_log_goes_to_a_file(machine: Path) -> None:
    said = schedule("--cron", "--at", "04:05", "--", "--outputs", str(machine / "out")).output
    assert said.splitlines()[1].startswith("5 4 * * * nice -n 10 ")
    assert f"--log {machine}/out/unattended.jsonl" in said
    own = schedule("--cron", "--", "--log", str(machine / "own.jsonl")).output
    assert own.count("--log") == 1
    assert f"--log {machine}/own.jsonl" in own


def test_a_timer_is_installed_once_changed_and_removed(machine: Path) -> None:
    for at in ("03:00", "03:00", "04:30"):
        assert schedule("--systemd", "--at", at, "--install").exit_code == 0
    assert unit_files(machine) == ["evaluation-report.service", "evaluation-report.timer"]
    folder = machine / "config" / "systemd" / "user"
    assert "OnCalendar=*-*-* 04:30:00" in (folder / "evaluation-report.timer").read_text()
    assert (folder / "evaluation-report.service").stat().st_mode & 0o077 == 0
    calls = (machine / "calls").read_text().splitlines()
    assert calls[-3:] == [
        "--user daemon-reload", "--user enable evaluation-report.timer", "--user restart evaluation-report.timer",
    ]  # fmt: skip
    assert "removed" in schedule("--systemd", "--remove").output
    assert unit_files(machine) == []
    assert "--user disable --now evaluation-report.timer" in (machine / "calls").read_text()
    assert "was not there" in schedule("--systemd", "--remove").output


def test_when_systemd_refuses_the_units_are_as_they_were(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFUSED", "enable")
    result = schedule("--systemd", "--install")
    assert result.exit_code == 2
    assert "Failed to connect to bus" in result.stderr
    assert not (machine / "config").exists()
    monkeypatch.setenv("REFUSED", "restart")
    schedule("--systemd", "--install")
    assert (machine / "calls").read_text().splitlines()[-3:] == [
        "--user restart evaluation-report.timer", "--user disable --now evaluation-report.timer",
        "--user daemon-reload",
    ]  # fmt: skip
    assert not (machine / "config").exists()
    monkeypatch.setenv("REFUSED", "")
    schedule("--systemd", "--at", "03:00", "--install")
    monkeypatch.setenv("REFUSED", "enable")
    schedule("--systemd", "--at", "04:00", "--install")
    timer = machine / "config" / "systemd" / "user" / "evaluation-report.timer"
    assert "03:00:00" in timer.read_text()
    assert (machine / "calls").read_text().splitlines()[-1] == "--user restart evaluation-report.timer"


def test_without_a_kind_a_schedule_is_removed_from_wherever_it_is(machine: Path) -> None:
    schedule("--cron", "--install")
    assert "removed from the crontab" in schedule("--remove").output
    schedule("--systemd", "--install")
    schedule("--cron", "--install")
    assert "removed and removed from the crontab" in schedule("--remove").output
    assert (unit_files(machine), (machine / "table").exists()) == ([], False)
    assert "was not there" in schedule("--remove").output


def test_a_unit_of_somebody_else_is_left_alone(machine: Path) -> None:
    folder = machine / "config" / "systemd" / "user"
    folder.mkdir(parents=True)
    (folder / "evaluation-report.service").write_text("[Service]\nExecStart=/bin/true\n")
    for action in ("--install", "--remove"):
        result = schedule("--systemd", action)
        assert result.exit_code == 2
        assert "not written by this command" in result.stderr
    assert unit_files(machine) == ["evaluation-report.service"]


def test_a_line_is_installed_once_changed_in_its_place_and_removed(machine: Path) -> None:
    table, before = machine / "table", "MAILTO=me\n0 1 * * * backup\n"
    table.write_text(before)
    schedule("--cron", "--at", "03:00", "--install")
    once = table.read_text()
    schedule("--cron", "--at", "03:00", "--install")
    assert table.read_text() == once
    assert once.startswith(before)
    table.write_text(once + "0 2 * * * after\n")
    schedule("--cron", "--at", "04:00", "--install")
    assert table.read_text() == once.replace("0 3 * * *", "0 4 * * *") + "0 2 * * * after\n"
    schedule("--cron", "--name", "english", "--install", "--", "--language", "en")
    assert table.read_text().count("unattended") >= 2
    schedule("--cron", "--name", "english", "--remove")
    assert "removed" in schedule("--cron", "--remove").output
    assert table.read_text() == before + "0 2 * * * after\n"
    assert "was not there" in schedule("--cron", "--remove").output


def test_a_first_line_and_the_last_one_removed_leave_no_crontab(machine: Path) -> None:
    table = machine / "table"
    schedule("--cron", "--install")
    assert len(table.read_text().splitlines()) == 3
    schedule("--cron", "--remove")
    assert not table.exists()
    table.write_text("0 1 * * * no newline at the end")
    schedule("--cron", "--install")
    assert table.read_text().splitlines()[0] == "0 1 * * * no newline at the end"


def test_a_crontab_whose_marks_are_damaged_or_that_cron_refuses_stays(machine: Path) -> None:
    table = machine / "table"
    schedule("--cron", "--install")
    damaged = "\n".join(table.read_text().splitlines()[:-1]) + "\n"
    table.write_text(damaged)
    for action in ("--install", "--remove"):
        result = schedule("--cron", action)
        assert result.exit_code == 2
        assert "mend it by hand" in result.stderr
    assert table.read_text() == damaged
    table.unlink()
    refused = schedule("--cron", "--calendar", "61 3 * * *", "--install")
    assert (refused.exit_code, "bad minute" in refused.stderr) == (2, True)
    assert not table.exists()


def test_without_a_scheduler_the_remedy_is_said(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(machine / "nothing"))
    assert "there is no systemctl" in schedule("--systemd", "--install").stderr
    assert "there is no crontab" in schedule("--cron", "--install").stderr
    assert schedule("--at", "03:00").output.startswith("# >>> evaluation-report")  # cron where there is no systemctl
    assert unit_files(machine) == []
