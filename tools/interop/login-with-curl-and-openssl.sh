#!/usr/bin/env bash
# Logs in to a camera the way the protocol is described, with nothing of this project: bash, curl,
# openssl, and python3 to read JSON. If this works, a stranger's client works.
#
#   STOKLAB_PASSWORD=... login-with-curl-and-openssl.sh https://127.0.0.1:8443 [USER]
#
# It reads image.switch, changes pre_night_vision_mode, reads it back, restores it, logs out and
# proves that the token is dead. Each step prints a line "ok ..."; the first one that fails prints
# a reason and ends it with exit code 1.
#
# No secret is ever an argument of a process: passwords, request bodies and paths with the token in
# them go through pipes.
set -euo pipefail

fail() {
  printf 'failed: %s\n' "$*" >&2
  exit 1
}
ok() { printf 'ok %s\n' "$*"; }

[[ $# -ge 1 && $# -le 2 ]] || {
  echo "usage: STOKLAB_PASSWORD=... $0 BASE_URL [USER]" >&2
  exit 2
}
base_url=${1%/}
user=${2:-admin}
password=${STOKLAB_PASSWORD?"set STOKLAB_PASSWORD to the password of the camera"}
unset STOKLAB_PASSWORD

# --- tools -----------------------------------------------------------------------------------

status= # HTTP status of the last answer
answer= # its body

# post PATH BODY: one request. The camera's own suite is static RSA, which most clients have to be
# told to offer, and its certificate is self-issued.
post() {
  local output
  output=$(curl --silent --show-error --insecure --noproxy '*' --max-time 20 --tlsv1.2 --tls-max 1.2 \
    --ciphers AES256-GCM-SHA384 --header 'Content-Type: application/json; charset=UTF-8' \
    --write-out '\n%{http_code}' --config <(printf 'url = "%s%s"\n' "$base_url" "$1") \
    --data-binary @- <<<"$2" 2>&1) || fail "no answer from $base_url: ${output%%$'\n'*}"
  status=${output##*$'\n'}
  answer=${output%$'\n'*}
}

# value KEY...: the value in the last answer that these keys lead to, one line; empty if there is
# none. An array comes as its elements, separated by spaces.
value() {
  python3 -c '
import json, sys
try:
    found = json.load(sys.stdin)
    for key in sys.argv[1:]:
        found = found[key]
    print(" ".join(map(str, found)) if isinstance(found, list) else found)
except (ValueError, KeyError, TypeError):
    pass' "$@" <<<"$answer"
}

quoted() { python3 -c 'import json, sys; print(json.dumps(sys.stdin.read().rstrip("\n")))' <<<"$1"; }

# The device percent-encodes every string, with lower-case hex.
percent_decoded() { printf '%b' "${1//%/\\x}"; }

percent_encoded_base64() {
  local text=${1//+/%2B}
  text=${text//\//%2F}
  printf '%s' "${text//=/%3D}"
}

expect_success() {
  [[ $status == 200 ]] || fail "$1: HTTP $status instead of 200"
  [[ $(value error_code) == 0 ]] || fail "$1: error_code $(value error_code) instead of 0"
}

# --- challenge -------------------------------------------------------------------------------

post / '{"method":"do","user_management":{"get_encrypt_info":null}}'
[[ $status == 401 ]] || fail "challenge: HTTP $status instead of 401"
[[ $(value error_code) == -40401 ]] || fail "challenge: error_code $(value error_code) instead of -40401"
[[ " $(value data encrypt_type) " == *" 2 "* ]] || fail "challenge: encrypt type 2 is not offered"
key=$(value data key)
nonce=$(value data nonce)
[[ $key =~ ^([A-Za-z0-9+/=]|%[0-9a-f]{2})+$ ]] || fail "challenge: the key is not percent-encoded base64"
[[ $nonce =~ ^[A-Za-z0-9]+$ ]] || fail "challenge: the nonce is not alphanumeric"
ok "challenge: HTTP 401, error_code -40401, code $(value data code), a key and a nonce"

# --- password --------------------------------------------------------------------------------

# UPPERHEX(MD5(salt + password)), then ":" and the nonce, then RSA PKCS#1 v1.5, then base64.
hash=$(printf 'TPCQ75NF2Y:%s' "$password" | openssl dgst -md5 -r) || fail "openssl cannot do MD5"
hash=${hash%% *}
ciphertext=$(printf '%s:%s' "${hash^^}" "$nonce" |
  openssl pkeyutl -encrypt -pubin -keyform DER -pkeyopt rsa_padding_mode:pkcs1 \
    -inkey <(percent_decoded "$key" | openssl base64 -d -A) |
  openssl base64 -A) || fail "openssl cannot encrypt with the key of the challenge"
[[ ${#ciphertext} == 172 ]] || fail "password: ${#ciphertext} base64 characters instead of 172"
ok "password: 128 bytes of RSA in 172 characters of base64"

# --- login -----------------------------------------------------------------------------------

post / '{"method":"do","login":{"username":'"$(quoted "$user")"',"password":"'"$(
  percent_encoded_base64 "$ciphertext")"'","passwdType":"md5","encrypt_type":"2"}}'
[[ $(value error_code) != -40401 ]] ||
  fail "login: refused with code $(value data code); attempts left: $(value data time)"
expect_success login
token=$(percent_decoded "$(value stok)")
[[ $token =~ ^[A-Za-z0-9]+$ ]] || fail "login: no token of letters and digits"
ok "login: a token of ${#token} characters, user group \"$(value user_group)\""

# --- a read, a change, a read-back, and everything as it was ---------------------------------

read_mode() {
  post "/stok=$token/ds" '{"method":"get","image":{"name":"switch"}}'
  expect_success "get image.switch"
  mode=$(value image switch pre_night_vision_mode)
  [[ -n $mode ]] || fail "get image.switch: no pre_night_vision_mode in it"
}

write_mode() {
  post "/stok=$token/ds" '{"method":"set","image":{"switch":{"pre_night_vision_mode":"'"$1"'"}}}'
  expect_success "set image.switch.pre_night_vision_mode=$1"
}

read_mode
original=$mode
[[ $original =~ ^[a-z_]+$ ]] || fail "get image.switch: strange pre_night_vision_mode \"$original\""
ok "get: image.switch.pre_night_vision_mode is $original"

other=auto_ir
[[ $original != "$other" ]] || other=off

# Whatever happens from here on, the camera is left as it was found.
restore_on_exit() {
  local code=$?
  trap - EXIT
  (write_mode "$original") || printf 'failed: image.switch.pre_night_vision_mode is still %s, not %s\n' \
    "$other" "$original" >&2
  exit "$code"
}
trap restore_on_exit EXIT

write_mode "$other"
ok "set: image.switch.pre_night_vision_mode=$other is accepted"
read_mode
[[ $mode == "$other" ]] || fail "read-back: pre_night_vision_mode is $mode after it was set to $other"
ok "read-back: image.switch.pre_night_vision_mode is $mode"
write_mode "$original"
read_mode
[[ $mode == "$original" ]] || fail "restore: pre_night_vision_mode is $mode instead of $original"
trap - EXIT
ok "restore: image.switch.pre_night_vision_mode is $mode again"

# --- logout ----------------------------------------------------------------------------------

post "/stok=$token/ds" '{"method":"do","system":{"logout":"null"}}'
expect_success logout
ok "logout: accepted"
post "/stok=$token/ds" '{"method":"get","image":{"name":"switch"}}'
[[ $(value error_code) == -40401 ]] ||
  fail "dead token: error_code $(value error_code) instead of -40401, so the session goes on"
[[ -z $(value image) ]] || fail "dead token: the answer holds settings"
ok "dead token: HTTP $status, error_code -40401"
