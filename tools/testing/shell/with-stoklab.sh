# An emulated camera for tests in bash: source this file. It needs curl, and nothing else.
#
#   source with-stoklab.sh
#   stoklab_start                                    # the program is $STOKLAB, or on the PATH
#   stoklab_control POST /clock '{"advance_ms":1800000}'
#   stoklab_verify '{"method":"set","module":"image","count":1}'
#
# stoklab_start sets STOKLAB_URL, STOKLAB_CONTROL and STOKLAB_PASSWORD (unless it is set), and ends
# the camera when the shell ends.

# stoklab_start [OPTION of stoklab emulate]...
stoklab_start() {
  local program=${STOKLAB:-stoklab}
  command -v "$program" >/dev/null ||
    { echo "there is no $program; set STOKLAB to the program" >&2 && return 2; }
  export STOKLAB_PASSWORD=${STOKLAB_PASSWORD:-correct-horse}
  coproc STOKLAB_OUT { exec "$program" emulate --port 0 --control-port 0 "$@"; }
  STOKLAB_PID=$!
  trap stoklab_stop EXIT
  local ready
  read -r -t 30 ready <&"${STOKLAB_OUT[0]}" || { echo "stoklab is not ready" >&2 && return 1; }
  STOKLAB_URL=$(stoklab_member url <<<"$ready")
  STOKLAB_CONTROL=$(stoklab_member control_url <<<"$ready")
  export STOKLAB_URL STOKLAB_CONTROL
}

stoklab_stop() {
  [[ -z ${STOKLAB_PID:-} ]] || { kill "$STOKLAB_PID" && wait "$STOKLAB_PID"; } 2>/dev/null
  unset STOKLAB_PID
}

# stoklab_member NAME: the first member of that name in the JSON on standard input.
stoklab_member() {
  sed -nE "s/.*[{,]\"$1\":\"?([^\",}]*).*/\1/p" | head -n 1
}

# stoklab_control METHOD PATH [JSON]: one call of the control interface, which GET /openapi.json
# describes. Prints the answer; fails if it is a refusal.
stoklab_control() {
  local method=$1 path=$2 body=() answer status
  [[ $# -lt 3 ]] || body=(-H 'Content-Type: application/json' -d "$3")
  answer=$(curl -sS --max-time 30 -X "$method" "${body[@]}" -w '\n%{http_code}' \
    "$STOKLAB_CONTROL$path") || return 1
  status=${answer##*$'\n'}
  printf '%s\n' "${answer%$'\n'*}"
  [[ $status == 2?? ]]
}

# stoklab_verify EXPECTATION...: prints what was seen instead, and fails, unless clients have done
# what is expected.
stoklab_verify() {
  local IFS=, answer
  answer=$(stoklab_control POST /verify "{\"expect\":[$*]}") || { echo "$answer" >&2 && return 1; }
}
