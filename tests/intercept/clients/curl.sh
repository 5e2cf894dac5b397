# curl
set -u
base=https://api.integrator.io/v1
get() { curl -sS --max-time 2 -H 'Authorization: Bearer any' "$@"; }
count() { python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'; }
list=$(get $base/integrations | count)
url="$base/integrations?limit=1" pages=0
while [ -n "$url" ]; do
  pages=$((pages + 1))
  url=$(get -D - -o /dev/null "$url" | tr -d '\r' | sed -n 's/^[Ll]ink:.*<\([^>]*\)>; rel="next".*/\1/p')
done
missing=$(get -o /dev/null -w '%{http_code}' $base/integrations/none)
get -o /dev/null $base/flows 2>/dev/null && reset=answer || reset=error
get -o /dev/null $base/exports 2>/dev/null && stall=answer || stall=error
echo "list=$list pages=$pages missing=$missing reset=$reset stall=$stall"
