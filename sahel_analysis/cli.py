"""The command line: a light wrapper over the package, without logic of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from errno import EPIPE
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .errors import DataError, SahelError

if TYPE_CHECKING:
    from .tables.loading import Tables


class _Group(click.Group):
    """A group whose commands end with one message and exit code 1 where the package refuses."""

    def main(self, *args: object, **kwargs: object) -> object:
        """Run with standard streams, even if whoever started us closed them.

        Else the next file opened would get their number, and what is printed.
        """
        for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
            if getattr(sys, name) is None:
                stream = Path(os.devnull).open(mode)  # noqa: SIM115
                os.set_inheritable(number, True)  # the lowest that is free, so it is the stream's
                setattr(sys, name, stream)
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; print what the package or the system refused and why."""
        try:
            return super().invoke(ctx)
        except SahelError as fault:
            message = str(fault)
        except OSError as fault:
            if fault.errno == EPIPE:
                raise  # whoever read the output has left; click knows what to do
            message = f"'{fault.filename}': {fault.strerror}." if fault.filename else f"{fault}."
        # A path may hold bytes that are no text.
        click.echo(message.encode(errors="backslashreplace"), err=True)
        sys.exit(1)


class _Place(click.Path):
    """A path that names something; an empty one, as of an unset variable, is refused."""

    def convert(self, value: object, param: object, ctx: object) -> Path:
        """Return the path."""
        if value == "":
            self.fail("it is empty; name a file or folder.", param, ctx)
        return super().convert(value, param, ctx)


def _use_data(ctx: click.Context, _parameter: click.Parameter, folder: Path | None) -> None:
    """Let this command, and the processes that it starts, read the tables in a folder."""
    from .tables.schema import VARIABLE

    if folder is not None:
        before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = str(folder.absolute())
        ctx.call_on_close(lambda: _restore(VARIABLE, before))


def _restore(variable: str, value: str | None) -> None:
    """Give an environment variable the value that it had."""
    if value is None:
        del os.environ[variable]
    else:
        os.environ[variable] = value


_DATA = click.option(
    "--data",
    metavar="DIR",
    envvar="SAHEL_DATA",
    type=_Place(path_type=Path),
    callback=_use_data,
    expose_value=False,
    help="Folder of your own tables; or set SAHEL_DATA.",
)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@_DATA
@click.version_option(package_name="sahel-analysis")
def main() -> None:
    """Make sourced briefings on the French withdrawal from the Sahel and Russian engagement."""


@main.command()
@_DATA
@click.argument("folder", required=False, type=_Place(path_type=Path))
def validate(folder: Path | None) -> None:
    """Hold the tables in FOLDER (or the package's own) against schema and rules."""
    from .tables.loading import FRAMES

    tables = _sound_tables(folder)
    rows = sum(len(getattr(tables, name)) for name in FRAMES)
    click.echo(f"{tables.folder}: {len(FRAMES)} tables, {rows} rows, no fault found.")
    click.echo("\n".join(tables.release.told()))


def _sound_tables(folder: Path | None) -> Tables:
    """Return the tables of a folder, held against schema and every rule."""
    from .evidence.consistency import inconsistencies
    from .prose.wording import lint_judgements, lint_narrative
    from .report.editions import lint_editions
    from .tables.loading import FRAMES, load_tables
    from .tables.rules import by_article
    from .tables.schema import read_schema
    from .tables.vocabulary import unlisted_words

    tables = load_tables(folder)
    problems = [
        *unlisted_words(read_schema(tables.folder), tables.folder.name),
        *inconsistencies(tables),
        *lint_judgements(tables),
        *lint_narrative(tables),
        *lint_editions(tables),
    ]
    if problems:
        frames = {name: getattr(tables, name) for name in FRAMES}
        raise DataError(by_article(problems, frames))
    return tables


@main.command("seal")
@_DATA
@click.argument("version")
@click.argument("folder", required=False, type=_Place(path_type=Path))
def seal_tables(version: str, folder: Path | None) -> None:
    """Seal the tables in FOLDER (or the package's own) as those of release VERSION."""
    from .tables.sealing import seal

    path = seal(_sound_tables(folder).folder, version)
    click.echo(f"{path}: sealed as {version}.")


@main.group("article")
@_DATA
def article_group() -> None:
    """Enter a news article: cut its text, hold the tables against it, settle two readings."""


_TEXT = click.argument("text", type=_Place(path_type=Path))
_SOURCE = click.option("--source", required=True, help="Key of the article in sources.csv.")


