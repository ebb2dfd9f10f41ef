"""Entry point of ``vigint-server`` and ``python -m server``."""

import sys
from collections.abc import Sequence

from server.cli.arguments import parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Commands are loaded after the arguments were understood."""
    arguments = parser().parse_args(argv)
    if arguments.command == "serve" and arguments.embedded:
        from server.cli.embedded import serve_embedded  # noqa: PLC0415 - see above
        from server.logs import write_json_lines  # noqa: PLC0415 - see above

        write_json_lines()
        return serve_embedded()
    from server.cli.commands import run  # noqa: PLC0415 - see above

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
