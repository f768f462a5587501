"""What runs on this machine, from /proc."""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """A process: its parent and its group, seconds of CPU time, and bytes of memory."""

    parent: int
    group: int
    cpu: float
    memory: int


def running() -> dict[int, Process]:
    """All processes by number, but for those that have ended and were not yet waited for."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # one that has just ended
            facts = (folder / "stat").read_text().rpartition(") ")[2].split()
            if facts[0] != "Z":
                ticks, pages = int(facts[11]) + int(facts[12]), int(facts[21])
                found[int(folder.name)] = Process(
                    parent=int(facts[1]),
                    group=int(facts[2]),
                    cpu=ticks / os.sysconf("SC_CLK_TCK"),
                    memory=pages * os.sysconf("SC_PAGE_SIZE"),
                )
    return found


def family(process: int, everything: dict[int, Process]) -> set[int]:
    """A process and all that it has started (Python starts Spark)."""
    found = {process}
    while born := {one for one, facts in everything.items() if facts.parent in found} - found:
        found |= born
    return found & everything.keys()
