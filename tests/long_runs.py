"""What long runs have measured, for docs/testing.md: each takes the place of the run before."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "testing.md"


def write(name: str, figures: str) -> None:
    """Writes the figures of this name."""
    block = rf"(<!-- {name} -->\n).*?\n(?=<!-- end -->)"
    page, times = re.subn(
        block, lambda found: f"{found[1]}{figures}\n", PAGE.read_text("utf-8"), flags=re.DOTALL
    )
    assert times == 1, f"{PAGE.name} has no block for {name}"
    PAGE.write_text(page, "utf-8")
