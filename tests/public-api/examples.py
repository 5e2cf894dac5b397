"""Names the public types and functions whose documentation has no example that runs.

    tests/public-api/examples.py RUSTDOC.json MODULE...

Reads what rustdoc writes as JSON. A MODULE is left out, with all that is in it: `api` is shown by `examples/own_api.rs`.
"""

import json
import re
import sys

crate = json.load(open(sys.argv[1]))
index, left_out = crate["index"], set(sys.argv[2:])
# Blocks that the tests of documentation run: with no language, or with one of these.
RUNS = re.compile(r"^```(|rust|should_panic|edition\d+)\n", re.M)


def items(module, path):
    """The public types, traits and functions of a module, where it names them, with their paths."""
    for number in module["inner"]["module"]["items"]:
        item = index[str(number)]
        name, target = item["name"], item
        if "use" in item["inner"]:
            used = item["inner"]["use"]
            name, target = used["name"], index.get(str(used["id"]))
        if item["visibility"] != "public" or target is None or name in left_out:
            continue
        kind = next(iter(target["inner"]))
        if kind == "module":
            yield from items(target, f"{path}::{name}")
        elif kind in ("struct", "enum", "trait"):
            yield f"{path}::{name}", target


found = dict(items(index[str(crate["root"])], "standin"))
missing = sorted(path for path, item in found.items() if not RUNS.search(item["docs"] or ""))
for path in missing:
    print(f"{path} has no example that runs", file=sys.stderr)
if len(found) < 40:
    sys.exit(f"only {len(found)} public types were found")
print(f"examples: {len(found) - len(missing)} of {len(found)} public types have one")
sys.exit(bool(missing))
