"""A delivery on its way into a run: checked, stored, and named as the registry of an edition."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evaluation.measures.delivered import Delivered
from evaluation.pipeline.delivery import check_delivery, newest_day
from evaluation.pipeline.editions import Edition
from evaluation.pipeline.project import private_folder


@dataclass(frozen=True)
class Intake:
    """A stored delivery.

    Attributes
    ----------
    registry
        Folder of its snapshot, which the chapters read.
    account
        What came in, was accepted and was found.
    """

    registry: Path
    account: Delivered

    @property
    def edition(self) -> Edition:
        """The edition that looks at the register on the day of the delivery."""
        day = str(self.account.delivered_on)
        return Edition(day, {"reference_date": day})


def take_in(folder: Path, delivered_on: date | None, language: str) -> Intake:
    """Check and store a delivery.

    Parameters
    ----------
    folder
        Holds one file per table.
    delivered_on
        Day of the delivery; None for the day on which its newest file was written.
    language
        Language of the summary.

    Raises
    ------
    DeliveryError
        When it cannot be taken in at all.
    """
    os.umask(0o077)  # whatever is written from here on is for its owner only
    day = delivered_on or newest_day(folder)
    checked = check_delivery(folder, day, private_folder(), language=language, store=True)
    assert checked.snapshot is not None
    return Intake(checked.snapshot, checked.account)
