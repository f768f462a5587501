"""What Lighthouse says of each kind of page on a phone. How fast it is, `make bench` measures."""

import pytest

pytestmark = pytest.mark.full
KINDS = (
    "index icbs icb/QSL organisations organisation/RJ1 sectors timeliness changes compare"
    " practices/QSL pharmacies/QSL within/2022-02-08 methodology data published quality"
    " accessibility report-an-error releases code-of-practice 404"
).split()
IN_FULL = ["accessibility", "best-practices", "seo"]


def test_each_kind_of_page_is_here(site):
    one_of_many = {path.parent.name for path in site.glob("*/*.html")} - {"docs", "snapshot"}
    kinds = {path.stem for path in site.glob("*.html")} | one_of_many
    assert kinds == {kind.split("/")[0] for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_lighthouse_finds_nothing_to_mend(address, lighthouse, kind):
    report = lighthouse(f"{address}{kind}.html", *IN_FULL)
    scores = {name: one["score"] for name, one in report["categories"].items()}
    audits = report["audits"].values()
    faults = [
        audit["title"]
        for audit in audits
        if audit["scoreDisplayMode"] == "binary" and not audit["score"]
    ]
    assert scores == dict.fromkeys(IN_FULL, 1), faults
