"""Pages as a browser would see them, for tests."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag in {"td", "th"}:
            self.words += " "

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.words += data
