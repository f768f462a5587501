"""Reads the command line and runs the command."""

import argparse
import inspect
import os
import sys
from collections.abc import Callable
from contextlib import suppress

import tasks
from tasks import compare, environment, publishing, release, report, testing, upkeep

# these check their arguments first, and then install what they need
BY_THEMSELVES = (report.report, report.preview, report.serve, release.release, release.verify)
FOR_A_REPORT = (compare.diff, upkeep.exposures, upkeep.reference, upkeep.refresh)
FOR_TESTS = (
    testing.test, testing.test_all, testing.test_engines, testing.faults, testing.mutants,
    testing.lint, testing.types, testing.bench,
    upkeep.lock, upkeep.licences, upkeep.audit, upkeep.overview,
)  # fmt: skip
# every command, and what is installed for it
COMMANDS: dict[Callable[..., None], str] = {
    **dict.fromkeys(BY_THEMSELVES, ""),
    **dict.fromkeys(FOR_A_REPORT, "requirements.txt"),
    **dict.fromkeys(FOR_TESTS, "requirements-dev.txt"),
}


def main() -> None:
    """Reads the command line and runs the command."""
    parser = argparse.ArgumentParser(prog="python -m tasks", description=tasks.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        name = command.__name__.replace("_", "-")
        subparser = commands.add_parser(name, help=command.__doc__)
        subparser.set_defaults(command=command)
    publishing.show_any_name()
    options, arguments = parser.parse_known_args()
    try:
        inspect.signature(options.command).bind(*arguments)
    except TypeError as error:
        parser.error(f"{options.command.__name__}: {error}: {' '.join(arguments)}")
    for sign in ("?", os.pathsep):
        if sign in str(environment.ROOT):
            sys.exit(
                f"{environment.ROOT}: neither DuckDB nor Python can use a folder with {sign} in"
                " its name. Rename it."
            )
    for name in filter(environment.SETTINGS.match, list(os.environ)):
        del os.environ[name]
    try:
        for folder in (environment.ROOT, environment.PREVIEW):
            with suppress(publishing.Busy):
                publishing.settle(folder)
        if requirements := COMMANDS[options.command]:
            environment.install(requirements)
        options.command(*arguments)
    except publishing.Stopped as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(
            f"{error.filename or environment.ROOT}: {error.strerror}. Free disk space, or"
            " check permissions."
        )
    except KeyboardInterrupt:
        sys.exit(f"Stopped. {environment.STAYS}")


if __name__ == "__main__":
    main()
