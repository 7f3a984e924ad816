#!/usr/bin/env bash
# Tests of a client in bash, curl and openssl, with an emulated camera.
#
# usage: STOKLAB=PATH_OF_STOKLAB example-test.sh
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/with-stoklab.sh"

# The client: logs in, and once more when its session has ended.
session='' logins=0 code=0
post() {
  curl -sS --max-time 30 --insecure --tls-max 1.2 --ciphers 'AES256-GCM-SHA384:@SECLEVEL=0' \
    -d "$2" "$STOKLAB_URL$1"
}
log_in() {
  local challenge key nonce digest password answer
  logins=$((logins + 1))
  challenge=$(post / '{"method":"do","user_management":{"get_encrypt_info":null}}')
  key=$(stoklab_member key <<<"$challenge" | sed 's/%2b/+/gI; s/%2f/\//gI; s/%3d/=/gI')
  nonce=$(stoklab_member nonce <<<"$challenge")
  digest=$(printf 'TPCQ75NF2Y:%s' "$STOKLAB_PASSWORD" | openssl md5 -r | cut -c1-32 | tr a-f A-F)
  password=$(printf '%s:%s' "$digest" "$nonce" |
    openssl pkeyutl -encrypt -pubin -keyform DER -inkey <(base64 -d <<<"$key") | base64 -w 0)
  answer=$(post / '{"method":"do","login":{"username":"admin","password":"'"$password"'","passwdType":"md5","encrypt_type":"2"}}')
  session=$(stoklab_member stok <<<"$answer")
  code=$(stoklab_member code <<<"$answer")
  [[ -n $session ]]
}
ask() {
  [[ -n $session ]] || log_in || return 1
  answer=$(post "/stok=$session/ds" "$1")
  code=$(stoklab_member error_code <<<"$answer")
  if [[ $code == -40401 ]]; then
    log_in || return 1
    answer=$(post "/stok=$session/ds" "$1")
    code=$(stoklab_member error_code <<<"$answer")
  elif [[ $code == -40109 ]]; then
    answer=$(post "/stok=$session/ds" "$1")
    code=$(stoklab_member error_code <<<"$answer")
  fi
  [[ $code == 0 ]]
}

expect() {
  [[ $2 == "$3" ]] || { echo "FAILED $1: \"$2\" instead of \"$3\"" >&2 && exit 1; }
}

read_flicker='{"method":"get","image":{"name":"switch"}}'
set_flicker='{"method":"set","image":{"switch":{"flicker":"60hz"}}}'

logs_in_again_when_its_session_has_ended() {
  ask "$read_flicker"
  stoklab_control POST /clock '{"advance_ms":1801000}' >/dev/null
  ask "$read_flicker"
  expect logins "$logins" 2
}

is_locked_out_and_comes_back() {
  stoklab_control POST /lockout '{"kind":"timed","seconds":1800}' >/dev/null
  expect 'a login' "$(log_in && echo good || echo "refused with $code")" 'refused with -40404'
  stoklab_control POST /clock '{"advance_ms":1800000}' >/dev/null
  log_in
}

tries_again_when_the_camera_is_busy() {
  stoklab_control POST /faults '{"when":{"method":"set"},"do":{"code":-40109}}' >/dev/null
  ask "$set_flicker"
  expect 'the fault' "$(stoklab_control GET /faults | stoklab_member used)" 1
}

says_what_the_client_did_instead() {
  ask "$set_flicker"
  stoklab_verify '{"method":"set","field":"flicker","value":"60hz","count":1}'
  expect 'another value' \
    "$(stoklab_verify '{"method":"set","field":"flicker","value":"auto"}' 2>&1 | grep -c 60hz)" 1
}

stoklab_start
for test in logs_in_again_when_its_session_has_ended is_locked_out_and_comes_back \
  tries_again_when_the_camera_is_busy says_what_the_client_did_instead; do
  stoklab_control POST /reset >/dev/null
  session='' logins=0
  "$test"
  echo "ok $test"
done
