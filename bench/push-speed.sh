#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How fast price updates go into aisle-store on loopback and are verified, and in how much memory: first
# the connector alone (written and read back), then the whole push from the outbox of a workspace.
#
#     bench/push-speed.sh [BUILD] [UPDATES]
set -eu
build=${1:-build} updates=${2:-100000}
[ -x "$build/bench/bench-push-job" ] || { echo "there is no $build/bench/bench-push-job; build first" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export AISLE_KEYS=file XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state

echo "== the connector alone"
"$build/bench/bench-push-speed" "$build/src/storesim/aisle-store" "$updates"
echo "== the whole push"
"$build/bench/bench-push-job" "$updates"
