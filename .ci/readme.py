"""Runs README and the guide as a reader would: every command of every `console` block as it is printed, in order, and
compares what comes out.

A block's commands begin with `$ `; what follows is their output. An ellipsis in it stands for anything. Nothing of the
project is on PATH, only Rust and the system's tools, until README installs it. The server that README starts takes a free
port, and README's port is replaced by it; a page of the guide has a folder of its own.
"""

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


class Reader:
    """A reader of README: an empty folder, and a PATH with Rust and the system's tools, on which README puts what it installs."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        installed = self.folder / "installed"
        rust = pathlib.Path(shutil.which("cargo")).parent
        path = [installed / "bin", rust, "/usr/local/bin", "/usr/bin", "/bin"]
        own = {name: value for name, value in os.environ.items() if not name.startswith("STANDIN_")}
        self.environment = own | {"PATH": ":".join(map(str, path)), "CARGO_INSTALL_ROOT": str(installed)}
        assert shutil.which("standin", path=self.environment["PATH"]) is None, "standin is on PATH already"
        self.port, self.server = README_PORT, None
        self.turn_to("README")

    def turn_to(self, page):
        """Begins a page, in an empty folder."""
        self.work, self.code = self.folder / page, 0
        self.work.mkdir()

    def here(self, text):
        """A text of README with the port that the server has."""
        return text.replace(f":{README_PORT}", f":{self.port}").replace(f'"port":{README_PORT}', f'"port":{self.port}')

    def there(self, text):
        return text.replace(f":{self.port}", f":{README_PORT}")

    def run(self, command, output):
        """What a command prints; `None` where README shows none of it."""
        if command == "cargo test" or "-- my-tests" in command:
            return None  # A step of its own before this one, or not ours to run.
        if command.startswith("standin serve"):
            return self.serve(command)
        shown = re.fullmatch(r"cat (\S+)", command)
        if shown and not (self.work / shown[1]).exists():
            (self.work / shown[1]).write_text("\n".join(output) + "\n")  # README is where this file is written.
        is_cargo = command.startswith("cargo ")
        ran = subprocess.run(["bash", "-c", f"(exit {self.code}); {self.here(command)}"], env=self.environment,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1800 if is_cargo else 120,
                             cwd=ROOT if is_cargo else self.work)
        self.code = ran.returncode
        if is_cargo:
            assert ran.returncode == 0, ran.stdout
            return None
        return self.there(ran.stdout)

    def serve(self, command):
        """The ready line of a server, which goes on."""
        assert self.server is None, "README starts one server"
        self.server = subprocess.Popen(["bash", "-c", f"exec {command}"], env=self.environment | {"STANDIN_PORT": "0", "STANDIN_QUIET": "true"},
                                       stdout=subprocess.PIPE, text=True, cwd=self.work)
        line = self.server.stdout.readline()
        self.port = str(json.loads(line)["port"])
        return self.there(line)

    def stop(self):
        """Whether the server ends well, and wrote no more than its ready line."""
        if self.server is None:
            return True
        self.server.send_signal(signal.SIGTERM)
        code, rest = self.server.wait(timeout=20), self.server.stdout.read()
        if code != 0 or rest:
            print(f"serve ended with {code} and wrote more than its ready line: {rest!r}", file=sys.stderr)
        return code == 0 and not rest


def read(reader, file):
    """The commands of a page, and how many of them did not print what it shows."""
    text, name = file.read_text(), file.relative_to(ROOT)
    count, failures = 0, 0
    for line in unkept(text):
        print(f"{name}:{line}: this code stands in no file below tests/clients", file=sys.stderr)
        failures += 1
    for line, steps in blocks(text):
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
    return count, failures


def main():
    reader = Reader()
    try:
        count, failures = read(reader, ROOT / "README.md")
        assert count > 0, "README has no console blocks"
        for page in sorted((ROOT / "docs/how-to").glob("*.md")):
            reader.turn_to(page.stem)
            more, wrong = read(reader, page)
            count, failures = count + more, failures + wrong
    finally:
        stopped = reader.stop()
        shutil.rmtree(reader.folder)
    failures += not stopped
    print(f"README and guide: {count} commands, {failures} failures")
    sys.exit(1 if failures else 0)


main()
