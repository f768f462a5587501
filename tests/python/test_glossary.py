"""One word for one thing: what the glossary defines, pages, models and documents call so."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TERMS = dict(
    re.findall(r"^- \*\*(.+?)\*\*: (.+)$", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.M)
)
TEXTS = sorted(
    path
    for pattern in (
        "README.md", "CONTRIBUTING.md", "docs/**/*.md", "data/**/README.md", "macros/*.yml",
        "models/**/*.md", "models/**/*.sql", "models/**/*.yml", "reports/pages/**/*.md",
        "reports/*.md", "reports/*.yml", "reports/templates/*", "seeds/**/*.yml",
    )
    for path in ROOT.glob(pattern)
)  # fmt: skip
# what else these things have been called, and the term for each
OTHER_WORDS = {
    r"gate of plausibility|plausibility gate": "plausibility check",
    r"cuts? (of|in) the box|five cuts|every cut": "Snapshot",
    r"census day": "Census date",
    r"due date|due day": "Deadline",
    r"DSPT (year|cycle|round)|yearly round": "Edition",
    r"heirs?|inheritors?": "Successor",
    r"ratings?|grades?": "Outcome",
    r"anomal(y|ies)|data quality issues?": "Finding",
    r"(DSPT|data|raw) (extract|dump)s?": "Export",
    r"discrepanc(y|ies)": "Difference",
    r"overall score|total score": "Composite score",
}


def test_the_glossary_is_in_order_and_every_term_is_used() -> None:
    assert len(TERMS) >= 20
    assert list(TERMS) == sorted(TERMS)
    elsewhere = " ".join(path.read_text("utf-8") for path in TEXTS if path.stem != "glossary")
    assert [term for term in TERMS if term.lower() not in elsewhere.lower()] == []


def test_the_methodology_page_defines_each_term(site: Path) -> None:
    page = (site / "methodology.html").read_text("utf-8")
    assert [term for term in TERMS if f"<strong>{term}</strong>: " not in page] == []


@pytest.mark.parametrize("words", OTHER_WORDS)
def test_a_thing_is_called_by_its_term_alone(words) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in TEXTS
        for match in re.finditer(rf"\b({words})\b", path.read_text("utf-8"), re.I)
    ]
    assert found == [], f"the glossary has {OTHER_WORDS[words]}"
