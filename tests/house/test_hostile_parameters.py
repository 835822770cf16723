"""Promises about parameters from anybody: taken as data, or refused in a message of plain lines."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import papermill
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sahel_analysis import Report
from sahel_analysis.batch.jobs import OPTIONS, expand, read_editions, reports
from sahel_analysis.cli import main
from sahel_analysis.errors import ParameterError
from sahel_analysis.report.parameters import misspelt, validate

ROOT = Path(__file__).resolve().parents[2]
SOUND = {"as_of": "2023-12-04", "evidence": "checked"}
PATH = re.compile(r"\d{4}-\d\d-\d\d_(article|checked)/[a-z_]+(_[A-Z]{3}(-[A-Z]{3})*)?")
NEST: list = []
for _ in range(100_000):
    NEST = [NEST]


class Untold:
    """A value that cannot be told."""

    def __str__(self) -> str:
        message = "no"
        raise RuntimeError(message)

    __repr__ = __str__


class Text(str):
    """Text of another class."""


TEXTS = (
    "", " ", "../../x", "..\\..\\x", "/etc/passwd", "NER/../../x", "NER\n", "NER\x00", " NER",
    "\u202eNER", "\uff2e\uff25\uff32", "N\u0415R", "ner", "checked ", "Checked", "en_US", "en\n",
    "{x}", "{0.__class__}", "%s%n", "${HOME}", "$(touch canary)", "`touch canary`",
    "; touch canary", '"\n__import__("os").system("touch canary")\n"',
    "__import__('os').system('touch canary')", "2023-12-04T00:00:00", "2023-W49-1", "2023-338",
    "20231204", "\uff12\uff10\uff12\uff13-12-04", "2023-02-30", "0001-01-01", "9999-12-31",
    "all\n", "NER,MLI", "[NER]", "null", "x" * 1_000_000, "\ud800",
)  # fmt: skip
VALUES = (
    *TEXTS, None, True, False, 0, -1, 10**5000, 1e308, float("nan"), float("inf"), 1j, b"NER",
    bytearray(b"NER"), [], [[]], [["NER"]], [None], ["NER", "../x"], ["NER", 1], {}, {"NER": 1},
    {"a": {"b": [1]}}, {"NER"}, NEST, Untold(), object(), ..., type, range(3), iter(["NER"]),
    pd.NA, pd.NaT, pd.Series(["NER"]), np.array(["NER", "MLI"]), datetime(2023, 12, 4),
)  # fmt: skip
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(TEXTS[:-2]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
# What a shell can hand over: no NUL, and bytes that are no text as Python passes them on.
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12) | (
    st.sampled_from([text for text in TEXTS if "\x00" not in text and len(text) < 100][:-1])
    | st.sampled_from(["NER", "MLI,NER", "2023-12-04", "checked", "en", "html", "briefing", "0"])
    | st.sampled_from(["-1", "x\udcff"])
)


def refusal(call, *words: object) -> str:
    """Return the message with which a call refuses, having held it to its form."""
    with pytest.raises(ParameterError) as refused:
        call(*words)
    message = str(refused.value)
    assert all(line.isprintable() for line in message.split("\n"))
    assert len(message) < 20_000
    return message


@pytest.fixture(autouse=True)
def empty(tmp_path, monkeypatch) -> Path:
    """Return the folder in which commands within a value would leave a canary."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert not list(tmp_path.rglob("canary*"))


@pytest.mark.parametrize("name", ["as_of", "evidence", "country", "countries"])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_of_another_shape_is_refused_by_name(tables, name, value):
    """In one line, whatever its type and however long."""
    message = refusal(validate, {**SOUND, name: value}, tables)
    assert message.startswith(f"{name}: ")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "value", "plain"),
    [
        ("countries", ("NER",), ("NER",)),
        ("countries", Text("NER"), ("NER",)),
        ("countries", ["NER"] * 1000, ("NER",)),
        ("countries", np.str_("all"), ()),
        ("as_of", date(2023, 12, 4), date(2023, 12, 4)),
        ("evidence", Text("article"), "article"),
    ],
)
def test_a_value_that_means_a_sound_one_is_that_one(tables, name, value, plain):
    """Of the plain type, so that reports, records and file names cannot tell."""
    found = getattr(validate({**SOUND, name: value}, tables), name)
    assert found == plain
    assert type(found) is type(plain)
    assert all(type(member) is str for member in found) if name == "countries" else True


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from([*SOUND, "country", "countries"]) | st.text(), JSON, max_size=4)
)
def test_whatever_json_holds_is_refused_or_sound(tables, values):
    """As papermill or a scheduler would hand it over."""
    try:
        held = json.dumps(validate(SOUND | {"country": "NER"} | values, tables).literals())
    except ParameterError as refused:
        held = str(refused)
    assert all(line.isprintable() for line in held.split("\n"))


@pytest.mark.parametrize("name", ["x" * 1_000_000, "a\nb", "\x1b[2J", "__class__", "", "as_of "])
def test_a_hostile_name_in_a_notebook_is_refused_in_one_line(tables, name):
    """Names come with the values."""
    assert "not a parameter" in refusal(validate, {**SOUND, name: 1}, tables)
    assert "is not allowed" in refusal(expand, tables, {"notebook": [name]})


def test_thousands_of_names_are_refused_briefly(tables):
    """By the first of them."""
    refusal(validate, {**SOUND, **{f"name{n}": n for n in range(10_000)}}, tables)


