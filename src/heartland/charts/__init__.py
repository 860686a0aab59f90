"""Charts and maps: tidy frames in, one Vega-Lite specification or one SVG out; no mathematics, no region."""
