import requests

BASE = "https://api.integrator.io/v1"
session = requests.Session()
session.headers["Authorization"] = "Bearer any"


def get(url):
    return session.get(url, timeout=2)


def outcome(url):
    try:
        return get(url).status_code
    except requests.RequestException:
        return "error"


count = len(get(f"{BASE}/integrations").json())
url, pages = f"{BASE}/integrations?limit=1", 0
while url:
    answer = get(url)
    pages, url = pages + 1, answer.links.get("next", {}).get("url")
missing = outcome(f"{BASE}/integrations/none")
reset, stall = outcome(f"{BASE}/flows"), outcome(f"{BASE}/exports")
print(f"list={count} pages={pages} missing={missing} reset={reset} stall={stall}")
