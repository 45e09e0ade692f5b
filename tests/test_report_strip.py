"""Strips of days: what is drawn of each kind."""

from pipeline.report.charts import strip_paths


def test_a_strip_draws_each_run_of_days_once() -> None:
    """Days with something stand whole, days with nothing low, unknown days are left blank."""
    something, nothing = strip_paths((1.0, 1.0, 0.0, None))
    assert something == "M0 0h50v100h-50z"
    assert nothing == "M50 70h25v30h-25z"


def test_a_strip_of_nothing_known_draws_nothing() -> None:
    """Without a known day there is no shape."""
    assert strip_paths((None, None)) == strip_paths(()) == ("", "")
