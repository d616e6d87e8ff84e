#!/usr/bin/env bash
# Makes ready what the tests need besides Rust: Node, npm and the pinned packages, and a Redis server.
# Quick when all is there. With `--all`, a Chromium and libfaketime as well: without the one, what a person does in a browser
# is done over HTTP, and without the other, no clock is set.
set -euo pipefail
node_tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/node" && pwd)

has_node() {
  command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null
}

# Tests start servers of their own; one that runs already is not touched.
has_redis() {
  local server
  for server in redis-server valkey-server; do
    if command -v "$server" >/dev/null && "$server" --version | grep -Eq 'v=([7-9]|[1-9][0-9])\.'; then
      return 0
    fi
  done
  return 1
}

install() {
  local sudo=
  [ "$(id -u)" -eq 0 ] || sudo="sudo -n"
  if command -v apt-get >/dev/null && $sudo true 2>/dev/null; then
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  fi
}

if [ "${1:-}" = --all ]; then
  if ! command -v chromium >/dev/null; then
    install chromium || echo "setup: there is no Chromium; the sign-in is tested over HTTP" >&2
  fi
  if ! command -v faketime >/dev/null; then
    install faketime || echo "setup: there is no libfaketime; the clock is not set in tests" >&2
  fi
fi

missing=()
has_node || missing+=(nodejs npm)
has_redis || missing+=(redis-server)
if [ "${#missing[@]}" -gt 0 ]; then
  install "${missing[@]}"
fi
if ! has_node; then
  echo "setup: the tests need Node >= 18 and npm; install them (https://nodejs.org) and run this again" >&2
  exit 1
fi
if ! has_redis; then
  echo "setup: the tests need Redis >= 7 (https://redis.io) or Valkey (https://valkey.io); install one and run this again" >&2
  exit 1
fi

# Test programs may call this at the same time, and npm ci removes what is there.
exec 9<"$node_tests/package-lock.json"
if command -v flock >/dev/null; then
  flock 9
fi

installed=$node_tests/node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ "$node_tests/package-lock.json" -nt "$installed" ]; then
  (cd "$node_tests" && npm ci --no-audit --no-fund --loglevel=error) >&2
  touch "$installed"
fi
