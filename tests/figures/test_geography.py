"""Promises about outlines: every country has one, neighbours fit, and what is disputed is shown."""

from __future__ import annotations

import json
import re
import shutil

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from sahel_analysis.errors import DataError
from sahel_analysis.figures import geography
from sahel_analysis.tables import schema
from sahel_analysis.tables.loading import data_folder

FOLDER = data_folder() / "boundaries"
COUNTRIES = pd.DataFrame(index=pd.Index(["NER", "XXA", "XXB"], name="iso3"))


def raw(file: str) -> gpd.GeoDataFrame:
    """Return a layer as it lies in the data folder, in degrees."""
    return gpd.read_file(FOLDER / file)


def test_every_country_in_scope_has_an_outline(tables):
    """The maps can draw whatever the reports follow."""
    scope = tables.countries[tables.countries["in_scope"]]
    outlines = geography.with_geometry(scope, tables.countries)
    assert list(outlines.index) == list(scope.index)
    assert (outlines.geometry.area > 9e8).all()  # São Tomé and Príncipe, the smallest: 964 km²


def test_labels_of_countries_stand_in_them(tables):
    """The wanted place of a label is a point of its country, or of the sea beside small islands."""
    scope = tables.countries[tables.countries["in_scope"]]
    outlines = geography.with_geometry(scope, tables.countries).to_crs("EPSG:4326")
    points = gpd.points_from_xy(scope["label_lon"], scope["label_lat"])
    outside = list(scope.index[~shapely.contains(outlines.geometry.to_numpy(), points)])
    assert outside == ["STP"]  # islands smaller than their name
    seas = outlines.geometry.drop("STP").to_numpy()
    assert not shapely.contains(seas, points[scope.index.get_loc("STP")]).any()


def test_neighbours_share_their_borders():
    """There are no slivers, gaps or overlaps between outlines."""
    outlines = raw("countries.geojson").geometry
    assert outlines.is_valid.all()
    assert outlines.is_valid_coverage()


def test_outlines_are_small_and_rounded():
    """The file fits a repository, and a change in it shows as a change of lines."""
    text = (FOLDER / "countries.geojson").read_text(encoding="utf-8")
    assert len(text) < 400_000
    assert not re.search(r"\d\.\d{4,}", text)
    assert len(text.splitlines()) == len(json.loads(text)["features"]) + 2


def test_western_sahara_is_whole():
    """The territory reaches the coast on both sides of the berm."""
    outlines = raw("countries.geojson").set_index("iso3").geometry
    for lon, lat in ((-13.0, 27.0), (-15.0, 24.0), (-11.0, 26.3)):
        assert outlines["ESH"].contains(shapely.Point(lon, lat))


def test_disputed_lines_lie_on_outlines_or_inside_one():
    """A dashed line is a border that is drawn, or a line of control in one country."""
    outlines = geography.boundaries().geometry
    borders = shapely.union_all(outlines.boundary.to_numpy()).buffer(300)  # metres
    for line_id, line in geography.disputed().geometry.items():
        inside = outlines.buffer(300).contains(line).any()
        assert inside or borders.contains(line), line_id


def test_codebook_names_every_disputed_line():
    """The folder's README says which disputed lines are shown."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    told = readme.split("## Which disputed lines are shown")[1].split("##")[0]
    for name in raw("disputed_lines.geojson")["name_en"]:
        assert f"| {name} |" in told


def test_projection_keeps_areas(tables):
    """Fills can be compared: areas on the map are areas on the ellipsoid."""
    scope = tables.countries[tables.countries["in_scope"]]
    projected = geography.with_geometry(scope, tables.countries).geometry
    geod = Geod(ellps="WGS84")
    for iso3, shape in projected.to_crs("EPSG:4326").items():
        true = abs(geod.geometry_area_perimeter(shape)[0])
        assert projected[iso3].area == pytest.approx(true, rel=0.005), iso3


def test_all_countries_without_an_outline_are_named_at_once():
    """A reader of the message can mend every row in one go."""
    rows = pd.DataFrame(index=pd.Index(["NER", "XXA", "XXB", "XXC"], name="iso3"))
    with pytest.raises(DataError) as caught:
        geography.with_geometry(rows, COUNTRIES)
    assert [problem.row for problem in caught.value.problems] == ["XXA", "XXB", "XXC"]
    assert "'XXA' has no outline" in str(caught.value)
    assert "'XXC' is not in countries.csv" in str(caught.value)


def test_missing_outlines_are_reported_with_the_place_looked_at(tmp_path, monkeypatch):
    """Where the package has none either, one sentence says which file is missing, and from where."""
    shutil.copy(data_folder() / "datapackage.json", tmp_path)
    monkeypatch.setattr(schema, "_OWN", ())
    with pytest.raises(DataError) as caught:
        geography.boundaries(tmp_path)
    assert len(str(caught.value).splitlines()) == 1
    assert f"looked for it in '{tmp_path / 'boundaries'}'" in str(caught.value)


def test_broken_outlines_are_reported(tmp_path):
    """A file that is no GeoJSON is named, with where the recipe is."""
    shutil.copy(data_folder() / "datapackage.json", tmp_path)
    (tmp_path / "boundaries").mkdir()
    (tmp_path / "boundaries" / "countries.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"countries\.geojson.*README\.md"):
        geography.boundaries(tmp_path)


def test_a_caller_cannot_change_the_outlines_of_the_next():
    """Outlines are read once, yet every caller gets its own."""
    first = geography.boundaries()
    first.loc["NER", "name"] = "changed"
    assert geography.boundaries().loc["NER", "name"] == "Niger"


def test_places_are_points_in_metres(tables):
    """Niamey lies in Niger, some thousand kilometres west of the centre."""
    [niamey] = geography.places_frame(tables.places.loc[["niamey"]]).geometry
    assert niamey.x == pytest.approx(-1_070_000, abs=20_000)
    assert geography.boundaries().geometry["NER"].contains(niamey)
