"""The website's pages as a browser asks for them and as a reader reads them."""

from __future__ import annotations

import html.parser
import re

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
VOID = {"meta", "link", "br", "input", "img", "hr"}


class Page(html.parser.HTMLParser):
    """The text, the links and the ids of a page; fails where elements are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.languages: set[str] = set()
        self.feed(text)
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        assert len(given) == len(attributes)
        assert not {"style", "onclick"} & set(given)
        assert tag != "style"
        assert tag != "script" or "src" in given or given["type"] == "application/ld+json"
        if tag not in VOID:
            self.open.append(tag)
        if tag == "a":
            self.links += [given["href"]] if "href" in given else []
        if "id" in given:
            self.ids.append(given["id"])
        if "lang" in given:
            self.languages.add(given["lang"])

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Shapes of SVG: they have neither content nor an end."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def text_of(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).replace("&#39;", "'").split())
