"""Reads the command line and runs the command."""

import argparse
import inspect
import os
import sys
from contextlib import suppress

import tasks
from tasks import checks, compare, environment, publishing, release, report, upkeep

COMMANDS = (
    report.report, report.preview, report.serve, compare.diff, release.release, release.verify,
    checks.test, checks.test_all, checks.test_engines, checks.faults, checks.mutants, checks.lint,
    checks.types, checks.bench, upkeep.lock, upkeep.licences, upkeep.audit, upkeep.exposures,
    upkeep.overview,
    upkeep.reference, upkeep.refresh,
)  # fmt: skip


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
    if arguments and not inspect.signature(options.command).parameters:
        parser.error(f"{options.command.__name__} takes no arguments: {' '.join(arguments)}")
    for sign in ("?", os.pathsep):
        if sign in str(environment.ROOT):
            sys.exit(
                f"{environment.ROOT}: neither DuckDB nor Python likes {sign} in a folder's name."
                " Rename it."
            )
    for name in filter(environment.SETTINGS.match, list(os.environ)):
        del os.environ[name]
    try:
        for folder in (environment.ROOT, environment.PREVIEW):
            with suppress(publishing.Busy):
                publishing.settle(folder)
        options.command(*arguments)
    except publishing.Stopped as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(
            f"{error.filename or environment.ROOT}: {error.strerror}. Free disk space, or"
            " permissions?"
        )
    except KeyboardInterrupt:
        sys.exit(f"Stopped. {environment.STAYS}")


if __name__ == "__main__":
    main()
