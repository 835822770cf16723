"""Figures: frames to maps and charts, by matplotlib and geopandas."""
