"""The one error that an analyst can cause and mend: its text is all that is shown."""


class ReportError(Exception):
    """Says what is wrong, where, and what to do, in one line."""
