# A consumer that simply tries again.
create() {
  curl -s -o /dev/null "$CELIGO_BASE_URL/integrations" -H "Authorization: Bearer $CELIGO_API_TOKEN" \
    -H 'Content-Type: application/json' -d '{"name": "Orders to NetSuite"}'
}
create || create && create
