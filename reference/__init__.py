"""Imports official ODS and ONS files into the project's seeds: `python -m reference`."""


class Refused(Exception):
    """An input that cannot be used. The message tells the analyst which file, what, and what to do.

    Nothing was written when it is raised.
    """
