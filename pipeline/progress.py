"""How long work tells of itself; the command line decides what a person sees of it."""

from typing import Protocol


class Progress(Protocol):
    """What a job calls while it works."""

    def begin(self, label: str, total: int | None) -> None:
        """Start a stage of `total` steps; None if nobody can say."""

    def advance(self, steps: int) -> None:
        """Count steps of the stage as done."""

    def note(self, text: str) -> None:
        """Say something that a person should read."""


class SilentProgress:
    """Says nothing; for libraries and tests."""

    def begin(self, label: str, total: int | None) -> None:
        """Ignore the stage."""

    def advance(self, steps: int) -> None:
        """Ignore the steps."""

    def note(self, text: str) -> None:
        """Ignore the text."""
