"""What a run is asked for, checked as far as that takes no time; imports little, so that a refusal comes at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evaluation.parameters import CHAPTERS, ParameterError, Parameters
from evaluation.pipeline import freshness
from evaluation.pipeline.editions import Edition, choose, read_editions
from evaluation.pipeline.plan import FinishedEdition, books
from evaluation.pipeline.server import begin_server


@dataclass(frozen=True)
class Asked:
    """The editions and parameters of a run.

    Attributes
    ----------
    editions
        What to make; none for the edition that is named after the delivery.
    language
        ``nl``, ``en`` or ``both``.
    overrides
        Parameters from the command line, per chapter.
    delivery, delivered_on
        Folder of a delivery of the register, and its day; None for that of its newest file.
    """

    editions: tuple[Edition, ...]
    language: str
    overrides: Mapping[str, Mapping[str, str]]
    delivery: Path | None = None
    delivered_on: date | None = None

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        language: str,
        assignments: Sequence[str],
        delivery: Path | None = None,
        delivered_on: date | None = None,
    ) -> Asked:
        """Read what the command line asks for.

        Raises
        ------
        ParameterError
            When an edition is unknown, or an assignment has another form than ``chapter.name=value``.
        """
        overrides = parse_overrides(assignments)
        if delivered_on and not delivery:
            raise ParameterError("--delivered-on goes with --delivery; name the folder of the delivery too")
        chosen = choose(read_editions(), names) if names or not delivery else []
        return cls(tuple(chosen), language, overrides, delivery, delivered_on)

    def check(self) -> None:
        """Check every parameter as the run would.

        Raises
        ------
        ParameterError
            When one is not allowed.
        """
        books(self.editions, self.language, self.overrides, None, Path())

    def explain(self, outputs: Path) -> list[str]:
        """Say what would be made again, and why."""
        return freshness.explain(self.editions, language=self.language, overrides=self.overrides, outputs=outputs)

    def make(
        self,
        outputs: Path,
        *,
        workers: int | None = None,
        force: bool = False,
        on_wait: Callable[[str], None] | None = None,
        on_note: Callable[[str], None],
        on_start: Callable[[int], None],
        on_step: Callable[[], None],
    ) -> list[FinishedEdition]:
        """Make the editions as `run_editions` does, or return those in place at once when nothing changed."""
        if self.delivery is None and not force:
            finished = freshness.unchanged(
                self.editions, language=self.language, overrides=self.overrides, outputs=outputs
            )
            if finished is not None:
                return finished
        intake, chosen = None, self.editions
        if self.delivery:
            self.check()  # before the delivery is taken in, which takes time
            from evaluation.pipeline.intake import take_in  # noqa: PLC0415 - imports much

            intake = take_in(self.delivery, self.delivered_on, "nl" if self.language == "both" else self.language)
            chosen = self.editions or (intake.edition,)
        begin_server()  # it loads while this process does
        from evaluation.pipeline.runner import run_editions  # noqa: PLC0415 - imports much

        return run_editions(
            chosen,
            language=self.language,
            overrides=self.overrides,
            intake=intake,
            outputs=outputs,
            workers=workers,
            force=force,
            on_wait=on_wait,
            on_note=on_note,
            on_start=on_start,
            on_step=on_step,
        )


def parse_overrides(assignments: Sequence[str]) -> dict[str, dict[str, str]]:
    """Read ``chapter.name=value`` from the command line.

    Raises
    ------
    ParameterError
        When the form or the chapter is wrong.
    """
    overrides: dict[str, dict[str, str]] = {}
    for assignment in assignments:
        target, equals, value = assignment.partition("=")
        chapter, dot, name = target.partition(".")
        if not (equals and dot and name):
            raise ParameterError(f"parameter {assignment!r} is not of the form chapter.name=value")
        if chapter not in CHAPTERS:
            raise ParameterError(f"unknown chapter {chapter!r} in {assignment!r}; allowed are {', '.join(CHAPTERS)}")
        if name in Parameters.model_fields:
            raise ParameterError(f"parameter {name!r} belongs to the edition and the run, not to {chapter!r} alone")
        overrides.setdefault(chapter, {})[name] = value
    return overrides
