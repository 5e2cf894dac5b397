"""Keeps retired words out of code and texts, and comments in the project's voice.

The rules are in docs/style.md, the words in docs/glossary.md. Doc comments of arguments are help texts.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Names that the glossary replaced, as whole words of code.
RETIRED = re.compile(
    r"\b(Asked|Strike|Sieve|Offences|Tally|Situation|Worded|Manner|Apart|Gatekeeper|Refusal(?=Kind)|Unmet|"
    r"most_worlds|idle_worlds_expire|without_control|without_headers|without_embedded_fixtures|make_world|make_fork)\b"
)
BEGINS = re.compile(r"^\s*//[/!] (What|Whether|How|The same|Whoever|Nobody|Somebody|So many)\b")
COMMENT = re.compile(r"^\s*//[/!]")
# Actors without a name, numbers without a number, and words that only their author understands.
VAGUE = re.compile(r"\b(whoever|somebody|nobody(?!@)|anybody else|so[ -]many|held? against)\b", re.I)
# The page that shows the rules, and the parts that are made from other files.
SHOWS_THEM = {ROOT / "docs/style.md"}
TEXTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "packaging").rglob("*.md"), *(ROOT / "deploy").glob("*.md")]


def faults(path):
    before = ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        code = line.split("//")[0]
        for name in RETIRED.findall(code):
            yield number, f"{name} is a retired word; see docs/glossary.md"
        starts = COMMENT.match(line) and not COMMENT.match(before)
        if starts and (found := BEGINS.match(line)):
            yield number, f"a comment begins with {found.group(1)!r}; begin with a verb or a noun"
        yield from vague(number, line)
        before = line


def vague(number, line):
    """The vague words of a line, but for names in code such as `nobody-makes-this`."""
    for found in VAGUE.finditer(line):
        yield number, f"{found.group()!r} names nothing and nobody; say who, how many, or compared with what"


def main():
    code = [(path, faults(path)) for path in sorted((ROOT / "src").rglob("*.rs")) if "tests" not in path.parts]
    texts = [
        (path, (fault for number, line in enumerate(path.read_text().splitlines(), 1) for fault in vague(number, line)))
        for path in sorted(set(TEXTS) - SHOWS_THEM)
        if "node_modules" not in path.parts and "venv" not in path.parts
    ]
    found = [f"{path.relative_to(ROOT)}:{number}: {what}" for path, each in code + texts for number, what in each]
    print("\n".join(found), file=sys.stderr)
    print(f"words: {len(found)} faults")
    sys.exit(1 if found else 0)


main()
