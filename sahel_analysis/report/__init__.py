"""Report: what a notebook holds, and the outputs that its cells show."""
