"""What kills leave: all that a killed process leaves is its files, as they were at that moment."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tasks import publishing

CHANGES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"}
WRITING = os.O_WRONLY | os.O_RDWR


def before_each_change(
    folder: Path, work: Callable[[], object], state: Callable[[Path], str]
) -> list[str]:
    """The states that kills before each of the changes of files in some work would leave.

    Each time a copy of the folder is settled, as the next run of any command does.
    """
    states: list[str] = []
    copy = folder.with_name(f"{folder.name} of a killed run")
    is_watching = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal is_watching
        if not is_watching or event not in CHANGES:
            return
        if event == "open" and not (arguments[2] or 0) & WRITING:
            return
        is_watching = False
        shutil.copytree(folder, copy, symlinks=True)
        publishing.settle(copy)
        states.append(state(copy))
        shutil.rmtree(copy)
        is_watching = True

    sys.addaudithook(watch)  # for good: Python takes none back
    try:
        work()
    finally:
        is_watching = False
    return states
