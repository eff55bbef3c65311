"""The command line."""

import argparse
import json
import os
import sys

from .healthcheck import healthcheck
from .platform.config import ConfigError, read_config
from .platform.version import Version, read_version


def main() -> int:
    """Returns the exit code: 0 when all went well, 1 for a failure, 2 for wrong arguments."""
    version = read_version(os.environ)
    arguments = _parse_arguments(version)
    try:
        config = read_config(os.environ)
    except ConfigError as error:
        print(f"{version.name}: the configuration is not valid\n{error}", file=sys.stderr)
        return 1
    if arguments.print_config:
        print(json.dumps(config.effective, indent=2))
        return 0
    if arguments.command == "healthcheck":
        return healthcheck(config.http_port)
    # Imported when needed: a health check runs every few seconds and must start fast.
    from .serve import serve

    return serve(config, version)


def _parse_arguments(version: Version) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=version.name, description="Serves until SIGTERM.")
    parser.add_argument(
        "command", nargs="?", choices=["healthcheck"], help="ask the service here if it is ready"
    )
    parser.add_argument(
        "--print-config", action="store_true", help="print the configuration in effect as JSON"
    )
    parser.add_argument("--version", action="version", version=f"{version.name} {version.version}")
    return parser.parse_args()
