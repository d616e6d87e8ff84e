#!/usr/bin/env bash
# Runs the official conformance suite against a server that is already listening.
#
#   conformance.sh http://localhost:8000/mcp                             the three legs
#   conformance.sh http://localhost:8000/mcp --suite all --spec-version 2026-07-28
#   conformance.sh http://localhost:8000/mcp --scenario ping
#
# The host has to be localhost, 127.0.0.1 or [::1]: the suite forges others to test DNS rebinding.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
suite=$here/node_modules/@modelcontextprotocol/conformance/dist/index.js
baseline=$here/../conformance/baseline/server.yml

if [ $# -eq 0 ]; then
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
url=$1
shift

# The baseline is always given, even where it would be empty: only then do warnings count as failures.
leg() {
  "$here/node22" "$suite" server --url "$url" --expected-failures "$baseline" "$@"
}

if [ $# -gt 0 ]; then
  leg "$@"
  exit
fi

# The suite ignores an entry that it does not know, so a renamed scenario would stay listed for ever.
known=$("$here/node22" "$suite" list --server)
for scenario in $(sed -n 's/^ *- \([^: ]*\).*/\1/p' "$baseline"); do
  if ! grep -q -- " - $scenario \[" <<<"$known"; then
    echo "$baseline lists '$scenario', which the suite does not have" >&2
    exit 1
  fi
done

failed=()
run() {
  local name=$1
  shift
  printf '\n##### %s\n' "$name"
  leg "$@" || failed+=("$name")
}
run 2025-11-25 --suite all --spec-version 2025-11-25
run 2026-07-28 --suite all --spec-version 2026-07-28
# Every scenario at its own revision: one URL speaks both, and the extensions run only here.
run all --suite all

if [ ${#failed[@]} -gt 0 ]; then
  printf '\nconformance: failed: %s\n' "${failed[*]}" >&2
  exit 1
fi
printf '\nconformance: all legs passed\n'