@article_group.command("add")
@_DATA
@_TEXT
@_SOURCE
@click.option("--sheet", type=_Place(path_type=Path), help="Claims sheet; else claims_KEY.csv.")
def add_article(text: Path, source: str, sheet: Path | None) -> None:
    """Cut TEXT (UTF-8, one paragraph per line) into sentences; store places and hashes alone."""
    from .tables.article import add
    from .tables.loading import load_tables

    click.echo(add(load_tables(), text, source, sheet or Path(f"claims_{source}.csv")))


@article_group.command("check")
@_DATA
@_TEXT
@click.option(
    "--source", default="", help="Key of the article in sources.csv; the first without it."
)
def check_article(text: Path, source: str) -> None:
    """Hold the tables against a copy of the article, sentence by sentence."""
    from .tables.article import hold_against
    from .tables.loading import load_tables

    click.echo(hold_against(load_tables(), text, source))


@article_group.command("agree")
@click.argument("a", type=_Place(path_type=Path))
@click.argument("b", type=_Place(path_type=Path))
@click.option(
    "--differences",
    type=_Place(path_type=Path),
    default=Path("differences.csv"),
    show_default=True,
    help="Differences and their decisions.",
)
@click.option(
    "--settled",
    type=_Place(path_type=Path),
    default=Path("settled.csv"),
    show_default=True,
    help="The settled reading.",
)
def agree_readings(a: Path, b: Path, differences: Path, settled: Path) -> None:
    """Pair two readings, tell how far they agree, and settle them once all is decided."""
    from .tables.readings import settle

    settle(a, b, differences, settled, click.echo)


@main.command("init")
@click.argument("folder", type=_Place(path_type=Path))
def init_folder(folder: Path) -> None:
    """Write a small data folder and a notebook of your own into FOLDER, to begin with."""
    from .tables.loading import load_tables
    from .tables.starter import start

    click.echo(start(folder, load_tables()))


# Ending of the file that `export` writes in each format, and what stands in it.
FORMATS = {
    "gpkg": (".gpkg", "map layers and their tables, for QGIS"),
    "geojson": (".geojson", "posture and events, for web maps"),
    "csv": (".csv", "events, for spreadsheets"),
    "csl-json": (".csl.json", "sources, for Zotero"),
    "xlsx": (".xlsx", "a workbook of all tables, with cover, contents and notes"),
    "sqlite": (".sqlite", "all tables with three views, for SQL"),
}


@main.command("export")
@_DATA
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(list(FORMATS)),
    help="Map layers (gpkg, geojson), events (csv), sources (csl-json) or all (xlsx, sqlite).",
)
@click.option("--as-of", help="Last day that counts, ISO 8601; the last event's without it.")
@click.option("--evidence", default="checked", show_default=True, help="'checked' or 'article'.")
@click.option("--output", type=_Place(path_type=Path), help="The file; else named by its day.")
def export_record(form: str, as_of: str | None, evidence: str, output: Path | None) -> None:
    """Hand on layers, tables or sources to other tools."""
    from .evidence.record import edition, record
    from .report.parameters import validate
    from .tables.loading import load_tables

    tables = load_tables()
    asked = {"evidence": evidence} | ({"as_of": as_of} if as_of is not None else {})
    parameters = validate(asked, tables)
    shown = record(parameters.as_of, parameters.evidence, tables=tables)
    ending, content = FORMATS[form]
    path = output or Path(f"sahel_{shown.as_of}_{shown.evidence}{ending}")
    click.echo(f"{_writer(form)(path, shown)}: {content}, {edition(shown)}.")


def _writer(form: str) -> Callable:
    """Return what writes a record in a format; geopandas is loaded for map layers alone."""
    if form == "csv":
        from .publishing.spreadsheet import write_csv

        return write_csv
    if form == "csl-json":
        from .publishing.citations import write_csl_json

        return write_csl_json
    if form == "xlsx":
        from .publishing.workbook import write_xlsx

        return write_xlsx
    if form == "sqlite":
        from .publishing.database import write_sqlite

        return write_sqlite
    from .publishing import layers

    return layers.write_gpkg if form == "gpkg" else layers.write_geojson


class _Several(click.ParamType):
    """A value, or several parted by commas."""

    name = "text"

    def convert(self, value: object, param: object, ctx: object) -> list[str]:
        """Return the values; commas part them."""
        return value if isinstance(value, list) else [part.strip() for part in value.split(",")]


