"""Promises about what is wanted: every fault at once, before anything starts."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from click.testing import CliRunner

from sahel_analysis.batch.jobs import expand, read_editions, reports
from sahel_analysis.cli import main
from sahel_analysis.errors import ParameterError
from sahel_analysis.evidence.record import record
from sahel_analysis.report.parameters import scope


def test_without_options_every_notebook_runs_and_every_country_told_has_its_brief(tables):
    """On the article's day; a country that fewer than two events name has none."""
    jobs = expand(tables, {})
    briefs = [job for job in jobs if job.notebook == "country_brief"]
    named = record("2023-12-04", tables=tables).events["iso3"].explode().value_counts()
    told = [iso3 for iso3 in scope(tables) if named.get(iso3, 0) >= 2]
    assert [job.parameters.country for job in briefs] == told
    assert len(told) < len(scope(tables))
    assert {job.notebook for job in jobs} == set(reports())
    assert {job.edition for job in briefs} == {"2023-12-04_checked"}


def test_countries_are_one_subset_in_a_region_notebook_and_one_brief_each(tables):
    """In table order, however they were given."""
    asked = {"notebook": ["briefing", "country_brief"], "country": ["MLI", "NER"]}
    names = [job.name for job in expand(tables, asked)]
    assert names == ["briefing_NER-MLI", "country_brief_MLI", "country_brief_NER"]


def test_all_countries_and_no_choice_are_the_same_report(tables):
    """One file, not two that differ in name."""
    asked = {"notebook": ["briefing"], "country": list(scope(tables))}
    assert [job.path for job in expand(tables, asked)] == ["2023-12-04_checked/briefing"]


def test_matrix_is_the_product_of_its_options(tables):
    """Six countries on two days in both kinds of evidence."""
    asked = {
        "notebook": ["country_brief"],
        "country": ["NER", "MLI", "BFA", "TCD", "CAF", "SDN"],
        "as_of": ["2022-01-01", "2023-12-04"],
        "evidence": ["checked", "article"],
    }
    assert len({job.path for job in expand(tables, asked)}) == 24


def test_report_asked_for_twice_is_made_once(tables):
    """Whether an option or the same country is repeated."""
    asked = {"notebook": ["country_brief"], "country": ["NER", "NER"], "format": ["pdf", "pdf"]}
    (job,) = expand(tables, asked)
    assert job.formats == ("pdf",)


def test_values_for_papermill_are_those_the_notebook_takes(tables):
    """Plain literals; all countries are the word the notebooks use."""
    for job in expand(tables, {"country": ["NER"]}) + expand(tables, {"notebook": ["briefing"]}):
        assert tuple(job.values) == reports()[job.notebook]
    assert job.values["countries"] == "all"
    assert job.values["as_of"] == "2023-12-04"


def test_path_of_a_report_stays_in_its_folder(tables):
    """It is made of values from closed lists."""
    for job in expand(tables, {}):
        path = PurePosixPath(job.path)
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert len(path.parts) == 2


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("notebook", "country_breif", "Did you mean 'country_brief'?"),
        ("country", "NGR", "Did you mean 'NER'?"),
        ("country", "../NER", "expected one of NER (Niger)"),
        ("as_of", "2023-13-04", "expected a day of the calendar"),
        ("as_of", "1066-10-14", "the range of the events"),
        ("evidence", "cheked", "Did you mean 'checked'?"),
        ("format", "pdff", "Did you mean 'pdf'?"),
        ("contry", "NER", "Did you mean 'country'?"),
    ],
)
def test_value_that_is_not_allowed_is_refused_with_what_is(tables, option, value, told):
    """By option and value, with a hint."""
    with pytest.raises(ParameterError, match=option) as caught:
        expand(tables, {option: [value]})
    assert told in str(caught.value)


def test_all_faults_are_told_at_once_and_each_once(tables):
    """However many reports they would have spoilt."""
    asked = {"country": ["NGR"], "as_of": ["2023-13-04"], "format": ["pdff"]}
    with pytest.raises(ParameterError) as caught:
        expand(tables, asked)
    lines = str(caught.value).splitlines()[1:]
    assert sorted(line.split(":")[0] for line in lines) == [
        "as_of",
        "countries",
        "country",
        "format",
    ]


@pytest.mark.parametrize(
    "words", [("--country", "NGR"), ("--as-of", "soon"), ("--evidence", "x"), ("--notebook", "x")]
)
def test_fault_is_told_before_a_kernel_starts(monkeypatch, tmp_path, words):
    """Nothing is started and nothing written."""

    def start(*_):
        raise AssertionError

    monkeypatch.setattr("sahel_analysis.batch.workers._start_fork_server", start)
    result = CliRunner().invoke(main, ["build", *words, "--output", str(tmp_path / "reports")])
    assert result.exit_code == 1
    assert "cannot be made" in result.stderr
    assert not list(tmp_path.iterdir())


def editions(folder, text: str):
    """Return a file of editions."""
    path = folder / "editions.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_editions_are_read_from_a_file(tables, tmp_path):
    """A value or a list of values per option; a date with or without quotation marks."""
    path = editions(
        tmp_path,
        '[editions.december]\nnotebook = "country_brief"\ncountry = ["NER", "MLI"]\n'
        'as_of = 2023-12-04\n[editions.words]\nnotebook = "country_brief"\ncountry = "NER"\n'
        'as_of = "2023-12-04"\nformat = "docx"\n',
    )
    first, second = read_editions(path, tables)
    assert (first.name, first.formats) == ("country_brief_NER", ("html", "pdf", "docx"))
    assert (second.name, second.formats) == ("country_brief_MLI", ("html", "pdf"))
    (only,) = read_editions(path, tables, ["words"])
    assert only.formats == ("docx",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[editions.a]\ncontry = 'NER'\n", "[editions.a] contry: unknown option"),
        ("[editions.a]\ncountry = 'NGR'\n", "[editions.a] country: 'NGR' is not allowed"),
        ("[editions\n", "is not TOML"),
        ("a = 1\n", "names no edition"),
    ],
)
def test_fault_in_a_file_of_editions_is_told_with_its_edition(tables, tmp_path, text, told):
    """And nothing is made of the rest."""
    with pytest.raises(ParameterError) as caught:
        read_editions(editions(tmp_path, text), tables)
    assert told in str(caught.value)


def test_edition_that_is_not_in_the_file_is_refused(tables, tmp_path):
    """With a hint."""
    path = editions(tmp_path, "[editions.december]\ncountry = 'NER'\n")
    with pytest.raises(ParameterError, match="Did you mean 'december'?"):
        read_editions(path, tables, ["decembre"])
    with pytest.raises(ParameterError, match="cannot be read"):
        read_editions(tmp_path / "none.toml", tables)


def test_without_options_the_editions_of_the_clone_are_built(tmp_path):
    """Both days, each with a briefing; an option asks for something else."""
    run = CliRunner().invoke(main, ["build", "--dry-run", "--output", str(tmp_path)])
    assert run.exit_code == 0
    assert {"2023-12-04_checked/briefing", "2026-01-29_checked/briefing"} <= set(run.stdout.split())
    words = ["build", "--dry-run", "--notebook", "briefing", "--output", str(tmp_path)]
    assert "2026-01-29" not in CliRunner().invoke(main, words).stdout