def test_what_stands_in_a_cell_is_never_run_again():
    """Only its names are read."""
    cells = [
        "",
        "as_of = ''",
        "# Parameters\nimport os\ncountry = os.system('touch canary')\n",
        "x",
    ]
    assert len(misspelt(cells)) == 1
    assert misspelt(cells)[0].startswith("country: not a parameter of this notebook")


@pytest.mark.parametrize("name", ["title", "subtitle", "subject", "tells"])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_an_argument_of_another_shape_is_refused_by_name(tables, name, value):
    """Title, subtitle, subject and sides as well as parameters; any text is a title."""
    asked = {"title": "Trial", name: value, "tables": tables}
    if (
        isinstance(value, str)
        and name in ("title", "subtitle")
        and (value.strip() or name != "title")
    ):
        assert getattr(Report(**asked), name) == value
    else:
        assert refusal(lambda: Report(**asked)).startswith(f"{name}: ")


@pytest.mark.parametrize(
    "asked",
    [
        {"country": '"\n__import__("os").system("touch canary")\n"', "evidence": "{x}"},
        {"country": ["NER", ["../../x"]], "as_of": None, "evidence": {"a": float("nan")}},
    ],
)
def test_papermill_stops_at_the_parameters(asked):
    """Before anything is drawn, with the package's own message."""
    with pytest.raises(papermill.PapermillExecutionError) as stopped:
        papermill.execute_notebook(
            ROOT / "notebooks/country_brief.ipynb",
            None,
            {**SOUND, **asked},
            kernel_name="python3",
            progress_bar=False,
            cwd=".",
        )
    assert stopped.value.ename == "ParameterError"
    for name in asked:
        assert f"\n{name}: " in f"\n{stopped.value.evalue}"


COMMANDS = st.sampled_from(
    [
        ["build", "--dry-run"],
        ["reproduce"],
        ["verify", "."],
        ["export", "--format", "csv", "--output", "x.csv", "--evidence", "neither"],
        ["validate"],
        ["article", "check"],
        ["atlas", "--neither"],
    ]
)
FLAGS = st.sampled_from(
    ["--notebook", "--country", "--as-of", "--evidence", "--format", "--editions",
     "--edition", "--jobs", "--timeout", "--output", "--scheduler", "--log", "--", "-h"]
)  # fmt: skip


@settings(max_examples=150)
@given(COMMANDS, st.lists(st.tuples(FLAGS, WORDS), max_size=3))
@example(["build", "--dry-run"], [("--country", "NER,MLI"), ("--as-of", "2023-12-04")])
@example(["build", "--dry-run"], [("--timeout", "9" * 400)])
@example(["build", "--dry-run"], [("--editions", ".")])
@example(["build", "--dry-run"], [("--country", "\udcff")])
def test_the_command_line_ends_in_a_list_or_a_message(command, options):
    """Never in a trace of the stack; a dry run writes nothing."""
    # Nothing stands here to be verified, and no article to be audited.
    words = [*command, *(word for option in options for word in option)]
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), words
    assert result.exit_code in {0, 1, 2}
    assert "Traceback" not in result.output
    assert not list(Path().rglob("*.html"))


@settings(max_examples=100)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "notebook": st.sampled_from([*reports(), "../x"]),
            "country": st.lists(st.sampled_from(["NER", "MLI", "TCD"]) | WORDS, max_size=3),
            "as_of": st.sampled_from(["2023-12-04", "2022-09-01", "../2022-09-01"]),
            "evidence": st.sampled_from(["checked", "article", "checked/../x"]),
        },
    )
)
def test_no_output_leaves_its_folder(tables, options):
    """A report's path is made of values from closed lists, or there is no report."""
    listed = {n: value if isinstance(value, list) else [value] for n, value in options.items()}
    try:
        jobs = expand(tables, listed)
    except ParameterError:
        return
    for job in jobs:
        assert PATH.fullmatch(job.path), job.path


def toml(value: object) -> str:
    """Return a value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return (
        {None: "1979-05-27T07:32:00Z"}.get(value, json.dumps(value).lower())
        if (value is None or isinstance(value, bool | float))
        else json.dumps(value)
    )


EDITIONS = st.dictionaries(
    st.text(max_size=8) | st.just("december"),
    st.dictionaries(st.sampled_from(OPTIONS) | st.text(max_size=8), JSON | WORDS, max_size=4)
    | JSON,
    max_size=3,
).map(lambda editions: f"editions = {toml(editions)}")


@settings(max_examples=150)
@given(EDITIONS | st.text())
@example("x = " + "[" * 100_000)
@example("x = " + "9" * 10_000)
@example("editions = 1")
@example("[editions]\nx = 1")
@example('[editions."../../x"]\ncountry = "NER"\nas_of = 2023-12-04')
@example("[editions.x]\nas_of = 2023-12-04T00:00:00")
@example("[editions.x]\nas_of = [" + ", ".join(f'"{n}"' for n in range(2000)) + "]")
def test_a_file_of_editions_is_a_list_of_jobs_or_a_message(tables, tmp_path_factory, text):
    """Which names the edition and what is wrong with it."""
    path = tmp_path_factory.getbasetemp() / "editions.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        jobs = read_editions(path, tables)
    except ParameterError as refused:
        message = str(refused)
        assert all(line.isprintable() for line in message.split("\n"))
        assert len(message) < 100_000
        assert str(path) in message
    else:
        assert all(PATH.fullmatch(job.path) for job in jobs)
