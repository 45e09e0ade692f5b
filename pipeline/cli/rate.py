"""How fast work goes, at a bar."""

from rich.progress import ProgressColumn, Task
from rich.text import Text


class RateColumn(ProgressColumn):
    """Steps a second, of the last half minute."""

    def render(self, task: Task) -> Text:
        """Return the rate; nothing before it is known."""
        return Text("" if task.speed is None else f"{task.speed:.1f}/s")
