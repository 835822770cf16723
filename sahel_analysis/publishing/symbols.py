"""Symbols: how QGIS draws each layer of a GeoPackage, in the colours and signs of the maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from ..figures import style
from ..tables.vocabulary import FRENCH_STATES, RUSSIAN_STATES

_POINTS = {"size_unit": "Point", "outline_width_unit": "Point"}
_UNCONFIRMED = "unconfirmed"  # ends the value of a class that no row has attested for two years
_NOT_CONFIRMED_EN = ", not confirmed within two years"
# Expressions of QGIS that give the class of a row; a cell that is no truth counts as false.
_CONFIRMED = 'CASE WHEN "{0}_confirmed" OR "{0}" IN (\'none_recorded\', \'withdrawn\') THEN "{0}"'
_STATE = f"{_CONFIRMED} ELSE \"{{0}}\" || ' {_UNCONFIRMED}' END"
_SHAPES = {"^": "triangle", "s": "square", "o": "circle"}


@dataclass(frozen=True)
class Category:
    """One class of a layer.

    Attributes
    ----------
    value, label : str
        What the layer's expression gives, and what the legend says.
    fill, edge : str
        Colours, ``#RRGGBB``.
    size : float
        Points; of a polygon or line the width of its edge.
    shape : str
        ``fill``, ``line``, or a marker of QGIS such as ``square``.
    """

    value: str
    label: str
    fill: str
    edge: str = style.EDGE_COLOUR
    size: float = style.EDGE_PT
    shape: str = "fill"


def _posture() -> list[Category]:
    """Return a fill for each French state, a lighter one where it is not confirmed."""
    found = []
    for state, told in FRENCH_STATES.items():
        found.append(Category(state, told.label, style.FRENCH_COLOURS[state]))
        if state not in ("none_recorded", "withdrawn"):
            lighter = style.UNCONFIRMED_COLOURS.get(state, style.FRENCH_COLOURS[state])
            label = told.label + _NOT_CONFIRMED_EN
            found.append(Category(f"{state} {_UNCONFIRMED}", label, lighter))
    return found


def _engagement() -> list[Category]:
    """Return a square for each Russian level, the larger the more; hollow if not confirmed."""
    found = []
    for state, told in RUSSIAN_STATES.items():
        if state in style.RUSSIAN_SIZES:
            rest = (style.RUSSIAN_COLOUR, style.RUSSIAN_SIZES[state], "square")
            found.append(Category(state, told.label, style.RUSSIAN_COLOUR, *rest))
            label = told.label + _NOT_CONFIRMED_EN
            found.append(Category(f"{state} {_UNCONFIRMED}", label, style.PAPER, *rest))
    nothing = RUSSIAN_STATES["none_recorded"].label
    return [
        *found,
        Category("none_recorded", nothing, style.PAPER, style.RULE_COLOUR, 1.5, "circle"),
    ]


def _bases() -> list[Category]:
    """Return a sign for each state of a base: in use, in use by old word, left."""
    found = []
    for side, of, colour, shape in (
        ("france", "French", style.BASE_COLOUR, "triangle"),
        ("russia", "Russian", style.RUSSIAN_COLOUR, "diamond"),
    ):
        signs = {
            "in use": (f"{of} base in use", colour, style.BASE_PT, shape),
            f"in use {_UNCONFIRMED}": (
                f"{of} base in use{_NOT_CONFIRMED_EN}", style.PAPER, style.BASE_PT, shape,
            ),
            "left": (f"{of} base left or handed over", style.PAPER, style.NUMBER_PT, "circle"),
            "left, no day": (f"{of} base left, day not on record", style.PAPER, 4.0, "circle"),
        }  # fmt: skip
        for value, (label, fill, size, sign) in signs.items():
            found.append(Category(f"{side} {value}", label, fill, colour, size, sign))
    return found


_SIDES = {"france": "French", "russia": "Russian", "other": "Others’"}
_EVENTS = [
    Category(side, f"{told} event", colour, style.PAPER, 4.6, _SHAPES[sign])
    for (side, told), colour, sign in zip(
        _SIDES.items(), (style.BASE_COLOUR, style.RUSSIAN_COLOUR, style.INK), "^so", strict=True
    )
]
_KINDS = {"capital": "Capital", "base": "Military site", "town": "Town"}
_PLACES = [
    Category(kind, label, style.PAPER, style.INK_SOFT, 2.5, "circle")
    for kind, label in _KINDS.items()
]
_LEFT = "CASE WHEN \"closed\" IS NULL OR \"closed\" = '' THEN 'left, no day' ELSE 'left' END"
_IN_USE = f"CASE WHEN \"confirmed\" THEN 'in use' ELSE 'in use {_UNCONFIRMED}' END"


def _styles() -> dict[str, tuple[str, list[Category]]]:
    """Return of each layer the expression that gives a row's class, and the classes."""
    return {
        "posture": (_STATE.format("french_posture"), _posture()),
        "engagement": (_STATE.format("russian_engagement"), _engagement()),
        "bases": (
            f'"side" || \' \' || CASE WHEN "in_use" THEN {_IN_USE} ELSE {_LEFT} END',
            _bases(),
        ),
        "events": ('"side"', _EVENTS),
        "places": ('"kind"', _PLACES),
        "disputed_lines": (
            "'disputed'",
            [Category("disputed", "Disputed line", style.DISPUTED_COLOUR, size=1.0, shape="line")],
        ),
    }


