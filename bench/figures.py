"""What measurements tell: a number beside its goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number beside its goal."""

    area: str
    what: str
    value: float
    unit: str
    goal: float | None = None
    more_is_better: bool = False

    @property
    def verdict(self) -> str:
        """How it stands to its goal."""
        if self.goal is None:
            return ""
        is_reached = self.value >= self.goal if self.more_is_better else self.value <= self.goal
        return "ok" if is_reached else "MISSED"

    def __str__(self) -> str:
        value = f"{self.value:,.2f}" if self.value % 1 else f"{self.value:,.0f}"
        sign = "≥" if self.more_is_better else "≤"
        goal = "" if self.goal is None else f"{sign} {self.goal:,g}"
        return f"{self.area:15} {self.what:48} {value:>10} {goal:>9} {self.unit:9} {self.verdict}"
