"""The stylesheet: colours, hatches and type of `style` as rules that a browser reads."""

from __future__ import annotations

import base64
import io
from importlib import resources

from ..figures import style

_WEIGHTS = {400: "Regular", 700: "Bold"}


def colour_rules() -> str:
    """Return the style rules of states: fill, hatch and ink, for map and key."""
    rules = [":is(.country,.label){--fill:#fff;--on:#111}"]

    def fill(where: str, colour: str) -> str:
        return f"{where}{{--fill:{colour};--on:{style.ink_on(colour)}}}"

    def lines(where: str, value: str, colour: str) -> str:
        ink = "light" if style.hatch_on(colour) == style.PAPER else "dark"
        return f"{where}{{fill:url(#hatch-{value}-{ink})}}" if style.RUSSIAN_HATCHES[value] else ""

    for value, colour in style.FRENCH_COLOURS.items():
        rules.append(fill(f":is(.exhibit-french,.exhibit-combined) [data-french={value}]", colour))
        rules.append(f".swatch .fill.french-{value}{{fill:{colour}}}")
    for value, colour in style.RUSSIAN_COLOURS.items():
        rules.append(fill(f".exhibit-russian [data-russian={value}]", colour))
        rules.append(f".swatch .fill.russian-{value}{{fill:{style.PAPER}}}")
        rules.append(f".exhibit-russian .swatch .fill.russian-{value}{{fill:{colour}}}")
        rules.append(
            lines(f".exhibit-russian .country[data-russian={value}] .lines", value, colour)
        )
        rules.append(lines(f".exhibit-russian .swatch .lines.russian-{value}", value, colour))
        plain = f"body:not(.exhibit-russian) .swatch .lines.russian-{value}"
        rules.append(lines(plain, value, style.PAPER))
        for posture, under in style.FRENCH_COLOURS.items():
            states = f"[data-russian={value}][data-french={posture}]"
            where = f".exhibit-combined .country{states} .lines"
            rules.append(lines(where, value, under))
    bare = "[data-covered=false][data-covered=false]"
    rules.append(fill(f"body {bare}", style.NOT_COVERED_COLOUR))
    rules.append(f".swatch .fill.not-covered{{fill:{style.NOT_COVERED_COLOUR}}}")
    kept = [rule for rule in rules if rule]
    coarse = [rule.replace(")}", "-coarse)}") for rule in kept if ".country[" in rule]
    return "\n".join([*kept, "@media (max-width: 40rem) {", *coarse, "}"])


def font_rules(text: str) -> str:
    """Return the typeface of the maps, cut down to the characters of a text, as style rules.

    Parameters
    ----------
    text : str
        All text that the page may show.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    folder = resources.files("font_source_sans_pro") / "files"
    rules = []
    for weight, name in _WEIGHTS.items():
        options = subset.Options(flavor="woff", notdef_outline=True, layout_features=["*"])
        font = TTFont(str(folder / f"SourceSansPro-{name}.ttf"), recalcTimestamp=False)
        cut = subset.Subsetter(options)
        cut.populate(text="".join(sorted(set(text))))
        cut.subset(font)
        font.flavor = "woff"
        buffer = io.BytesIO()
        font.save(buffer)
        source = base64.b64encode(buffer.getvalue()).decode()
        rules.append(
            f'@font-face{{font-family:"{style.FONT}";font-weight:{weight};'
            f'src:url(data:font/woff;base64,{source}) format("woff")}}'
        )
    return "\n".join(rules)