def layer_styles(moment: str, geometry_column: str) -> list[dict[str, object]]:
    """Return the rows of ``layer_styles``, the table in which QGIS looks for how to draw a layer.

    Parameters
    ----------
    moment : str
        When the styles were made, ISO 8601.
    geometry_column : str
        Name of the layers' column of geometries.
    """
    return [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": layer,
            "f_geometry_column": geometry_column,
            "styleName": layer,
            "styleQML": _qml(expression, classes),
            "styleSLD": "",
            "useAsDefault": True,
            "description": "Colours and signs of the reports' maps",
            "owner": "",
            "ui": "",
            "update_time": moment,
        }
        for layer, (expression, classes) in _styles().items()
    ]


def _qml(expression: str, classes: Iterable[Category]) -> str:
    """Return a style of QGIS that draws each row by its class."""
    root = ET.Element("qgis", version="3.28.0", styleCategories="Symbology")
    renderer = ET.SubElement(
        root, "renderer-v2", type="categorizedSymbol", attr=expression, symbollevels="0",
        enableorderby="0", forceraster="0",
    )  # fmt: skip
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, kind in enumerate(classes):
        ET.SubElement(
            categories, "category", render="true", symbol=str(number), value=kind.value,
            label=kind.label, type="string",
        )  # fmt: skip
        form = kind.shape if kind.shape in ("fill", "line") else "marker"
        symbol = ET.SubElement(symbols, "symbol", name=str(number), type=form, alpha="1")
        drawn = {"fill": "SimpleFill", "line": "SimpleLine"}.get(form, "SimpleMarker")
        layer = ET.SubElement(
            symbol, "layer", {"class": drawn, "enabled": "1", "locked": "0", "pass": "0"}
        )
        options = ET.SubElement(layer, "Option", type="Map")
        for name, value in _options(kind, form).items():
            ET.SubElement(options, "Option", name=name, value=value, type="QString")
    return "<!DOCTYPE qgis>\n" + ET.tostring(root, encoding="unicode")


def _options(kind: Category, form: str) -> Mapping[str, str]:
    """Return the options of a class's one symbol layer."""
    if form == "line":
        dash = {"line_style": "dash", "line_width": f"{kind.size}", "line_width_unit": "Point"}
        return {"line_color": _rgba(kind.fill), **dash}
    options = {
        "color": _rgba(kind.fill),
        "outline_color": _rgba(kind.edge),
        "outline_style": "solid",
    }
    if form == "fill":
        return {**options, "style": "solid", "outline_width": f"{kind.size}", **_POINTS}
    return {
        **options,
        "name": kind.shape,
        "size": f"{kind.size}",
        "outline_width": "0.6",
        **_POINTS,
    }


def _rgba(colour: str) -> str:
    """Return a colour as QGIS writes it: ``74,129,188,255``."""
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return ",".join(map(str, (*parts, 255)))
