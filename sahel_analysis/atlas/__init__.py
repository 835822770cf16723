"""Atlas: the interactive page."""
