"""Speed of the library against other ways to do the same; see run.py."""
