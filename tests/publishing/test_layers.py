"""Promises about map layers: they open in a real reader and show what the world shows."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
import shapely
from factory import event, frame, tiny

from sahel_analysis.errors import ExportError
from sahel_analysis.evidence.bases import bases
from sahel_analysis.evidence.posture import posture_of
from sahel_analysis.evidence.record import EVIDENCE, record
from sahel_analysis.figures import style
from sahel_analysis.publishing.layers import layers, write_geojson, write_gpkg
from sahel_analysis.tables.loading import load_tables
from sahel_analysis.tables.vocabulary import FRENCH_STATES, RUSSIAN_STATES

NAMES = ["posture", "engagement", "bases", "events", "places", "disputed_lines"]
BARE = ["events_without_place", "claims", "sources", "layer_styles"]


@pytest.fixture(scope="module", params=EVIDENCE)
def shown(request, tables):
    """Return each world on the day of the article."""
    return record("2023-12-04", request.param, tables=tables)


@pytest.fixture(scope="module")
def gpkg(shown, tmp_path_factory):
    """Return a GeoPackage of a record."""
    return write_gpkg(tmp_path_factory.mktemp("gpkg") / "layers.gpkg", shown)


@pytest.fixture(scope="module")
def geojson(shown, tmp_path_factory):
    """Return a GeoJSON file of a record."""
    return write_geojson(tmp_path_factory.mktemp("geojson") / "layers.geojson", shown)


def test_a_geopackage_opens_with_all_its_layers(gpkg):
    """Maps with geometry, tables without."""
    listed = dict(gpd.list_layers(gpkg).itertuples(index=False, name=None))
    assert sorted(listed) == sorted([*NAMES, *BARE])
    assert [name for name, kind in listed.items() if not isinstance(kind, str)] == BARE


def styles(path) -> dict[str, ET.Element]:
    """Return the style of each layer as QGIS would find it: the default one of its geometries."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT f_table_name, styleQML FROM layer_styles JOIN gpkg_geometry_columns ON "
            "f_table_name = table_name AND f_geometry_column = column_name "
            "WHERE f_table_schema = '' AND useAsDefault = 1"
        ).fetchall()
    return {name: ET.fromstring(qml).find("renderer-v2") for name, qml in rows}


def test_every_layer_has_a_style_that_names_every_class_of_its_rows(gpkg):
    """The expression that gives a class is SQL too; each class has a label and a symbol."""
    found = styles(gpkg)
    assert sorted(found) == sorted(NAMES)
    with closing(sqlite3.connect(gpkg)) as database:
        for layer, renderer in found.items():
            classes = {kind.get("value"): kind for kind in renderer.iter("category")}
            query = f"SELECT DISTINCT {renderer.get('attr')} FROM {layer}"
            there = {value for (value,) in database.execute(query)}
            assert there or layer == "bases", "the article names no base"
            assert there <= set(classes), layer
            symbols = {symbol.get("name") for symbol in renderer.iter("symbol")}
            for kind in classes.values():
                assert kind.get("label")
                assert kind.get("symbol") in symbols
    for layer, states in (("posture", FRENCH_STATES), ("engagement", RUSSIAN_STATES)):
        assert set(states) <= {kind.get("value") for kind in found[layer].iter("category")}


def test_layers_have_the_colours_of_the_maps(gpkg):
    """A French state its fill, a Russian level its size."""
    found = styles(gpkg)

    def option(layer: str, value: str, name: str) -> str:
        [kind] = [kind for kind in found[layer].iter("category") if kind.get("value") == value]
        symbol = next(s for s in found[layer].iter("symbol") if s.get("name") == kind.get("symbol"))
        return next(o.get("value") for o in symbol.iter("Option") if o.get("name") == name)

    for state, colour in style.FRENCH_COLOURS.items():
        red, green, blue, _ = map(int, option("posture", state, "color").split(","))
        assert f"#{red:02X}{green:02X}{blue:02X}" == colour
    for state, size in style.RUSSIAN_SIZES.items():
        assert float(option("engagement", state, "size")) == size


def test_the_layer_of_bases_has_those_in_use_where_they_are(gpkg, shown):
    """French and Russian, at the degrees of their place."""
    layer = gpd.read_file(gpkg, layer="bases")
    assert layer["in_use"].any() == shown.is_checked, "the article names no base"
    for root in ("france", "russia"):
        own = bases(shown, root)
        rows = layer[layer["side"] == root].set_index("place_id")
        assert rows["in_use"].to_dict() == own["in_use"].to_dict()
        for place_id, row in rows.iterrows():
            lon, lat = own.loc[place_id, ["lon", "lat"]]
            assert (round(row.geometry.x, 6), round(row.geometry.y, 6)) == (lon, lat)


def test_layers_are_in_degrees_and_valid(gpkg):
    """WGS 84, as every tool expects of a file without a word about it."""
    for name in NAMES:
        layer = gpd.read_file(gpkg, layer=name)
        assert layer.crs == "EPSG:4326"
        assert layer.geometry.is_valid.all()
        if layer.empty:
            assert name == "bases", "the article names no base"
            continue
        west, south, east, north = layer.total_bounds
        assert -30 < west <= east < 60
        assert -30 < south <= north < 60


