"""One module for each bulk table of the default region."""
