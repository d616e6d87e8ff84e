#!/usr/bin/env bash
# Makes the Node side of the tests ready: Node, npm, and the pinned packages. Quick when all is there.
set -euo pipefail
node_tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/node" && pwd)

usable() {
  command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null
}

if ! usable; then
  sudo=
  [ "$(id -u)" -eq 0 ] || sudo="sudo -n"
  if command -v apt-get >/dev/null && $sudo true 2>/dev/null; then
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm
  fi
fi
if ! usable; then
  echo "setup: the tests need Node >= 18 and npm; install them (https://nodejs.org) and run this again" >&2
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
