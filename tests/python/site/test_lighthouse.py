"""What Lighthouse says of each kind of page on a phone. How fast it is, `make bench` measures."""

import pytest

pytestmark = pytest.mark.full
IN_FULL = ["accessibility", "best-practices", "seo"]


def test_lighthouse_finds_nothing_to_mend(site, address, lighthouse):
    kinds = {page.parent.name: page for page in site.glob("*/*.html")}
    kinds |= {page.stem: page for page in site.glob("*.html")}
    assert len(kinds) > 20
    for kind in kinds.keys() - {"docs", "snapshot"}:  # dbt's own, and what index is
        page = kinds[kind]
        report = lighthouse(f"{address}{page.relative_to(site).as_posix()}", *IN_FULL)
        scores = {name: one["score"] for name, one in report["categories"].items()}
        faults = [
            audit["title"]
            for audit in report["audits"].values()
            if audit["scoreDisplayMode"] == "binary" and not audit["score"]
        ]
        assert scores == dict.fromkeys(IN_FULL, 1), (page, faults)
