#!/bin/sh
# What no, 200, 400 and 800 answers of `winnow queue` come to on simulated platforms that no bundle was trained on, as a table: how well
# accounts are ranked, and who is blocked at the thresholds that a bundle suggests. And what an answer about everybody who may be asked about
# would be worth, which is the most that answers can come to there. At last the means, beside what is aimed at.
#   sh models/training/answers.sh [WORLD:SEED ...]
# Half of a platform's accounts may be asked about. Tested are the other half, whose campaigns people were asked about, and another
# course of the same world, with people and campaigns that nobody has seen. The matrix of a stream is made once, and what `winnow train`
# would take is cut out of it. Streams and matrices stay in out/answers (60 to 800 MB a world of 3,000 accounts), and are used again:
# remove that folder after a change of the simulator or of a feature.
set -eu
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- dating:11 marketplace:12 forum:13 messenger:14
accounts=${ACCOUNTS:-3000}
. models/training/environment.sh
winnow="node src/cli/main.ts"
champion=$("$python" -m training answers champion)
ranks=$("$python" -m training answers ranks)

# Writes FILE.ndjson, .labels.csv and .csv, the matrix, unless they are there: stream FILE COURSE.
stream() {
  [ ! -s "$1.csv" ] || return 0
  $winnow simulate --world "$profile" --seed "$seed" --course "$2" --accounts "$accounts" --out "$1.ndjson" --labels "$1.labels.csv"
  set_ranks=
  if [ -n "$ranks" ]; then
    $winnow calibrate "$1.ndjson" --out "$1.norms.json"
    set_ranks="--norms $1.norms.json --ranks $ranks"
  fi
  $winnow features "$1.ndjson" --labels "$1.labels.csv" $set_ranks --out "$work/matrix.csv"
  mv "$work/matrix.csv" "$1.csv"
}

# The rows of the accounts that were asked about, without what a platform does not know: cut_matrix QUEUE MATRIX.
cut_matrix() {
  awk -F, -v OFS=, 'NR == FNR { asked[$1]; next } FNR <= 5 { print; next } $1 in asked { $6 = ""; print }' "$1" "$2"
}

"$python" -m training answers head
for world in "$@"; do
  profile=${world%:*} seed=${world#*:}
  at=out/answers/$profile-$seed-$accounts
  mkdir -p "$at"
  stream "$at/first" 0 2>>"$work/log" >>"$work/log" || { tail "$work/log" >&2; exit 1; }
  stream "$at/second" 1 2>>"$work/log" >>"$work/log" || { tail "$work/log" >&2; exit 1; }
  "$python" -m training answers tested --labels "$at/first.labels.csv" --out "$work/tested.csv"
  if [ -n "$ranks" ]; then set_norms="--norms $at/first.norms.json"; else set_norms=; fi
  set --
  for count in 200 400 800 all; do
    queue=$work/queue.$count.csv own=$work/$profile-$seed/own/$count
    if [ "$count" = all ]; then
      awk -F, 'NR == FNR { tested[$1]; next } FNR == 1 || !($1 in tested) { print $1 }' "$work/tested.csv" "$at/first.labels.csv" |
        sed '1s/.*/account_id/' >"$queue"
    else
      $winnow queue "$at/first.ndjson" $set_norms --labels "$work/tested.csv" --count "$count" --seed 1 --out "$queue" 2>>"$work/log"
    fi
    cut_matrix "$queue" "$at/first.csv" >"$work/answered.csv"
    "$python" -m training own --matrix "$work/answered.csv" --answers "$queue" --base "$champion" $set_norms --even-if-worse \
      --name own --version "$count" --out "$own" >>"$work/log" || { tail "$work/log" >&2; exit 1; }
    set -- "$@" --bundle "$own"
  done
  "$python" -m training answers score --world "$world" --first "$at/first.csv" --tested "$work/tested.csv" \
    --second "$at/second.csv" --figures "$work/figures.ndjson" "$@"
done
"$python" -m training answers mean --figures "$work/figures.ndjson"
