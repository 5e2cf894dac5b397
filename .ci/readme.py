"""Runs README and the guide as a reader would: every command of every `console` block as it is printed, in order, page by
page, and compares what comes out.

    .ci/readme.py [--standin BINARY] [--path FOLDER] [--modules FOLDER] [PAGE…]

A block's commands begin with `$ `; what follows is their output. An ellipsis in it stands for anything. `$ cat FILE` writes a file that is
not there yet, or that the page shows again; so does a block of Python or JavaScript that begins with its file's name. Nothing of the project
is on PATH, only Rust and the system's tools, until README installs it. Each page has an empty folder and a server of its own, on a free port
that takes the place of the printed one.

Pages of packages are left out unless they are named: they need what `packaging/build` makes, and are run with it, with `--path` and, for
Node's modules, `--modules`. With `--standin`, that binary takes the place of the one that README installs. With UPDATE_README in the
environment, what comes out is written into the pages.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PRINTED_PORT = "4780"
PACKAGES = {ROOT / "docs/how-to/pytest.md", ROOT / "docs/how-to/javascript.md"}
# Benchmarks take half an hour, and are measured by hand.
UNRUN = {ROOT / "docs/reference/benchmarks.md"}
UPDATE = bool(os.environ.get("UPDATE_README"))
NAMED = re.compile(r"(?:#|//) ([\w.-]+\.(?:py|js|mjs))\n")


def blocks(text):
    """The console blocks, as commands with their outputs, and the files that blocks of code write."""
    for found in re.finditer(r"^```(console|python|js)\n(.*?)^```", text, re.M | re.S):
        line = text[: found.start()].count("\n") + 1
        if found[1] != "console":
            named = NAMED.match(found[2])
            yield line, [], (named[1], found[2]) if named else None
            continue
        steps, current = [], None
        for row in found[2].splitlines():
            if row.startswith("$ "):
                current = [row[2:], []]
                steps.append(current)
            elif current and current[0].endswith("\\"):
                current[0] += "\n" + row
            elif current:
                current[1].append(row)
        yield line, steps, None


def unrun(text):
    """Code blocks that neither write a file of the page nor stand in a file that is run (tests/clients) or compiled (snippets)."""
    run = [path for path in (ROOT / "tests/clients").rglob("*") if path.suffix in (".rs", ".py", ".mjs", ".sh")]
    compiled = [path for path in (ROOT / "snippets").rglob("*") if path.suffix in (".java", ".cs", ".go", ".ts")]
    files = [path.read_text() for path in run + compiled]
    for found in re.finditer(r"^```(rust,ignore|python|js|java|csharp|go)\n(.*?)^```", text, re.M | re.S):
        if not NAMED.match(found[2]) and not any(found[2].strip() in file for file in files):
            yield text[: found.start()].count("\n") + 1


def matches(wanted, got):
    pattern = ".*?".join(re.escape(part) for part in wanted.strip().split("…"))
    return re.fullmatch(pattern, got.strip(), re.S) is not None


class Reader:
    """A reader: an empty folder for each page, and a PATH with Rust and the system's tools, on which README puts what it installs."""

    def __init__(self, arguments):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.modules = arguments.modules
        installed = self.folder / "installed"
        rust = pathlib.Path(shutil.which("cargo")).parent
        path = [*arguments.path, installed / "bin", rust, "/usr/local/bin", "/usr/bin", "/bin"]
        own = {name: value for name, value in os.environ.items() if not name.startswith("STANDIN_")}
        own |= {"CI": "1", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self.environment = own | {"PATH": ":".join(map(str, path)), "CARGO_INSTALL_ROOT": str(installed)}
        self.installs = arguments.standin is None
        if arguments.standin:
            (installed / "bin").mkdir(parents=True)
            (installed / "bin/standin").symlink_to(pathlib.Path(arguments.standin).resolve())
        elif not arguments.path:
            assert shutil.which("standin", path=self.environment["PATH"]) is None, "standin is on PATH already"
        self.port, self.server = PRINTED_PORT, None

    def turn_to(self, page, text):
        """Begins a page, in an empty folder, with a server if the page uses one without starting it."""
        name = "-".join(page.relative_to(ROOT).with_suffix("").parts)
        self.work, self.code = self.folder / "pages" / name, 0
        self.work.mkdir(parents=True)
        if self.modules:
            (self.work / "node_modules").symlink_to(pathlib.Path(self.modules).resolve())
        commands = [command for _, steps, _ in blocks(text) for command, _ in steps]
        uses = any(f":{PRINTED_PORT}" in command for command in commands)
        if uses and not any(command.startswith("standin serve") for command in commands):
            self.serve("standin serve")

    def here(self, text):
        """A text of the page with the port that the server has."""
        return text.replace(f":{PRINTED_PORT}", f":{self.port}").replace(f'"port":{PRINTED_PORT}', f'"port":{self.port}')

    def there(self, text):
        return text.replace(f":{self.port}", f":{PRINTED_PORT}")

    def run(self, command, output):
        """What a command prints; `None` where the page shows none of it."""
        if command == "cargo test" or "-- my-tests" in command or command.startswith(("pip install", "npm install")):
            return None  # A step of its own before this one, or not ours to run.
        if command.startswith("standin serve"):
            return self.serve(command)
        if shown := re.fullmatch(r"cat (\S+)", command):
            # The page is where this file is written.
            (self.work / shown[1]).parent.mkdir(parents=True, exist_ok=True)
            (self.work / shown[1]).write_text("\n".join(output) + "\n")
        is_cargo = command.startswith("cargo ")
        if is_cargo and not self.installs:
            return None
        ran = subprocess.run(["bash", "-c", f"(exit {self.code}); {self.here(command)}"], env=self.environment,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1800 if is_cargo else 120,
                             cwd=ROOT if is_cargo else self.work)
        self.code = ran.returncode
        if is_cargo:
            assert ran.returncode == 0, ran.stdout
            self.installs = False
            return None
        return self.there(ran.stdout)

    def serve(self, command):
        """The ready line of a server, which goes on."""
        assert self.server is None, "a page starts one server"
        self.server = subprocess.Popen(["bash", "-c", f"exec {command}"], env=self.environment | {"STANDIN_PORT": "0", "STANDIN_QUIET": "true"},
                                       stdout=subprocess.PIPE, text=True, cwd=self.work)
        line = self.server.stdout.readline()
        self.port = str(json.loads(line)["port"])
        return self.there(line)

    def stop(self):
        """Tells whether the page's server ends well, and wrote no more than its ready line."""
        if self.server is None:
            return True
        server, self.server, self.port = self.server, None, PRINTED_PORT
        server.send_signal(signal.SIGTERM)
        code, rest = server.wait(timeout=20), server.stdout.read()
        if code != 0 or rest:
            print(f"serve ended with {code} and wrote more than its ready line: {rest!r}", file=sys.stderr)
        return code == 0 and not rest


def read(reader, file):
    """The number of a page's commands, and of those that did not print what it shows."""
    text, name = file.read_text(), file.relative_to(ROOT)
    reader.turn_to(file, text)
    count, failures = 0, 0
    for line in unrun(text):
        print(f"{name}:{line}: this code writes no file, and stands in none below tests/clients or snippets", file=sys.stderr)
        failures += 1
    for line, steps, written in blocks(text):
        if written:
            (reader.work / written[0]).write_text(written[1])
        for command, output in steps:
            got = reader.run(command, output)
            count += 1
            if got is None or matches("\n".join(output), got):
                continue
            if UPDATE:
                old = "\n".join(["$ " + command, *output]) + "\n"
                text = text.replace(old, "\n".join(["$ " + command, *got.rstrip("\n").splitlines()]) + "\n", 1)
                continue
            failures += 1
            print(f"{name}:{line}: {command}\nwanted:\n" + "\n".join(output) + f"\ngot:\n{got}", file=sys.stderr)
    if UPDATE:
        file.write_text(text)
    return count, failures + (not reader.stop())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="*", type=pathlib.Path)
    parser.add_argument("--standin")
    parser.add_argument("--path", action="append", default=[])
    parser.add_argument("--modules")
    arguments = parser.parse_args()
    pages = [page.resolve() for page in arguments.pages]
    if not pages:
        pages = [ROOT / "README.md", *sorted(set((ROOT / "docs").rglob("*.md")) - PACKAGES - UNRUN)]
    reader = Reader(arguments)
    count = failures = 0
    try:
        for page in pages:
            more, wrong = read(reader, page)
            count, failures = count + more, failures + wrong
    finally:
        reader.stop()
        shutil.rmtree(reader.folder)
    assert count > 0, "no page has a console block"
    print(f"README and guide: {len(pages)} pages, {count} commands, {failures} failures")
    sys.exit(1 if failures else 0)


main()
