# A consumer that looks before it tries again.
curl -s -o /dev/null "$CELIGO_BASE_URL/integrations" -H "Authorization: Bearer $CELIGO_API_TOKEN" \
  -H 'Content-Type: application/json' -d '{"name": "Orders to NetSuite"}' ||
  curl -s "$CELIGO_BASE_URL/integrations" -H "Authorization: Bearer $CELIGO_API_TOKEN" | grep -q 'Orders to NetSuite'
