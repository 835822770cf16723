"""The command line: a light wrapper over the package, without logic of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .errors import SahelError


class _Group(click.Group):
    """A group whose commands end with one message and exit code 1 where the package refuses."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; print what the package refused and why."""
        try:
            return super().invoke(ctx)
        except SahelError as fault:
            click.echo(str(fault), err=True)
            sys.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sahel-analysis")
def main() -> None:
    """Sourced briefings on the French withdrawal from the Sahel and on Russian engagement."""


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def validate(folder: Path | None) -> None:
    """Hold the tables in FOLDER (or the package's own) against schema and rules."""
    from .validation import validate_folder

    click.echo(validate_folder(folder))
