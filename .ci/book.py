"""Checks the guide as a book: its pages, links and anchors, and `llms.txt`; and the files that pages beside it name.

    .ci/book.py [--update]
    .ci/book.py --html FOLDER

With --update, `llms.txt` is written. With --html, the built book is looked at: every link of it, a search index that knows each page,
and nothing that is fetched from elsewhere; `llms.txt` and `llms-full.txt`, which has the text of all pages, are put beside it.
"""

import html.parser
import pathlib
import re
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# Pages beside the book that a reader meets in the repository.
OUTSIDE = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "RELEASING.md")]
OUTSIDE += sorted((DOCS / "decisions").glob("*.md"))
INTRODUCTION = (
    "> An in-memory fake of two SaaS APIs, the integrations APIs of Edlink and Celigo integrator.io, for testing the software that "
    "consumes them: a binary, a Rust library, a pytest plug-in and an npm package."
)


def prose(text):
    """A page without its blocks and spans of code."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(text):
    """The anchors of a page's headings, as repository browsers and mdBook make them."""
    seen = {}
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        anchor = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        count = seen.get(anchor, 0)
        seen[anchor] = count + 1
        yield anchor if count == 0 else f"{anchor}-{count}"


def links(page):
    """The links of a page that lead nowhere, and those of a page of the book that lead out of it."""
    text = page.read_text()
    for target in re.findall(r"\]\(<?([^)>\s]+)>?[^)]*\)", prose(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        to = (page.parent / urllib.parse.unquote(path)).resolve() if path else page
        if not to.exists():
            yield f"{target} leads nowhere"
        elif anchor and (to.suffix != ".md" or anchor not in set(anchors(to.read_text()))):
            yield f"{target} names a heading that is not there"
        elif DOCS in page.parents and DOCS / "decisions" not in page.parents and DOCS not in [to, *to.parents]:
            yield f"{target} leads out of the book; name it as code"


def paths(page):
    """The files that a page beside the book names as code and that are not there: below the root, `src/` or `src/engine/`."""
    for name in re.findall(r"`([^`\s]+/[^`\s]*)[^`]*`", page.read_text()):
        is_ours = re.match(r"(src|tests|docs|benches|fuzz|fixtures|scenarios|snippets|deploy|packaging|\.ci|\.github)/", name)
        if not (is_ours or re.search(r"\.(rs|py|md|json|toml|ya?ml)$", name)) or re.search(r"[<*{]|NAME|^/", name):
            continue
        if not any((ROOT / base / name).exists() for base in ("", "src", "src/engine")):
            yield f"`{name}` is not there"


def pages():
    """The pages of the book in the order of SUMMARY.md: title, path."""
    return [(title, DOCS / path) for title, path in re.findall(r"\[([^\]]+)\]\(([^)]+)\)", (DOCS / "SUMMARY.md").read_text())]


def faults():
    listed = {path for _, path in pages()}
    below = {path for path in DOCS.rglob("*.md") if DOCS / "decisions" not in path.parents} - {DOCS / "SUMMARY.md"}
    for path in sorted(below - listed):
        yield f"{path.relative_to(ROOT)}: stands in no line of docs/SUMMARY.md"
    for page in [*sorted(listed & below), DOCS / "SUMMARY.md", *OUTSIDE]:
        if not page.exists():
            yield f"{page.relative_to(ROOT)}: is not there"
            continue
        for fault in links(page):
            yield f"{page.relative_to(ROOT)}: {fault}"
    for page in OUTSIDE:
        for fault in paths(page):
            yield f"{page.relative_to(ROOT)}: {fault}"
    readme = (ROOT / "README.md").read_text()
    if len(readme.splitlines()) > 200 or len(readme.encode()) > 16_384:
        yield "README.md: has more than 200 lines or 16 kB"
    if len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) > 150:
        yield "ARCHITECTURE.md: has more than 150 lines"


def first_sentence(text):
    """The first sentence of a page's prose."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    for paragraph in re.sub(r"^#.*", "", text, flags=re.M).split("\n\n"):
        if paragraph.strip() and not paragraph.lstrip().startswith(("|", "<", "* ", "- ", "!")):
            line = " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", paragraph).split())
            return re.sub(":$", ".", re.split(r"(?<=[.:]) ", line)[0])
    return ""


def for_language_models():
    """The texts of `llms.txt` and `llms-full.txt`."""
    index, full = f"# standin\n\n{INTRODUCTION}\n", f"# standin\n\n{INTRODUCTION}\n"
    for line in (DOCS / "SUMMARY.md").read_text().splitlines()[1:]:
        if line.startswith("# "):
            index += f"\n## {line[2:]}\n\n"
        elif found := re.search(r"\[([^\]]+)\]\(([^)]+)\)", line):
            title, path = found.groups()
            text = (DOCS / path).read_text()
            index += "\n" * (index.count("\n- ") == 0) + f"- [{title}](docs/{path}): {first_sentence(text)}\n"
            full += f"\n---\n\n<!-- docs/{path} -->\n\n{text.strip()}\n"
    return {"llms.txt": index, "llms-full.txt": full}


class Links(html.parser.HTMLParser):
    """The links and anchors of a page of the built book."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loaded, self.anchors = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id"))
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        self.loaded += [attributes[name] for name in ("src", "href") if tag in ("script", "link", "img") and attributes.get(name)]


def built(folder):
    """The faults of the built book."""
    texts = {path.resolve(): Links(path.read_text()) for path in folder.rglob("*.html")}
    for path, page in sorted(texts.items()):
        name = path.relative_to(folder.resolve())
        for target in page.links + page.loaded:
            if re.match(r"(https?:)?//", target) and target in page.loaded:
                yield f"{name}: {target} is fetched from elsewhere"
            if re.match(r"[a-z]+:|//", target) or name.name in ("print.html", "404.html", "toc.html"):
                continue
            file, _, anchor = target.partition("#")
            to = (path.parent / urllib.parse.unquote(file)).resolve() if file else path
            if to.is_dir():
                to /= "index.html"
            if not to.exists():
                yield f"{name}: {target} leads nowhere"
            elif anchor and to in texts and urllib.parse.unquote(anchor) not in texts[to].anchors:
                yield f"{name}: {target} names no part of that page"
    index = "".join(path.read_text() for path in folder.glob("searchindex*.js"))
    for _, page in pages():
        heading = page.read_text().splitlines()[0].removeprefix("# ")
        if not any(form in index for form in (heading, heading.replace("'", "\\'"), heading.replace('"', '\\"'))):
            yield f"the search does not know {heading!r}"


def main():
    if "--html" in sys.argv:
        folder = pathlib.Path(sys.argv[sys.argv.index("--html") + 1])
        found = list(built(folder))
        for name, text in for_language_models().items():
            (folder / name).write_text(text)
    else:
        found = list(faults())
        file, text = ROOT / "llms.txt", for_language_models()["llms.txt"]
        if "--update" in sys.argv:
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            found.append("llms.txt: is stale; run .ci/book.py --update")
    print("\n".join(found), file=sys.stderr)
    print(f"book: {len(found)} faults")
    sys.exit(1 if found else 0)


main()
