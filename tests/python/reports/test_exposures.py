"""models/marts/_exposures.yml says which marts each page reads."""

from reports.exposures import TARGET, exposures


def test_exposures_are_what_the_pages_read() -> None:
    assert TARGET.read_text(encoding="utf-8") == exposures(), "make exposures"
