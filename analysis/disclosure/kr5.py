"""The rule of the releases on ladders 1 to 3: what their figures mean. Nothing is released by it any more.

A figure is a multiple of the base, less than one base away from the number of children. It was moved up by at most one
base if two agencies between them knew nearly all of the children. docs/adr/0020 says what this rule revealed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KR5:
    """The parameters of KR5. Raises `ValueError` for a combination under which the bounds of figures do not hold."""

    threshold: int = 5
    """No number was ever shown for fewer children than this."""
    base: int = 5
    width: int = 3
    coalition: int = 2

    def __post_init__(self) -> None:
        if self.base < 2 or self.threshold < 2 or self.width < 1 or self.coalition < 1:
            raise ValueError("KR5: base and threshold are at least 2, width and coalition at least 1")
        if self.width > self.base - 1:
            raise ValueError(f"KR5: width {self.width} needs a base above {self.width}, not {self.base}")
        if self.threshold > 2 * self.base - self.width:
            raise ValueError(
                f"KR5: threshold {self.threshold} with width {self.width} needs a larger base than {self.base}"
            )

    @property
    def lowest_figure(self) -> int:
        """The smallest number that was ever published. Anything below it is `<10` (at base 5)."""
        return 2 * self.base

    def bounds(self, value: int | None) -> tuple[int, int]:
        """The counts that a published value can stand for, both ends included. None is "low"."""
        if value is None:
            return 0, self.lowest_figure - 1
        return max(self.threshold, value - self.base + 1), value + self.base - 1

    def likely(self, value: int | None) -> tuple[int, int]:
        """The same as `bounds`, because no other count was possible."""
        return self.bounds(value)

    def likelihood(self, value: int | None, count: int) -> float:
        """The chance that a cell with `count` children was published as `value`; None is `<10`. Ignores the step up."""
        if value is None:
            return 1.0 if count < self.threshold else max(0.0, min(1.0, (self.lowest_figure - count) / self.base))
        return max(0.0, 1 - abs(value - count) / self.base) if count >= self.threshold else 0.0
