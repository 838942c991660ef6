"""Names beside points of a map, none of them over another name or point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

ANGLES = 24
RADII = tuple(8.0 + 4.0 * step for step in range(32))  # points of type, from beside the dot outwards
AIR = 2.5  # least distance between a name and anything else
DOT = 5.0  # radius of a dot

Point: TypeAlias = tuple[float, float]
Line: TypeAlias = tuple[Point, Point]


@dataclass(frozen=True)
class Box:
    """A rectangle by its middle and half its size, in points of type."""

    x: float
    y: float
    half_width: float
    half_height: float

    def meets(self, other: Box) -> bool:
        """Return whether the two lie over each other or closer than `AIR`."""
        return (
            abs(self.x - other.x) < self.half_width + other.half_width + AIR
            and abs(self.y - other.y) < self.half_height + other.half_height + AIR
        )

    def is_crossed(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Return whether a line runs through it (Liang and Barsky 1984: the part of the line inside each edge)."""
        first, last = 0.0, 1.0
        for origin, step, middle, half in (
            (start[0], end[0] - start[0], self.x, self.half_width),
            (start[1], end[1] - start[1], self.y, self.half_height),
        ):
            if step == 0:
                if abs(origin - middle) >= half:
                    return False
                continue
            near, far = sorted(((middle - half - origin) / step, (middle + half - origin) / step))
            first, last = max(first, near), min(last, far)
        return first < last

    def within(self, left: float, bottom: float, right: float, top: float) -> bool:
        """Return whether it lies inside the frame."""
        return (
            left <= self.x - self.half_width
            and self.x + self.half_width <= right
            and bottom <= self.y - self.half_height
            and self.y + self.half_height <= top
        )


def place_labels(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    frame: tuple[float, float, float, float],
) -> list[Box]:
    """Return a place for each name: the nearest to its point that is free, the most crowded points first.

    Parameters
    ----------
    points
        Where the dots are, in points of type.
    sizes
        Width and height of each name.
    frame
        Left, bottom, right and top of the map.

    Returns
    -------
    list of Box
        In the order of the points. Where nothing is free, the name stands beside its dot, over whatever is there.
    """
    dots = [Box(x, y, DOT, DOT) for x, y in points]
    placed: dict[int, Box] = {}
    for index in sorted(range(len(points)), key=lambda own: -_crowd(own, points)):
        boxes = [*dots, *placed.values()]
        strange = [*placed.values(), *dots[:index], *dots[index + 1 :]]
        lines = [(points[own], (other.x, other.y)) for own, other in placed.items()]
        free = (
            box
            for box in _candidates(points[index], sizes[index])
            if box.within(*frame) and _is_free(box, points[index], boxes, strange, lines)
        )
        placed[index] = next(free, next(_candidates(points[index], sizes[index])))
    return [placed[index] for index in range(len(points))]


def _is_free(box: Box, point: Point, boxes: Sequence[Box], strange: Sequence[Box], lines: Sequence[Line]) -> bool:
    """Whether a name meets nothing, its line no other name, dot or line, and no line of another name meets it."""
    line = point, (box.x, box.y)
    return not (
        any(map(box.meets, boxes))
        or any(other.is_crossed(*line) for other in strange)
        or any(box.is_crossed(*other) or _cross(line, other) for other in lines)
    )


def _cross(line: Line, other: Line) -> bool:
    """Whether two lines cross: each has the ends of the other on both sides."""
    return all(_side(own, one[0]) * _side(own, one[1]) < 0 for own, one in ((line, other), (other, line)))


def _side(line: Line, point: Point) -> float:
    (x, y), (to_x, to_y) = line
    return (to_x - x) * (point[1] - y) - (to_y - y) * (point[0] - x)


def _crowd(own: int, points: Sequence[tuple[float, float]]) -> float:
    """How close the other points are: the sum of inverse distances."""
    return sum(1 / (1 + math.dist(points[own], other)) for index, other in enumerate(points) if index != own)


def _candidates(point: tuple[float, float], size: tuple[float, float]) -> Iterator[Box]:
    half_width, half_height = size[0] / 2, size[1] / 2
    for radius in RADII:
        for step in range(ANGLES):
            angle = 2 * math.pi * step / ANGLES  # to the right first
            across, up = math.cos(angle), math.sin(angle)
            # The nearest edge of the name, not its middle, lies on the circle.
            yield Box(
                point[0] + across * radius + math.copysign(half_width, across) * min(1.0, abs(across) * 1.6),
                point[1] + up * (radius + half_height),
                half_width,
                half_height,
            )
