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
    r"verbs?|repl(?:y|ies)|"
    r"most_worlds|idle_worlds_expire|without_control|without_headers|without_embedded_fixtures|make_world|make_fork)\b"
)
BEGINS = re.compile(
    r"^\s*//[/!]? (What|Whether|How|Who|Whom|Whose|Which|Whichever|Why|Where|When|The same|Whoever|Nobody|Somebody|So many)\b"
)
COMMENT = re.compile(r"^\s*//[/!]?")
# A function, and the first word of its comment: "Returns", "Rejects,". Nouns in the plural look like verbs.
FUNCTION = re.compile(r"^\s*(pub(\([^)]*\))? )?(default )?(const )?(async )?(unsafe )?fn \w+")
VERB = re.compile(r"^[A-Z][a-z]*s[,:]?$")
NOUNS = set(
    "Its This Bytes Cursors Errors Fields Files Headers Ids Jobs Keys Lines Milliseconds Operations Others Pages Parameters Parts "
    "Paths Programs Records Refusals Routes Rows Rules Seconds Statuses Texts Times Tokens Types Values Variables Warnings".split()
)
# A function of the library that can fail, and the words of a comment that tells when.
FALLIBLE = re.compile(r"^\s*pub (async )?fn .*-> (io::)?Result<")
FAILS = re.compile(r"\b([Ee]rrors?|[Ff]ails?|[Rr]efuse[sd]|[Rr]ejects?)\b")
# Actors without a name, numbers without a number, and words that only their author understands.
VAGUE = re.compile(r"\b(whoever|somebody|nobody(?!@)|anybody else|so[ -]many|held? against)\b", re.I)
# The page that shows the rules, and the parts that are made from other files.
SHOWS_THEM = {ROOT / "docs/style.md"}
TEXTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "packaging").rglob("*.md"), *(ROOT / "deploy").glob("*.md")]


def not_a_verb(lines, place):
    """The first word of the comment of the function that begins at that place, where it is no verb."""
    if not FUNCTION.match(lines[place]):
        return None
    first = place
    while first > 0 and lines[first - 1].strip().startswith(("///", "#[")):
        first -= 1
    comment = next((line.strip()[3:].split() for line in lines[first:place] if line.strip().startswith("///")), None)
    if comment is None:
        return None
    word = comment[0] if comment else ""
    return None if VERB.match(word) and word.rstrip(",:") not in NOUNS else word


def comment_before(lines, place):
    """The text of the doc comment above a place."""
    first = place
    while first > 0 and lines[first - 1].strip().startswith(("///", "#[")):
        first -= 1
    return " ".join(line.strip()[3:] for line in lines[first:place] if line.strip().startswith("///"))


def is_silent_about_errors(lines, place):
    """Whether a public function can fail, and its comment does not tell when."""
    if not re.match(r"\s*pub (async )?fn ", lines[place]):
        return False
    end = next(n for n in range(place, len(lines)) if lines[n].rstrip().endswith(("{", ";")))
    signature = " ".join(line.strip() for line in lines[place : end + 1])
    return bool(FALLIBLE.match(signature)) and not FAILS.search(comment_before(lines, place))


def begins(path):
    """The comments of a file that begin with a word that they must not begin with."""
    before = ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        starts = COMMENT.match(line) and not COMMENT.match(before)
        if starts and (found := BEGINS.match(line)):
            yield number, f"a comment begins with {found.group(1)!r}; begin with a verb or a noun"
        before = line


def faults(path):
    lines = path.read_text().splitlines()
    yield from begins(path)
    for number, line in enumerate(lines, 1):
        if (word := not_a_verb(lines, number - 1)) is not None:
            yield number, f"the comment of this function begins with {word!r}; begin with a third-person verb"
        if "embed" in path.parts and is_silent_about_errors(lines, number - 1):
            yield number, "this function can fail, and its comment does not say when"
        code = line.split("//")[0]
        for name in RETIRED.findall(code):
            yield number, f"{name} is a retired word; see docs/glossary.md"
        yield from vague(number, line)


# The declaration of a type at the outermost level of a file.
TYPE = re.compile(r"^(?:pub(?:\([^)]*\))? )?(?:struct|enum|trait|type) ([A-Z]\w*)")


def homonyms(paths):
    """Types of one name in two files of one room: a folder of src, or of one API."""
    first = {}
    for path in paths:
        inside = path.relative_to(ROOT / "src").parts
        if "tests.rs" in inside:
            continue
        room = inside[:2] if inside[0] == "apis" else inside[:1]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if declared := TYPE.match(line):
                name = declared.group(1)
                known = first.setdefault((room, name), path)
                if known != path:
                    yield path, number, f"{name} is a type of {known.relative_to(ROOT)} too; one word, one thing in a room"


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
    others = [
        (path, begins(path))
        for folder in ("benches/src", "examples", "fuzz/src", "tests")
        for path in sorted((ROOT / folder).rglob("*.rs"))
    ]
    found = [f"{path.relative_to(ROOT)}:{number}: {what}" for path, each in code + others + texts for number, what in each]
    twice = homonyms([path for path, _ in code])
    found += [f"{path.relative_to(ROOT)}:{number}: {what}" for path, number, what in twice]
    print("\n".join(found), file=sys.stderr)
    print(f"words: {len(found)} faults")
    sys.exit(1 if found else 0)


main()