_MATRIX = (
    ("--notebook", "Notebook to run."),
    ("--country", "Country, ISO 3166-1 alpha-3: a brief each, one subset in a region notebook."),
    ("--as-of", "Last day that counts, ISO 8601."),
    ("--evidence", "'checked' or 'article'."),
    ("--article", "Article, its key in sources.csv; the first without it."),
    ("--format", "'html', 'pdf', 'docx' or 'pptx'; the executed notebook is always kept."),
)


def _matrix(command: Callable) -> Callable:
    """Add the options that say which reports are wanted; each repeatable, or with commas."""
    for name, explanation in reversed(_MATRIX):
        command = click.option(name, multiple=True, type=_Several(), help=explanation)(command)
    editions = click.option(
        "--editions",
        type=_Place(path_type=Path),
        help="File of named editions, TOML, instead of the options above.",
    )
    edition = click.option("--edition", multiple=True, help="Edition of that file; all without it.")
    notebooks = click.option(
        "--notebooks",
        metavar="DIR",
        type=_Place(path_type=Path, exists=True, file_okay=False),
        help="Folder of your own notebooks: those with a cell tagged 'parameters' are the reports.",
    )
    return editions(edition(notebooks(command)))


def _jobs(
    editions: Path | None,
    edition: tuple[str, ...],
    options: dict,
    tables: Tables,
    notebooks: Path | None,
) -> list:
    """Return the jobs that the options ask for."""
    from .batch.jobs import expand, read_editions
    from .report.editions import own_editions
    from .tables.schema import VARIABLE

    asked = {name: [part for value in given for part in value] for name, given in options.items()}
    given = [name for name, values in asked.items() if values]
    if editions and given:
        message = f"--editions cannot go with --{given[0].replace('_', '-')}; leave one out."
        raise click.UsageError(message)
    if edition and not editions:
        message = "--edition needs --editions and the file that names it."
        raise click.UsageError(message)
    if not (editions or given or notebooks or os.environ.get(VARIABLE)):
        editions = own_editions()  # tables or notebooks of the user's own have other editions
    if editions:
        return read_editions(editions, tables, edition, notebooks)
    return expand(tables, asked, notebooks)


_OUTPUT = click.option(
    "--output",
    type=_Place(path_type=Path, file_okay=False),
    default="reports",
    show_default=True,
    help="Folder of the reports.",
)
_WORKERS = click.option(
    "--jobs", "workers", type=click.IntRange(1, 1000), help="Reports at once; default: the cores."
)


@main.command("build")
@_DATA
@_matrix
@_OUTPUT
@_WORKERS
@click.option("--scheduler", help="Dask scheduler that does the work, such as tcp://host:8786.")
@click.option(
    "--timeout",
    type=click.IntRange(1, 10**6),
    default=600,
    show_default=True,
    help="Seconds that a cell may take.",
)
@click.option("--dry-run", is_flag=True, help="List what would run and why; run nothing.")
def build_reports(
    output: Path,
    workers: int | None,
    scheduler: str | None,
    timeout: int,
    dry_run: bool,
    editions: Path | None,
    edition: tuple[str, ...],
    notebooks: Path | None,
    **options: tuple,
) -> None:
    """Make the reports that are wanted; without options, those of editions.toml."""
    from .batch.store import Store, question_sha256

    asked = [str(editions), edition, str(notebooks), sorted(options.items())]
    question = question_sha256(asked, [editions, notebooks])
    if not dry_run and (fresh := Store(output).answered(question)):
        click.echo(f"0 made, {len(fresh)} unchanged, 0 failed.")
        return
    from .batch.build import build, listed
    from .tables.loading import load_tables

    tables = load_tables()
    wanted = _jobs(editions, edition, options, tables, notebooks)
    if dry_run:
        click.echo(listed(wanted, output))
        return
    options = {"workers": workers, "scheduler": scheduler, "timeout": timeout}
    summary = build(wanted, output, question=question, **options)
    click.echo("\n".join([*tables.release.told(), summary.table()]))
    sys.exit(1 if summary.failed else 0)


@main.command()
@click.argument("folder", type=_Place(path_type=Path, exists=True, file_okay=False))
def verify(folder: Path) -> None:
    """Hold the files of an edition in FOLDER against its SHA256SUMS; nothing else is needed."""
    from .files import against_sums

    count, faults = against_sums(folder)
    click.echo("\n".join(faults) if faults else f"{count} files are as listed.")
    sys.exit(1 if faults else 0)


