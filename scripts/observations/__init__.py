"""Builds the shipped observations of the default region from the raw data folder."""