def test_the_posture_layer_is_the_posture(gpkg, shown):
    """Each country with its states and the events that decide them."""
    layer = gpd.read_file(gpkg, layer="posture").set_index("iso3")
    posture = posture_of(shown)
    assert list(layer.index) == list(posture.index)
    for column in ("french_posture", "russian_engagement"):
        assert layer[column].tolist() == posture[column].tolist()
        ids = posture[f"{column}_event_ids"].map(";".join)
        assert layer[f"{column}_event_ids"].fillna("").tolist() == ids.tolist()
    assert set(layer["evidence"]) == {shown.evidence}


def test_every_event_is_a_point_where_its_place_is_or_none_at_all(gpkg, shown):
    """Nothing is lost, and no point stands for a whole country."""
    points = gpd.read_file(gpkg, layer="events").set_index("event_id")
    rest = gpd.read_file(gpkg, layer="events_without_place").set_index("event_id")
    assert sorted([*points.index, *rest.index]) == sorted(shown.events.index)
    places = shown.tables.places
    for event_id, row in points.iterrows():
        place = places.loc[shown.events.at[event_id, "place_id"]]
        assert (round(row.geometry.x, 6), round(row.geometry.y, 6)) == (place.lon, place.lat)
    assert set(shown.events.loc[rest.index, "place_id"]) <= {""}


def test_a_layer_leads_to_its_sources_within_the_file(gpkg):
    """From a fill to an event to a document, without another file."""
    sources = set(gpd.read_file(gpkg, layer="sources")["source_id"])
    claims = set(gpd.read_file(gpkg, layer="claims")["claim_id"])
    for name in ("events", "events_without_place"):
        rows = gpd.read_file(gpkg, layer=name).fillna("")
        assert {key for cell in rows["source_ids"] for key in cell.split(";")} - {""} <= sources
        assert {key for cell in rows["claim_ids"] for key in cell.split(";")} - {""} <= claims


def test_no_contradicted_claim_goes_out_without_its_correction(gpkg, shown):
    """Verdict and finding stand beside it, and events that rest on it name it."""
    claims = gpd.read_file(gpkg, layer="claims").set_index("claim_id")
    wrong = claims[claims["verdict"] == "contradicted"]
    assert len(wrong)
    assert wrong["finding_en"].str.len().gt(0).all()
    rest = gpd.read_file(gpkg, layer="events_without_place").set_index("event_id")
    named = {key for cell in rest["contradicted_claim_ids"].fillna("") for key in cell.split(";")}
    assert ("CL-040" in named) == (shown.evidence == "article")


def test_a_geojson_file_opens_and_follows_its_standard(geojson, shown):
    """Degrees, outer rings against the clock, no reference system of its own (RFC 7946)."""
    read = gpd.read_file(geojson)
    assert read.crs == "EPSG:4326"
    assert (read["layer"] == "posture").sum() == len(posture_of(shown))
    assert (read["layer"] == "event").sum() == len(shown.events)
    collection = json.loads(geojson.read_text(encoding="utf-8"))
    assert "crs" not in collection
    for feature in collection["features"]:
        geometry = feature["geometry"]
        if feature["properties"]["layer"] == "posture":
            for part in shapely.get_parts(shapely.geometry.shape(geometry)):
                assert part.exterior.is_ccw
        elif geometry:
            assert geometry["type"] == "Point"
    assert len({feature["id"] for feature in collection["features"]}) == len(read)


@pytest.mark.parametrize("write", [write_gpkg, write_geojson])
def test_equal_worlds_give_equal_bytes(write, shown, tmp_path):
    """Whenever they are written."""
    first, second = (write(tmp_path / f"{name}.file.gpkg", shown) for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_a_world_without_events_has_layers_all_the_same(tmp_path):
    """Countries without a state, and nothing else."""
    empty = record("2012-01-01", "checked", tables=tiny(countries=load_tables().countries))
    path = write_gpkg(tmp_path / "empty.gpkg", empty)
    assert set(gpd.read_file(path, layer="posture")["french_posture"]) == {"none_recorded"}
    assert len(gpd.read_file(path, layer="events")) == 0


def test_hostile_text_stays_text(tmp_path):
    """Quotation marks and a statement of SQL are a summary like any other."""
    text = 'A "quoted" <b>name</b>\'); DROP TABLE posture;--'
    places = frame(
        "places", {"place_id": "gao", "name_en": text, "iso3": "MLI", "lon": "1", "lat": "2"}
    )
    rows = tiny(
        event("deployment", "2020-01-01", place_id="gao", iso3="MLI", summary_en=text),
        countries=load_tables().countries,
        places=places,
    )
    found = layers(record("2021-01-01", "checked", tables=rows))["events"]
    assert found["summary_en"].tolist() == [text]
    path = write_gpkg(tmp_path / "x.gpkg", record("2021-01-01", "checked", tables=rows))
    assert gpd.read_file(path, layer="events")["summary_en"].tolist() == [text]


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path, shown):
    """The earlier file stays as it was."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(ExportError, match="taken' cannot be written"):
        write_geojson(tmp_path / "taken", shown)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
