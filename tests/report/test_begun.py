"""A report begun before its answers are there."""

from __future__ import annotations

from heartland.charts.beside import Compiler
from heartland.report.report import begin_report, render_report


class Counting(Compiler):
    """Counts the pictures that are handed in."""

    def __init__(self):
        super().__init__()
        self.handed_in = 0

    def submit(self, spec):
        self.handed_in += 1
        return super().submit(spec)


def test_most_pictures_are_under_way_before_the_answers_and_the_page_is_the_same(pair, rows, page):
    run, base = pair
    with Counting() as compiler:
        begun = begin_report(run, base, compiler)
        early = compiler.handed_in
        assert render_report(run, base, rows, begun=begun) == page
        assert early > compiler.handed_in / 2
