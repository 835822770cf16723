"""Vocabulary: every closed word of the tables, with its order, label and short form."""

from types import MappingProxyType

FRENCH_LABELS = MappingProxyType(
    {
        "present": "French forces present",
        "leaving": "French forces leaving",
        "withdrawn": "French forces withdrawn",
        "none_recorded": "no French forces recorded",
    }
)
RUSSIAN_LABELS = MappingProxyType(
    {
        "deployed": "Russian personnel deployed",
        "assistance": "Russian arms, training or technical help",
        "agreement": "Russian military agreement signed",
        "contact": "Russian official visits or talks",
        "none_recorded": "no Russian engagement recorded",
    }
)
# Two or three words each, for labels on the map.
FRENCH_SHORT = MappingProxyType(
    {
        "present": "French present",
        "leaving": "French leaving",
        "withdrawn": "French withdrawn",
        "none_recorded": "no French forces",
    }
)
RUSSIAN_SHORT = MappingProxyType(
    {
        "deployed": "Russians deployed",
        "assistance": "Russian assistance",
        "agreement": "Russian agreement",
        "contact": "Russian contact",
        "none_recorded": "no Russian role",
    }
)
SHORT_LABELS = MappingProxyType(
    {"french_posture": FRENCH_SHORT, "russian_engagement": RUSSIAN_SHORT}
)
NONE_RECORDED_LABEL = "none recorded"
NOT_COVERED_LABEL = "not covered"
