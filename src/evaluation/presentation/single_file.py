"""All pages of an edition in one file that can be sent by e-mail: figures inside it, links that stay within it."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import quote

from evaluation.presentation.language import N_, Language

FRONT = "index.html"
_HEADING = re.compile(r"h([1-5])")
# From the header of the site to its footer: the notices and the content of a page.
_CONTENT = re.compile(r"</header>\s*(?P<content>.*)<footer class=\"site\">", re.DOTALL)
_LEFT_ALONE = " !$&()*+,-./:;=?@[]^_`{|}~"  # characters that mean nothing in an address of this kind
_MAIN = re.compile(r"<(/?)main\b[^>]*>")


def single_file(pages: Mapping[str, str], drawing: Callable[[str], str], language: Language) -> str:
    """Return the pages of an edition as one page.

    Parameters
    ----------
    pages
        HTML by file name, the front page under ``index.html``; the others follow in their order.
    drawing
        From the path of a figure, as a page names it, to its SVG.
    language
        Of the one line that is added below each part.
    """
    names = {file: PurePosixPath(file).stem for file in pages}
    front = pages[FRONT]
    found = _CONTENT.search(front)
    if not found:
        raise ValueError("the front page has no content between header and footer")
    back = language.translate(N_("Back to the beginning"))
    parts = [_Rewritten(names, FRONT, drawing).text_of(front[: found.end("content")])]
    for file, page in pages.items():
        if file != FRONT and (content := _CONTENT.search(page)):
            inner = _MAIN.sub("", _Rewritten(names, file, drawing).text_of(content["content"]))
            parts.append(
                f'<section class="chapter" id="{names[file]}">\n{inner}\n'
                f'<p class="more"><a href="#{names[FRONT]}">{html.escape(back)}</a></p>\n</section>\n'
            )
    start, rest = "".join(parts), _Rewritten(names, FRONT, drawing).text_of(front[found.end("content") :])
    # The chapters stand inside the one main part, after the front page.
    closing = start.index("</main>")
    return start[:closing] + start[closing + len("</main>") :] + "</main>\n" + rest


class _Rewritten(HTMLParser):
    """Repeats a page with its ids, links and pictures as they must be in one file with others.

    Every id gets the name of its page before it. A link to a page becomes one to its part, and the headings of a
    chapter go down one level, so that the file keeps one first heading. Scripts stay out: a page works without its own,
    and what reads e-mail refuses them.
    """

    def __init__(self, names: Mapping[str, str], file: str, drawing: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=False)
        self._names, self._file, self._drawing = names, file, drawing
        self._made: list[str] = []
        self._ids: Counter[str] = Counter()
        self._in_script = False

    def text_of(self, page: str) -> str:
        """Return a page, or a part of one, rewritten."""
        self.feed(page)
        self.close()
        return "".join(self._made)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        if self._in_script:
            return
        written = "".join(self._attribute(tag, name, value) for name, value in attrs)
        if tag == "body":
            written += f' id="{self._names[FRONT]}"'
        self._made.append(f"<{self._tag(tag)}{written}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False
            return
        self._made.append(f"</{self._tag(tag)}>")

    def handle_data(self, data: str) -> None:
        if not self._in_script:
            self._made.append(data)

    def handle_entityref(self, name: str) -> None:
        self._made.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._made.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._made.append(f"<!{decl}>")

    def _tag(self, tag: str) -> str:
        heading = _HEADING.fullmatch(tag)
        return f"h{int(heading[1]) + 1}" if heading and self._file != FRONT else tag

    def _attribute(self, tag: str, name: str, value: str | None) -> str:
        if value is None:
            return f" {name}"
        if name == "id":
            self._ids[value] += 1
            # A table may stand on a page more than once; links lead to the first.
            value = self._own(value) if self._ids[value] == 1 else f"{self._own(value)}-{self._ids[value]}"
        elif name in ("for", "aria-labelledby", "aria-describedby"):
            value = " ".join(self._own(part) for part in value.split())
        elif name == "href":
            if not (value := self._link(value)):
                return ""
        elif name == "src" and tag == "img":
            # As a picture, so that the ids of one drawing do not meet those of another.
            value = f"data:image/svg+xml,{quote(' '.join(self._drawing(value).split()), safe=_LEFT_ALONE)}"
        return f' {name}="{html.escape(value)}"'

    def _own(self, anchor: str) -> str:
        return f"{self._names[self._file]}-{anchor}"

    def _link(self, target: str) -> str:
        """Return the place in this file that a link leads to; empty for what is not in it, which stays as text."""
        file, _hash, anchor = target.partition("#")
        if not file:
            return f"#{self._own(anchor)}"
        name = self._names.get(file, "")
        return f"#{name}-{anchor}" if name and anchor else name and f"#{name}"
