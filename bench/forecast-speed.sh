#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Forecasts a made-up panel of daily series (season 7, horizon 28) and prints series a second, beside R's
# package forecast on the same data in the same run where Rscript and r-cran-forecast are installed.
#
#     bench/forecast-speed.sh [BUILD] [SERIES] [DAYS]
set -eu
build=${1:-build} series=${2:-1000} days=${3:-1000}
peer_series=${PEER_SERIES:-10}
program=$build/src/cli/aislectl
[ -x "$program" ] || { echo "there is no $program; build first" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Counts around a level with a weekday pattern, a third of them zero; the same in every run.
awk -v series="$series" -v days="$days" '
  BEGIN {
    state = 12345
    print "unique_id,ds,y"
    for (i = 0; i < series; i++) {
      level = 0.5 + (i % 13) / 3
      for (t = 0; t < days; t++) {
        state = (state * 1103515245 + 12345) % 2147483648
        u = state / 2147483648
        mean = level * (1 + (t % 7 == 5) + 0.5 * (t % 7 == 6))
        y = u < 0.33 ? 0 : int(-log(1 - u) * mean + 0.5)
        printf "s%d,%d,%d\n", i, t, y
      }
    }
  }' >"$work/panel.csv"

# seconds_of KEY: a number of the JSON answer.
number_of () { sed -n "s/.*\"$1\":\\([0-9.e+-]*\\).*/\\1/p" "$work/answer.json" | head -1; }

measure () { # measure MODEL -> CPU seconds, median of three
  for _ in 1 2 3; do
    "$program" forecast --input "$work/panel.csv" --season 7 --horizon 28 --model "$1" --json \
      --quiet --output "$work/answer.json"
    number_of cpu_seconds
  done | sort -g | sed -n 2p
}

echo "$series series of $days days; seconds are CPU seconds of all threads together"
for model in snaive ses tsb ets:ANA ets auto; do
  seconds=$(measure "$model")
  awk -v m="$model" -v s="$seconds" -v n="$series" \
    'BEGIN { printf "%-8s %9.3f s  %9.0f series a CPU second\n", m, s, (s > 0 ? n / s : 0) }'
  [ "$model" != ets:ANA ] || ours=$seconds
done
start=$(date +%s.%N)
"$program" forecast --input "$work/panel.csv" --season 7 --horizon 28 --quiet --output "$work/out.csv"
awk -v a="$start" -v b="$(date +%s.%N)" -v n="$series" \
  'BEGIN { printf "whole command, auto: %.2f s, %.0f series a second\n", b - a, n / (b - a) }'

if ! command -v Rscript >/dev/null || ! Rscript -e 'library(forecast)' >/dev/null 2>&1; then
  echo "peer: not installed (r-cran-forecast)"
  exit 0
fi
cat >"$work/peer.R" <<'R'
suppressMessages (library (forecast))
arguments <- commandArgs (TRUE)
rows <- read.csv (arguments[1], nrows = as.integer (arguments[2]) * as.integer (arguments[3]))
series <- split (rows$y, factor (rows$unique_id, unique (rows$unique_id)))
begin <- proc.time ()
for (y in series) invisible (forecast (ets (ts (y, frequency = 7), model = "ANA"), h = 28))
used <- proc.time () - begin
cat (length (series) / (used[["user.self"]] + used[["sys.self"]]), "\n")
R
theirs=$(OPENBLAS_NUM_THREADS=1 Rscript "$work/peer.R" "$work/panel.csv" "$peer_series" "$days")
awk -v t="$theirs" -v s="$ours" -v n="$series" 'BEGIN {
  printf "peer: R forecast, ets ANA: %.2f series a CPU second; we fit %.0f times as many\n", t, n / s / t
}'
