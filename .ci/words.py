"""Keeps retired words out of the code, and comments in the project's voice.

The rules are in docs/glossary.md and, for comments: a function's begins with a third-person verb, a type's with a noun.
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
# Doc comments of arguments are help texts.
HELP_TEXTS = ROOT / "src/cli"


def faults(path):
    before = ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        code = line.split("//")[0]
        for name in RETIRED.findall(code):
            yield number, f"{name} is a retired word; see docs/glossary.md"
        starts = COMMENT.match(line) and not COMMENT.match(before)
        if starts and HELP_TEXTS not in path.parents and (found := BEGINS.match(line)):
            yield number, f"a comment begins with {found.group(1)!r}; begin with a verb or a noun"
        before = line


def main():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {what}"
        for path in sorted((ROOT / "src").rglob("*.rs"))
        for number, what in faults(path)
    ]
    print("\n".join(found), file=sys.stderr)
    print(f"words: {len(found)} faults")
    sys.exit(1 if found else 0)


main()
