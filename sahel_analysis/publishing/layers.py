"""Map layers for QGIS and its kin: posture, events and places of a record, in WGS 84."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from ..errors import ExportError
from ..evidence.actors import whose
from ..evidence.record import Record, edition, told_claims
from ..figures.geography import BOUNDARIES_EN, disputed, places_frame, with_geometry
from ..files import whole, write_text
from .citations import cited_sources
from .spreadsheet import base_rows, event_rows, posture_rows
from .symbols import layer_styles

CRS = "EPSG:4326"
# A tenth of a metre: finer digits would be noise of the projection, there and back.
_DIGITS = 6
_GEOMETRY = "geom"  # what GDAL calls the column of geometries in a GeoPackage

_ABOUT = {
    "posture": "One row is one country followed: French posture and Russian engagement, {edition}. "
    f"The ids name the events that decide. Outlines: {BOUNDARIES_EN}; they say nothing about the "
    "status of any territory.",
    "engagement": "One row is one country followed: Russian engagement, {edition}, as a point where "
    "its map label stands.",
    "bases": "One row is one place where French or Russian forces stand, or stood until they left "
    "or handed it over, {edition}.",
    "events": "One row is one event with a known place, {edition}.",
    "events_without_place": "One row is one event known to a country or region only, {edition}.",
    "places": "One row is one capital, base or town that an event names.",
    "disputed_lines": "One row is one line whose course or status is disputed. {boundaries}.",
    "claims": "One row is one assertion of the article that refers to that day or before.",
    "sources": "One row is one document that the events, figures and checks rest on.",
}


def layers(record: Record) -> dict[str, pd.DataFrame]:
    """Return a record as map layers and the tables that they lead to.

    Parameters
    ----------
    record : Record
        Evidence and day.

    Returns
    -------
    dict of geopandas.GeoDataFrame or pandas.DataFrame
        ``posture`` (polygons), ``engagement``, ``bases``, ``events`` and ``places`` (points),
        ``disputed_lines`` (lines), all in degrees, WGS 84; ``events_without_place``,
        ``claims`` and ``sources`` without geometry.
        An event is a point only where its place is known: none stands at the middle of a country.
        Lists are parted by ``;``.
    """
    tables = record.tables
    rows = event_rows(record)
    placed = rows[rows["place_id"] != ""]
    places = places_frame(tables.places)
    points = gpd.GeoSeries(
        places.geometry.reindex(placed["place_id"]).to_numpy(), index=placed.index, crs=places.crs
    )
    precision = tables.places["precision"].reindex(placed["place_id"]).to_numpy()
    sides = whose(record.events, tables.actors).reindex(placed.index)
    events = gpd.GeoDataFrame(placed.assign(precision=precision, side=sides), geometry=points)
    checks = tables.checks[["verdict", "credibility", "finding_en"]]
    frames = {
        "posture": _posture(record),
        "engagement": _engagement(record),
        "bases": places_frame(base_rows(record)),
        "events": events,
        "events_without_place": rows[rows["place_id"] == ""].drop(
            columns=["place_id", "place", "lon", "lat"]
        ),
        "places": places[places.index.isin(placed["place_id"])],
        "disputed_lines": disputed(tables.folder),
        "claims": told_claims(record).join(checks),
        "sources": cited_sources(record),
    }
    return {name: _plain(frame) for name, frame in frames.items()}


def _posture(record: Record) -> gpd.GeoDataFrame:
    """Return the posture of every country followed, with its outline."""
    return with_geometry(posture_rows(record), record.tables.countries, record.tables.folder)


def _engagement(record: Record) -> gpd.GeoDataFrame:
    """Return the Russian engagement of every country followed, at the place of its label."""
    frame, countries = _posture(record), record.tables.countries
    labels = countries[["label_lon", "label_lat"]].reindex(frame.index)
    points = gpd.GeoSeries(
        gpd.points_from_xy(labels["label_lon"], labels["label_lat"], crs=CRS), index=frame.index
    ).to_crs(frame.crs)
    inside = frame.geometry.representative_point()
    kept = [name for name in frame if not name.startswith("french")]
    return frame[kept].set_geometry(points.where(~points.is_empty, inside))


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a layer with its key as a column, plain types, and rounded degrees."""
    frame = frame.reset_index()
    for name, column in frame.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            frame[name] = column.dt.strftime("%Y-%m-%d").fillna("")
        elif name in {"lon", "lat"}:
            frame[name] = pd.to_numeric(column)
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    degrees = frame.geometry.to_crs(CRS).to_numpy()
    rounded = shapely.transform(degrees, lambda points: points.round(_DIGITS))
    return frame.set_geometry(gpd.GeoSeries(shapely.orient_polygons(rounded), crs=CRS))


def write_gpkg(path: str | Path, record: Record) -> Path:
    """Write a record as a GeoPackage with every layer and table of `layers`.

    QGIS draws each layer on opening as the table ``layer_styles`` says; see `symbols`. Equal
    records give equal bytes: the format's time of last change is the record's day.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    import pyogrio

    about = {"edition": edition(record), "boundaries": BOUNDARIES_EN}
    moment = f"{record.as_of}T00:00:00.000Z"
    with whole(path) as file:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": moment})
        try:
            for name, frame in layers(record).items():
                options = {"DESCRIPTION": _ABOUT[name].format(**about)}
                pyogrio.write_dataframe(
                    frame,
                    file,
                    layer=name,
                    driver="GPKG",
                    append=file.exists(),
                    layer_options=options,
                )
            styles = pd.DataFrame(layer_styles(moment, _GEOMETRY))
            styles["update_time"] = pd.to_datetime(styles["update_time"])
            options = {"FID": "id", "DESCRIPTION": "How QGIS draws the layers"}
            pyogrio.write_dataframe(
                styles,
                file,
                layer="layer_styles",
                driver="GPKG",
                append=True,
                layer_options=options,
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as fault:
            # The whole SQL statement may stand before it.
            message = f"'{path}' cannot be written ({str(fault).rpartition('failed: ')[2]})."
            raise ExportError(message) from fault
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    return Path(path)


def write_geojson(path: str | Path, record: Record) -> Path:
    """Write a record as one GeoJSON file (RFC 7946): posture as polygons, events as points.

    Each feature says in ``layer`` what it is: ``posture`` or ``event``. An event known to a country
    or region only is a feature without a geometry, so that none is lost.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    frames = layers(record)
    rest = frames["events_without_place"]
    bare = gpd.GeoDataFrame(rest, geometry=[None] * len(rest), crs=CRS)
    features = []
    for layer, key, frame in (
        ("posture", "iso3", frames["posture"]),
        ("event", "event_id", frames["events"]),
        ("event", "event_id", bare),
    ):
        for feature in frame.set_index(key).iterfeatures():
            properties = {"layer": layer, key: feature["id"], **feature["properties"]}
            features.append({**feature, "properties": properties})
    collection = {
        "type": "FeatureCollection",
        "name": f"sahel_{record.as_of}_{record.evidence}",
        "description": f"{_ABOUT['posture']} {_ABOUT['events']}".format(edition=edition(record)),
        "features": features,
    }
    return write_text(path, json.dumps(collection, ensure_ascii=False) + "\n")
