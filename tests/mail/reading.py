"""How a person reads a page: the words that show, on one line, without the style sheet and the hidden preheader."""

from html.parser import HTMLParser

UNSEEN = {"style", "title", "head"}
VOID = {"meta", "br", "link", "img", "hr", "input"}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden: list[bool] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._hidden.append(tag in UNSEEN or "display:none" in (dict(attrs).get("style") or ""))

    def handle_endtag(self, tag):
        if tag not in VOID:
            self._hidden.pop()

    def handle_data(self, data):
        if not any(self._hidden):
            self.words.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def words_of(page: str) -> str:
    return one_space(" ".join(read(page).words))


def one_space(text: str) -> str:
    return " ".join(text.split())
