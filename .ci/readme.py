"""Runs README as a reader would: every `console` block, against the release binary, and compares what comes out.

A block's commands begin with `$ `; what follows is their output. An ellipsis in it stands for anything. The coverage
table must be what the binary prints. The server that README starts in its first block is started here on a free port,
and README's port is replaced by it.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / "target/release/standin"
README_PORT = "4780"


UPDATE = bool(os.environ.get("UPDATE_README"))


def blocks(text):
    for found in re.finditer(r"^```console\n(.*?)^```", text, re.M | re.S):
        line = text[: found.start()].count("\n") + 1
        steps, current = [], None
        for row in found.group(1).splitlines():
            if row.startswith("$ "):
                current = [row[2:], []]
                steps.append(current)
            elif current and current[0].endswith("\\"):
                current[0] += "\n" + row
            elif current:
                current[1].append(row)
        yield line, steps


def unkept(text):
    """Code blocks of README that stand in no file that is run."""
    files = [path.read_text() for path in (ROOT / "tests/clients").rglob("*") if path.suffix in (".rs", ".py", ".mjs", ".sh")]
    for found in re.finditer(r"^```(?:rust,ignore|python|js)\n(.*?)^```", text, re.M | re.S):
        if not any(found.group(1).strip() in file for file in files):
            yield text[: found.start()].count("\n") + 1


def matches(wanted, got):
    pattern = ".*?".join(re.escape(part) for part in wanted.strip().split("…"))
    return re.fullmatch(pattern, got.strip(), re.S) is not None


def main():
    text = (ROOT / "README.md").read_text()
    failures = 0

    table = subprocess.run([BINARY, "routes", "--format", "markdown"], capture_output=True, text=True, check=True).stdout
    kept = re.search(r"<!-- coverage -->\n(.*?)<!-- /coverage -->", text, re.S)
    if UPDATE and kept:
        text = text[: kept.start(1)] + table.strip() + "\n" + text[kept.end(1) :]
    elif not kept or kept.group(1).strip() != table.strip():
        print("README.md: the coverage table is not what `standin routes --format markdown` prints", file=sys.stderr)
        failures += 1

    for line in unkept(text):
        print(f"README.md:{line}: this code stands in no file below tests/clients", file=sys.stderr)
        failures += 1

    server = subprocess.Popen([BINARY, "serve", "--port", "0", "-q"], stdout=subprocess.PIPE, text=True)
    try:
        ready = json.loads(server.stdout.readline())
        assert ready["ready"] == 1 and ready["apis"] == ["celigo", "edlink"], ready
        count = 0
        folder, code = pathlib.Path(tempfile.mkdtemp()), 0
        for line, steps in blocks(text):
            for command, output in steps:
                if re.match(r"(cargo|standin serve|kill)\b|.*-- my-tests", command):
                    continue  # Run by the steps before this one, or not ours to run.
                shown = re.fullmatch(r"cat (\S+)", command)
                if shown and not (folder / shown[1]).exists():
                    (folder / shown[1]).write_text("\n".join(output) + "\n")  # README is where this file is written.
                local = command.replace(f":{README_PORT}", f":{ready['port']}")
                local = re.sub(r"\bstandin (?=[a-z])", f"{BINARY} ", local)
                ran = subprocess.run(["bash", "-c", f"(exit {code}); {local}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     text=True, timeout=120, cwd=folder)
                code = ran.returncode
                got = ran.stdout.replace(f":{ready['port']}", f":{README_PORT}")
                count += 1
                if UPDATE:
                    if not matches("\n".join(output), got):
                        old = "\n".join(["$ " + command, *output]) + "\n"
                        new = "\n".join(["$ " + command, *got.rstrip("\n").splitlines()]) + "\n"
                        text = text.replace(old, new, 1)
                elif not matches("\n".join(output), got):
                    failures += 1
                    print(f"README.md:{line}: {command}\nwanted:\n" + "\n".join(output) + f"\ngot:\n{got}", file=sys.stderr)
        print(f"README: {count} commands run")
        assert count > 0, "README has no console blocks"
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(timeout=20)
    if UPDATE:
        (ROOT / "README.md").write_text(text)
    rest = server.stdout.read()
    if code != 0 or rest:
        print(f"serve ended with {code} and wrote more than its ready line: {rest!r}", file=sys.stderr)
        failures += 1
    print(f"{count - failures} passed, {failures} failed")
    sys.exit(1 if failures else 0)


main()
