"""A person signs in by an OAuth library that knows nothing of standin: `python authlib_test.py <url>`."""

import sys

import requests
from authlib.integrations.requests_client import OAuth2Session
from requests_oauthlib import OAuth2Session as OauthlibSession

url = sys.argv[1]
CALLBACK = "https://app.example.com/callback"
CLIENT, SECRET = "3a95a779-0ed1-499b-a352-9ea30d0bd5ea", "any-secret"


def unwrapped(response):
    """Edlink puts the tokens into `$data`; clients of the service do this."""
    body = response.json()
    response._content = __import__("json").dumps(body.get("$data", body)).encode()
    return response


def back_from(address):
    response = requests.get(address, allow_redirects=False)
    assert response.status_code == 302, (response.status_code, response.text)
    return response.headers["location"]


# Authlib: state, code, token, refresh; the secret goes in the body.
session = OAuth2Session(CLIENT, SECRET, redirect_uri=CALLBACK, token_endpoint_auth_method="client_secret_post")
session.register_compliance_hook("access_token_response", unwrapped)
session.register_compliance_hook("refresh_token_response", unwrapped)
address, state = session.create_authorization_url(f"{url}/sso/login")
token = session.fetch_token(f"{url}/api/authentication/token", authorization_response=back_from(address), state=state)
assert token["token_type"] == "Bearer" and token["expires_in"] == 3600, token
me = session.get(f"{url}/api/v2/my/profile").json()["$data"]
assert me["id"], me
before = token["access_token"]
renewed = session.refresh_token(f"{url}/api/authentication/token", refresh_token=token["refresh_token"])
assert renewed["access_token"] != before and renewed["refresh_token"] == token["refresh_token"]
old = requests.get(f"{url}/api/v2/my/profile", headers={"authorization": f"Bearer {before}"})
assert old.status_code == 200, "a token that was refreshed lives to its own end"

# requests-oauthlib: a person who says no, then one of choice.
session = OauthlibSession(CLIENT, redirect_uri=CALLBACK)
session.register_compliance_hook("access_token_response", unwrapped)
address, _ = session.authorization_url(f"{url}/sso/login", standin_outcome="declined_authorization")
try:
    session.fetch_token(
        f"{url}/api/authentication/token",
        authorization_response=back_from(address),
        client_secret=SECRET,
        include_client_id=True,
    )
    raise SystemExit("a sign-in that was declined gave a token")
except Exception as error:  # the library has a class for each error of the standard; this is none
    assert "declined_authorization" in str(error), error
address, _ = session.authorization_url(f"{url}/sso/login", standin_person=me["id"])
token = session.fetch_token(
    f"{url}/api/authentication/token",
    authorization_response=back_from(address),
    client_secret=SECRET,
    include_client_id=True,
)
assert session.get(f"{url}/api/v2/my/profile").json()["$data"]["id"] == me["id"]
print("oauth (authlib, requests-oauthlib): all passed")
