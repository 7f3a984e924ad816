#!/usr/bin/env bash
# Proves that a library of the emulator can serve and cannot call anybody: among the functions that
# it needs from elsewhere are those that accept a connection and none that opens one.
#
#   opens-no-connection.sh build/dev/emulator/libstoklab_emulator.a
set -euo pipefail
[[ $# == 1 && -f $1 ]] || { echo "usage: $0 LIBRARY" >&2; exit 2; }

needed=$(nm --undefined-only --demangle -- "$1")
grep -qw accept4 <<<"$needed" || { echo "failed: accept4 is not needed, so nothing was looked at" >&2; exit 1; }
if grep -E '(^|[^A-Za-z_])(connect[A-Za-z]*|SSL_connect|SSL_set_connect_state|getaddrinfo|sendto|sendmsg)(\(|$)|StreamSocket::StreamSocket\(Poco::Net::SocketAddress|HTTPS?ClientSession|stoklab::client' <<<"$needed"; then
  echo "failed: these open a connection or look for a host" >&2
  exit 1
fi
echo "ok: nothing that opens a connection"
