"""Runs every client in a world of its own, by the user of the proxy, and prints what came of it as a table.

Started by `standin run --intercept`: the variables that clients read are there already; here the user of the proxy is added.
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = os.path.join(HERE, "clients")
WORK = os.environ["MATRIX_WORK"]
URL = os.environ["STANDIN_URL"]
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

def control(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{URL}/_standin{path}", data, {"content-type": "application/json"}, method=method)
    with direct.open(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def python(name):
    return [os.path.join(WORK, "venv/bin/python"), os.path.join(CLIENTS, name)]


def script(runtime, *arguments):
    return [*runtime, os.path.join(WORK, arguments[0]), *arguments[1:]]


NODE_OLD = [os.path.join(WORK, "node_modules/node-old/bin/node")]
NODE_NEW = [os.path.join(WORK, "node_modules/node-new/bin/node")]
DENO = [os.path.join(WORK, "node_modules/@deno/linux-x64-glibc/deno"), "run", "--allow-all", "--quiet"]
BUN = [os.path.join(WORK, "node_modules/@oven/bun-linux-x64-baseline/bin/bun"), "run"]


def version(*command):
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return (told.stdout or told.stderr).strip().splitlines()[0]


def node(runtime):
    name = f"Node.js {version(*runtime, '--version').lstrip('v').split('.')[0]}"
    return [
        (f"{name}, fetch", script(runtime, "fetch.mjs")),
        (f"{name}, https", script(runtime, "https.mjs")),
        (f"{name}, agent of its own", script(runtime, "agent.mjs")),
        (f"{name}, axios 0.27", script(runtime, "axios.mjs", "axios-old")),
        (f"{name}, axios 1", script(runtime, "axios.mjs", "axios")),
        (f"{name}, got", script(runtime, "got.mjs")),
    ]


CASES = [
    ("curl", ["bash", os.path.join(CLIENTS, "curl.sh")]),
    ("git", ["git", "-c", "http.extraHeader=Authorization: Bearer any", "ls-remote", "https://api.integrator.io/v1/flows"]),
    ("Python, requests", python("requests_.py")),
    ("Python, httpx", python("httpx_.py")),
    ("Python, aiohttp with trust_env", python("aiohttp_.py")),
    ("Python, urllib", python("urllib_.py")),
    *node(NODE_OLD),
    *node(NODE_NEW),
    ("Deno, fetch", script(DENO, "fetch.mjs")),
    ("Bun, fetch", script(BUN, "fetch.mjs")),
    ("Edlink SDK", script(NODE_OLD, "edlink.mjs")),
    ("Go, net/http", [os.path.join(WORK, "client-go")]),
    ("Ruby, net/http", ["ruby", os.path.join(CLIENTS, "client.rb")]),
    ("Java, HttpClient", ["java", "-cp", WORK, "Client"]),
]

WANTED = {"pages": None, "missing": "404", "reset": "error", "stall": "error"}


def run(name, command, world):
    """What a client says, and by which way its calls came to its own world."""
    proxy = URL.replace("http://", f"http://{world}:x@")
    environment = {**os.environ, "DENO_NO_UPDATE_CHECK": "1", "GIT_TERMINAL_PROMPT": "0"}
    if name.startswith("Java"):
        # Java has no variable for the user of a proxy: its calls come to the default world.
        world = "default"
    else:
        for variable in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
            environment[variable] = proxy
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, cwd=WORK)
    calls = control("GET", f"/worlds/{world}/journal")["entries"]
    return ended, calls, world


def judged(name, ended, calls):
    if name == "git":
        # It knows one kind of request, and finds no repository.
        came = any("/info/refs" in call["target"] for call in calls)
        return {"list": "asked"} if came else {}, came
    said = dict(pair.split("=") for pair in ended.stdout.split() if "=" in pair)
    good = all(said.get(key) == wanted for key, wanted in WANTED.items() if wanted)
    good = good and said.get("list", "0") != "0" and said.get("pages") == said.get("list")
    return said, good


def one(number, name, command):
    """A row of the table, and what is wrong with it."""
    world = f"client-{number}"
    control("POST", "/worlds", {"name": world})
    ended, calls, world = run(name, command, world)
    said, good = judged(name, ended, calls)
    # In absolute form, with the real host: they came by the proxy.
    reached = bool(calls) and all(call["target"].startswith("https://") for call in calls)
    count = said.get("list", "0")
    yes = {"list": count.isdigit() and count != "0", "pages": "pages" in said and said["pages"] == count}
    cells = ["yes" if yes.get(key) else said.get(key, "-") for key in ("list", "pages", "missing", "reset", "stall")]
    row = f"| {name} | " + " | ".join(cells) + f" | {'default' if world == 'default' else 'its own'} |"
    if good and reached:
        return row, ""
    told = [f"--- {name}: {said}", ended.stdout, ended.stderr[-3000:]]
    return row, "\n".join(told + [f"{call['method']} {call['target']} {call.get('status')}" for call in calls])


def main():
    only = sys.argv[1:]
    cases = [(n, *case) for n, case in enumerate(CASES) if not only or any(word in case[0] for word in only)]
    # Most of the time they wait for the answer that never comes.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda case: one(*case), cases))
    wrong = [told for _, told in found if told]
    print("| client | list | pages | not there | reset | stall | world |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(row for row, _ in found))
    print("\n".join(wrong), file=sys.stderr)
    sys.exit(1 if wrong or not found else 0)


main()
