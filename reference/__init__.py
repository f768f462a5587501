"""Official ODS and ONS files in, seeds of the project out: `python -m reference`."""


class Refused(Exception):
    """An input that cannot be used. Its text is for the analyst: which file, what, and what to do.

    Whoever raises it has written nothing.
    """
