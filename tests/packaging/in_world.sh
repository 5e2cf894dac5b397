# Runs a consumer in a world of its own of a running server, and ends with the verdict, as a step of a job does.
#     in_world.sh URL CONSUMER: reads STANDIN_CONTROL_TOKEN if the server wants one
world=$1/_standin/worlds/$(basename "$2" .sh)
control() { curl --silent --show-error --fail-with-body --header "standin-control-token: ${STANDIN_CONTROL_TOKEN:-}" "$@"; }
control --output /dev/null --request PUT "$world" --data '{"scenario": {"name": "celigo-lost-create"}}' || exit
CELIGO_BASE_URL=$1/w/${world##*/}/v1 CELIGO_API_TOKEN=any sh "$2"
control --request POST "$world/verify?format=text"
