"""Publishing: executed notebooks to pages, and data to the formats of other tools."""
