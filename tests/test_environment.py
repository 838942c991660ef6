"""The three descriptions of the environment say the same: pyproject.toml, the lock, and environment.yml for conda."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)["project"]
LOCK = (ROOT / "requirements.lock").read_text()
# A pin starts a line: name==version, then perhaps a marker, then its hashes.
PINS = re.findall(r"^([a-z0-9-]+)==(\S+)((?:[^\n]*\\\n)(?:\s+--hash=sha256:[0-9a-f]{64}[ \\]*\n)+)", LOCK, re.MULTILINE)


def _asked() -> list[Requirement]:
    return [Requirement(line) for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]]


def test_every_line_of_the_lock_is_a_pin_with_hashes():
    assert len(PINS) == len(re.findall(r"^[a-z]", LOCK, re.MULTILINE))
    assert len(PINS) > 100


def test_every_dependency_is_locked_at_a_version_that_it_allows():
    pinned = {name: version for name, version, _ in PINS}
    for requirement in _asked():
        name = requirement.name.lower()
        assert name in pinned, f"{name}: run `make upgrade`"
        assert requirement.specifier.contains(pinned[name], prereleases=True), (
            f"{name} {pinned[name]}: run `make upgrade`"
        )


def test_every_dependency_has_its_reason_on_its_line():
    for requirement in _asked():
        assert re.search(rf'^\s+"{re.escape(str(requirement))}",\s+# \S.{{10,}}$', PYPROJECT, re.MULTILINE), requirement


def test_conda_gets_the_same_pins():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, through_pip = environment["dependencies"]
    assert pip == "pip"
    assert through_pip == {"pip": ["-r requirements.lock"]}
    assert python.startswith("python=")
    allowed = Requirement(f"python{PROJECT['requires-python']}").specifier
    assert allowed.contains(python.removeprefix("python="))


def test_the_lock_names_no_registry_and_no_folder():
    assert not re.search(r"--(?:extra-)?index-url|--find-links|file:|https?:", LOCK)
