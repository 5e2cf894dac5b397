import json
import os
import subprocess

import pytest
import requests


@pytest.fixture(scope="session")
def standin():
    """The URL of one server for the whole run, or of the one that STANDIN_URL names."""
    if "STANDIN_URL" in os.environ:
        yield os.environ["STANDIN_URL"]
        return
    serve = ["standin", "serve", "--port", "0", "--quiet", "--exit-with-stdin"]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        yield json.loads(server.stdout.readline())["url"]
        server.stdin.close()


@pytest.fixture
def world(standin):
    """A world of this test's own."""
    world = requests.post(f"{standin}/_standin/worlds").json()
    yield world
    requests.delete(f"{standin}/_standin/worlds/{world['name']}")


def delete_all(base_url, token):
    """The software under test: it deletes all integrations."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    for integration in session.get(f"{base_url}/integrations").json():
        session.delete(f"{base_url}/integrations/{integration['_id']}").raise_for_status()


@pytest.mark.parametrize("run", range(20))
def test_deletes_all(world, run):
    delete_all(f"{world['url']}/v1", world["token"])
    left = requests.get(f"{world['url']}/_standin/data/celigo.integrations").json()
    assert left == []


def test_a_world_is_furnished_and_watched_behind_the_api(world):
    control = f"{world['url']}/_standin"
    requests.post(f"{control}/data/celigo.integrations", json={"name": "One more"}).raise_for_status()
    before = requests.get(f"{control}/data/celigo.integrations").json()
    delete_all(f"{world['url']}/v1", "any-token")
    deletes = requests.get(f"{control}/journal?op=celigo.integrations.delete").json()["entries"]
    assert len(deletes) == len(before)
