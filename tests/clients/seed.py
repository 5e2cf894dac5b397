"""The Python of the Celigo document as printed: only the origin is changed (by `run`, before this is started)."""

import os

import requests

BASE = "https://api.integrator.io/v1"
HEADERS = {"Authorization": f"Bearer {os.environ['API_KEY']}"}
source_id = "abc123"


def api_get(path):
    response = requests.get(BASE + path, headers=HEADERS, timeout=30)
    response.raise_for_status()
    return response.json()


def api_post(path, body):
    response = requests.post(BASE + path, headers=HEADERS, json=body, timeout=30)
    response.raise_for_status()
    return response.json()


# Get existing integration
existing = api_get(f"/integrations/{source_id}")

# Create new integration with same structure
new_integration = api_post("/integrations", {
    "name": f"Copy of {existing['name']}",
    "description": existing.get('description', ''),
    "sandbox": True  # Start in sandbox
})

print(f"Created: {new_integration['_id']}")

integration_id = "abc123"

# Get integration details
integration = api_get(f"/integrations/{integration_id}")

# Get related resources
flows = api_get(f"/integrations/{integration_id}/flows")
exports = api_get(f"/integrations/{integration_id}/exports")
imports = api_get(f"/integrations/{integration_id}/imports")
connections = api_get(f"/integrations/{integration_id}/connections")

print(f"Integration: {integration['name']}")
print(f"  Flows: {len(flows)}")
print(f"  Exports: {len(exports)}")
print(f"  Imports: {len(imports)}")
print(f"  Connections: {len(connections)}")

assert new_integration["name"] == "Copy of Salesforce Sync" and new_integration["sandbox"] is True
assert integration["name"] == "Salesforce Sync"
assert all(len(found) > 0 for found in (flows, exports, imports, connections))
