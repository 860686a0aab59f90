"""One self-contained HTML file for a run: nothing in it runs or is loaded, every number has its evidence."""
