"""Writes the records that the property-based tester needs beside the embedded ones: `fixtures.py EMBEDDED FOLDER`.

Tokens that are listed, because by default every one is good; people who write, hand in and wait; and listeners that take what
comes to them.
"""

import json
import pathlib
import sys

embedded, folder = map(pathlib.Path, sys.argv[1:])


def write(name, records):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(records))


def read(name):
    return json.loads((embedded / name).read_text())


write("tokens.json", {"celigo": ["good"], "edlink": {"secrets": ["good"]}})

logins = read("edlink/logins.json")
usable = next(it for it in logins if it["code"] is None)
submissions = read("edlink/submissions.json")
people = {
    "teacher": next(it["grader_id"] for it in submissions if it.get("grader_id")),
    "writing": next(it["person_id"] for it in submissions if it["state"] == "created"),
    "waiting": next(it["person_id"] for it in submissions if it["state"] == "submitted"),
}
for number, (token, person) in enumerate(people.items()):
    login = {"id": f"00000000-0000-4000-8000-{number:012}", "access_token": token, "refresh_token": f"more-{token}"}
    logins.append({**usable, **login, "person_id": person})
write("edlink/logins.json", logins)

exports = read("celigo/exports.json")
hook = next(it for it in exports if it.get("webhook"))
listener = {**hook, "_id": "listener", "name": "With a token", "apiIdentifier": "known", "webhook": {"verify": "secret_url", "token": "known"}}
write("celigo/exports.json", [*exports, listener, {**hook, "_id": "open", "name": "Open", "apiIdentifier": "none", "webhook": {}}])