@main.command("reproduce")
@_DATA
@_matrix
@_OUTPUT
@_WORKERS
def reproduce_reports(
    output: Path,
    workers: int | None,
    editions: Path | None,
    edition: tuple[str, ...],
    notebooks: Path | None,
    **options: tuple,
) -> None:
    """Make reports again elsewhere and compare every byte; without options, all that stand."""
    from .batch.reproduce import differences, standing
    from .tables.loading import load_tables

    tables = load_tables()
    chosen = editions or any(options.values())
    if chosen:
        wanted = _jobs(editions, edition, options, tables, notebooks)
    else:
        wanted = standing(output, tables, notebooks)
    faults = differences(wanted, output, workers=workers)
    click.echo(
        "\n".join(faults) if faults else f"{len(wanted)} reports are the same, byte for byte."
    )
    sys.exit(1 if faults else 0)


@main.command("diff")
@_DATA
@click.option("--from", "since", help="First day, ISO 8601: what stood at its end.")
@click.option("--to", "until", help="Second day; the last of the tables without it.")
@click.option(
    "--tables",
    "states",
    nargs=2,
    metavar="OLD NEW",
    help="Two states of the tables instead: each a folder, a wheel, or a commit of the clone.",
)
@click.option("--evidence", default="checked", show_default=True, help="'checked' or 'article'.")
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    type=click.Choice(["text", "markdown", "json"]),
    help="How it is written.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option(
    "--map",
    "map_",
    type=_Place(path_type=Path),
    help="File for a map of the second day, SVG, the changes outlined.",
)
def show_changes(
    since: str | None,
    until: str | None,
    states: tuple[str, str] | None,
    evidence: str,
    form: str,
    map_: Path | None,
) -> None:
    """Tell what happened between two days, or what was corrected in the tables."""
    if bool(states) == bool(since):
        message = "give --from (and --to), or --tables OLD NEW."
        raise click.UsageError(message)
    if states:
        if until or map_:
            message = "--tables goes with neither --to nor --map."
            raise click.UsageError(message)
        click.echo(_corrected(*states, form))
        return
    from .evidence.changes import changes
    from .prose.changes import as_data, as_text
    from .report.parameters import days_between
    from .tables.loading import load_tables

    tables = load_tables()
    first, last, kind = days_between(since, until, evidence, tables)
    moved = changes(first, last, kind, tables)
    if map_:
        from .figures.maps import plot_changes
        from .figures.style import svg
        from .files import write_text

        write_text(map_, svg(plot_changes(moved).figure))
    if form == "json":
        click.echo(_as_json(as_data(moved)))
    else:
        click.echo(as_text(moved, markdown=form == "markdown"))


@main.command("watch")
@_DATA
@click.option("--from", "since", help="First day, ISO 8601: only what moved since is told.")
@click.option("--to", "until", help="The day; that of the newest judgement without it.")
@click.option("--evidence", default="checked", show_default=True, help="'checked' or 'article'.")
def show_watch_list(since: str | None, until: str | None, evidence: str) -> None:
    """Tell how the indicators of our judgements stand, and how good our forecasts were."""
    from .evidence.settling import forecasts, watch_list
    from .prose.judgements import score_in_words, watched
    from .report.parameters import watch_days
    from .tables.loading import load_tables

    tables = load_tables()
    first, last, kind = watch_days(since, until, evidence, tables)
    listed = watch_list(tables, kind, first or last, last)
    click.echo(watched(listed, tables, first, last))
    click.echo(f"\n{score_in_words(forecasts(tables))}")


def _corrected(old: str, new: str, form: str) -> str:
    """Return what differs between two states of the tables."""
    from .evidence.changes import compare, read_state
    from .prose.changes import corrections_data, corrections_text

    compared = compare(read_state(old), read_state(new))
    if form == "json":
        return _as_json(corrections_data(compared))
    return corrections_text(compared, old, new, markdown=form == "markdown")


def _as_json(content: object) -> str:
    """Return JSON for people and programs."""
    import json

    return json.dumps(content, indent=1, ensure_ascii=False, default=str)


@main.command("atlas")
@_DATA
@_OUTPUT
def write_atlas(output: Path) -> None:
    """Write the interactive atlas, one offline page, into the folder of the reports."""
    if sys.flags.optimize > 1:
        message = "The atlas needs the docstrings of its charts' library; unset PYTHONOPTIMIZE."
        raise click.ClickException(message)
    from .atlas.page import atlas_html
    from .batch.build import list_reports
    from .batch.store import Store
    from .tables.loading import load_tables

    tables = load_tables()
    page, store = atlas_html(tables), Store(output)
    with store.locked():
        store.put("atlas.html", page)
        list_reports(store, tables)
    click.echo(f"{output / 'atlas.html'}  {len(page) / 1000:,.0f} kB")
