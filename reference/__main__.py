"""`python -m reference import FROM [--release DATE]` and `python -m reference refresh`."""

import argparse
import sys
from datetime import date
from pathlib import Path

from reference import Refused
from reference.importing import import_files
from reference.refresh import refresh
from tasks import publishing


def main() -> None:
    """Runs one command in the project's root folder; ends with one line on what is wrong, if so."""
    parser = argparse.ArgumentParser(prog="python -m reference", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    importer = commands.add_parser("import", help="add official files to the seeds")
    importer.add_argument("source", metavar="FROM", type=Path, help="a folder of files, or one")
    refresher = commands.add_parser("refresh", help="download today's files, then import them")
    for command in (importer, refresher):
        command.add_argument(
            "--release",
            metavar="yyyy-mm-dd",
            help="the date of the files without a date in their name",
        )
        command.add_argument(
            "--accept",
            metavar="NAMES",
            default="",
            help="files (several with ;) that may contradict earlier releases",
        )
    arguments = parser.parse_args()
    try:
        release = _day(arguments.release)
        accepted = [name.strip() for name in arguments.accept.split(";") if name.strip()]
        if arguments.command == "import":
            if arguments.source == Path():
                raise Refused("FROM is missing: name the folder, make reference FROM=folder")
            print(import_files(Path.cwd(), arguments.source, release, accepted))
        else:
            print(refresh(Path.cwd(), release, accepted=accepted))
    except Refused as error:
        sys.exit(f"reference: {error}. Nothing was changed.")
    except publishing.Stopped as error:
        sys.exit(f"reference: {error}")
    except OSError as error:
        sys.exit(f"reference: {error}. Free disk space, or check permissions.")
    print("To review: git diff --stat; git diff seeds")


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError as error:
        raise Refused(f"RELEASE: {text!r} is not a date; write it as 2026-04-01") from error


if __name__ == "__main__":
    main()
