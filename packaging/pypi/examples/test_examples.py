"""Tests of a consumer, as users write them."""

import pytest
from sync import create_integration, sync_names

from pytest_standin import World


def test_syncs_what_is_there(standin: World) -> None:
    names = sync_names()  # reads CELIGO_BASE_URL and CELIGO_API_TOKEN
    assert "Salesforce Sync" in names


@pytest.mark.standin(scenario="lost-create.json", seed=7)
def test_survives_a_lost_answer(standin: World) -> None:
    create_integration("Orders to NetSuite")


def test_looks_before_it_tries_again(standin: World) -> None:
    standin.fault(on="celigo.integrations.create", at={"nth": 1}, phase="after", do={"abort": "close"})
    standin.expect(id="lookup", on="celigo.integrations.list")
    create_integration("Orders to NetSuite")
    assert [record["name"] for record in standin.records("celigo.integrations")].count("Orders to NetSuite") == 1
