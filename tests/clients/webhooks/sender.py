"""A sender of webhooks signs in each way that listeners verify: `python sender.py <url>`."""

import base64
import hashlib
import hmac
import sys

import requests

url = sys.argv[1]
API = {"Authorization": "Bearer any-token"}
KEY = "not-a-real-secret"


class Signed(requests.auth.AuthBase):
    """Signs what is really sent."""

    def __init__(self, algorithm, encode, header, key=KEY):
        self.algorithm, self.encode, self.header, self.key = algorithm, encode, header, key

    def __call__(self, request):
        body = request.body.encode() if isinstance(request.body, str) else request.body
        digest = hmac.new(self.key.encode(), body, getattr(hashlib, self.algorithm)).digest()
        request.headers[self.header] = self.encode(digest)
        return request


class Header(requests.auth.AuthBase):
    """Sends a token in a header."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def __call__(self, request):
        request.headers[self.name] = self.value
        return request


def listener(**webhook):
    """The address of a new listener, which shows none of its secrets."""
    export = {"name": "Listener", "type": "webhook", "adaptorType": "WebhookExport", "webhook": webhook}
    made = requests.post(f"{url}/v1/exports", json=export, headers=API)
    assert made.status_code == 201, made.text
    assert KEY not in made.text or webhook["verify"] == "secret_url", made.text
    return f"{url}/v1/exports/{made.json()['_id']}"


def deliver(address, good, bad, **body):
    for auth, status in ((good, 204), (bad, 401), (None, 401)):
        answer = requests.post(address, auth=auth, **body)
        assert answer.status_code == status, (address, auth, answer.status_code, answer.text)


hexed, based = lambda digest: digest.hex(), lambda digest: base64.b64encode(digest).decode()
for algorithm in ("sha1", "sha256", "sha384", "sha512"):
    for encoding, encode in (("hex", hexed), ("base64", based)):
        address = listener(verify="hmac", algorithm=algorithm, encoding=encoding, key=KEY, header="X-Hub-Signature")
        for prefix in ("", f"{algorithm}="):
            good = Signed(algorithm, lambda digest: prefix + encode(digest), "X-Hub-Signature")
            bad = Signed(algorithm, lambda digest: prefix + encode(digest), "X-Hub-Signature", key="another")
            deliver(f"{address}/data", good, bad, json={"order": 1})
address = listener(verify="basic", username="shop", password=KEY)
deliver(f"{address}/data", ("shop", KEY), ("shop", "another"), json={"order": 1})
address = listener(verify="token", token=KEY, tokenLocation="header", tokenHeaderName="X-Token", tokenHeaderScheme="none")
deliver(f"{address}/data", Header("X-Token", KEY), Header("X-Token", "another"), data={"order": "1"})
address = listener(verify="token", token=KEY, tokenLocation="header")
deliver(f"{address}/data", Header("Authorization", f"Bearer {KEY}"), Header("Authorization", KEY), json={"order": 1})

# Tokens that stand in the query, the body or the address.
address = listener(verify="token", token=KEY, tokenLocation="queryParam", tokenQueryParamName="t")
assert requests.post(f"{address}/data", params={"t": KEY}, json={}).status_code == 204
assert requests.post(f"{address}/data", params={"t": "x"}, json={}).status_code == 401
address = listener(verify="token", token=KEY, path="secret.token")
assert requests.post(f"{address}/data", json={"secret": {"token": KEY}}).status_code == 204
assert requests.post(f"{address}/data", json={"token": KEY}).status_code == 401
address = listener(verify="secret_url", token=KEY)
assert requests.post(f"{address}/{KEY}/data", json={}).status_code == 204
assert requests.post(f"{address}/undefined/data", json={}).status_code == 401

# A sender that asks first whether the address is its receiver's.
address = listener(verify="hmac", key=KEY, challengeSuccessBody="{{challenge}}", challengeSuccessMediaType="plaintext")
asked = requests.get(f"{address}/data", params={"challenge": "abc"})
assert (asked.status_code, asked.text) == (200, "abc"), asked.text
asked = requests.post(f"{address}/data", json={"challenge": "def"})
assert (asked.status_code, asked.text) == (200, "def"), asked.text
print("every verification takes its sender and no other")
