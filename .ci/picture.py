"""Draws README's picture of a failing test from a real run.

    .ci/picture.py BINARY [--update]

Runs the careless script of README against the ready-made scenario, and compares the drawing with docs/images/failing-test.svg.
"""

import html
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs/images/failing-test.svg"
COMMAND = "standin run --scenario celigo-lost-create -- sh careless.sh"
LINE, TOP, LEFT, LETTER = 19, 44, 18, 7.85
COLOURS = [
    (re.compile(r"^FAIL"), "#ff7b72"),
    (re.compile(r"^  (calls|order|conduct|final|faults)"), "#ffd580"),
    (re.compile(r"^  (journal|again)"), "#7ee0c3"),
]


def output(binary):
    """The command's report, without its table of coverage."""
    script = re.search(r"\$ cat careless\.sh\n(.*?)\n\$ ", (ROOT / "README.md").read_text(), re.S)[1]
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "careless.sh").write_text(script + "\n")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("STANDIN_", "GITHUB_"))}
        arguments = [str(pathlib.Path(binary).resolve()), *COMMAND.split()[1:]]
        said = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert said.returncode == 4, said
    return said.stderr.split("\ncoverage:")[0].splitlines()


def drawing(lines):
    rows = [("$ " + COMMAND, "#e6edf3")]
    for line in lines:
        rows.append((line, next((colour for pattern, colour in COLOURS if pattern.search(line)), "#c9d1d9")))
    width = round(max(len(text) for text, _ in rows) * LETTER + 2 * LEFT)
    height = TOP + len(rows) * LINE + 8
    texts = "".join(
        f'<text x="{LEFT}" y="{TOP + n * LINE + 10}" fill="{colour}">{html.escape(text)}</text>\n' for n, (text, colour) in enumerate(rows)
    )
    dots = "".join(f'<circle cx="{20 + 18 * n}" cy="18" r="6" fill="{colour}"/>' for n, colour in enumerate(["#ff5f57", "#febc2e", "#28c840"]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="The report of a failing test">\n<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>\n{dots}\n'
        f'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" style="white-space:pre">\n{texts}</g>\n</svg>\n'
    )


def main():
    drawn = drawing(output(sys.argv[1]))
    if "--update" in sys.argv:
        PICTURE.write_text(drawn)
    elif PICTURE.read_text() != drawn:
        sys.exit("docs/images/failing-test.svg is stale; run .ci/picture.py BINARY --update")
    print("picture: as the run was")


main()
