"""CPU time of process groups, the machine it ran on, and the one results file."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def group_cpu_seconds(group: int) -> float:
    """User and system seconds of every living process of a process group, its threads included."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group:
                total += int(fields[11]) + int(fields[12])
    return total / TICKS


@dataclass(frozen=True, slots=True)
class Result:
    """One variant in one round; events per CPU-second is the steady figure on a shared machine."""

    benchmark: str
    variant: str
    round: int
    events: int
    cpu_seconds: float
    wall_seconds: float

    @property
    def per_cpu_second(self) -> float:
        """Events per CPU-second."""
        return self.events / self.cpu_seconds


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    names = ("faust-streaming", "aiokafka", "pydantic", "confluent-kafka", "kafka-python")
    versions = {name: importlib.metadata.version(name) for name in names}
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        **versions,
    }


def save(path: Path, results: list[Result], notes: dict[str, str]) -> None:
    """Write the results file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(r) | {"events_per_cpu_second": round(r.per_cpu_second)} for r in results]
    path.write_text(json.dumps({"machine": machine() | notes, "results": rows}, indent=1) + "\n")
