"""One self-contained HTML file for a run: nothing in it runs, nothing is loaded, every number has its evidence."""
