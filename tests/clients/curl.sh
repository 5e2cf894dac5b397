#!/usr/bin/env bash
# The curl lines of the Celigo document as printed: only the origin is changed (by `run`, before this is started), the
# braces are filled in, and what comes back is checked. Needs API_KEY.
set -euo pipefail
integration_id=abc123

want() { # want STATUS FILTER EXPECTED: the last answer had that status, and python's view of its body is that
  local status=$1 expression=$2 expected=$3
  local got
  got=$(python3 -c 'import json,sys; body=sys.argv[1]; it=json.loads(body) if body else None; print(json.dumps(eval(sys.argv[2])))' "$body" "$expression")
  [ "$code" = "$status" ] && [ "$got" = "$expected" ] || { echo "wanted $status $expected, got $code $got: $body" >&2; exit 1; }
}
curl() { # The real curl, its answer kept in $code and $body
  local out
  out=$(command curl -sS -w '\n%{http_code}' "$@")
  code=${out##*$'\n'} body=${out%$'\n'*}
}

curl -X GET "https://api.integrator.io/v1/integrations" \
  -H "Authorization: Bearer $API_KEY"
want 200 '[i["name"] for i in it][:2]' '["Salesforce Sync", "NetSuite Integration"]'

curl -X GET "https://api.integrator.io/v1/integrations/${integration_id}" \
  -H "Authorization: Bearer $API_KEY"
want 200 'it["_id"]' '"abc123"'

curl -X POST "https://api.integrator.io/v1/integrations" \
  -H "Authorization: Bearer $API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "name": "New Integration",
    "description": "Created via API",
    "sandbox": false
  }'
want 201 '[it["name"], it["description"], it["sandbox"], len(it["_id"])]' '["New Integration", "Created via API", false, 24]'
new_id=$(python3 -c 'import json,sys; print(json.loads(sys.argv[1])["_id"])' "$body")

curl -X PUT "https://api.integrator.io/v1/integrations/${new_id}" \
  -H "Authorization: Bearer $API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "name": "Updated Name",
    "description": "Updated description"
  }'
want 200 '[it["name"], it["description"]]' '["Updated Name", "Updated description"]'

curl -X DELETE "https://api.integrator.io/v1/integrations/${new_id}" \
  -H "Authorization: Bearer $API_KEY"
want 204 'it' 'null'

curl -X GET "https://api.integrator.io/v1/integrations/${new_id}" \
  -H "Authorization: Bearer $API_KEY"
want 404 'it["errors"]' '[{"code": "not_found", "message": "Integration not found"}]'

curl -X GET "https://api.integrator.io/v1/integrations/${integration_id}/flows" \
  -H "Authorization: Bearer $API_KEY"
want 200 '[f["_id"] for f in it]' '["flow123", "flow456"]'

curl -X GET "https://api.integrator.io/v1/integrations/${integration_id}/audit" \
  -H "Authorization: Bearer $API_KEY"
want 200 'it' '[{"timestamp": "2024-01-15T12:00:00.000Z", "user": "user@example.com", "action": "update", "resourceType": "integration", "changes": {"name": {"old": "Old Name", "new": "New Name"}}}]'

curl -X GET "https://api.integrator.io/v1/integrations/${integration_id}/errors" \
  -H "Authorization: Bearer $API_KEY"
want 200 'it' '[{"_flowId": "flow123", "numError": 5}, {"_flowId": "flow456", "numError": 2}]'

curl -X GET "https://api.integrator.io/v1/integrations?sandbox=false" \
  -H "Authorization: Bearer $API_KEY"
want 200 'all(i["sandbox"] is False for i in it) and len(it) > 1' 'true'
echo "curl: every line answered as printed"
