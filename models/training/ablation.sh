#!/bin/sh
# Makes out/ablation.md from simulated streams, end to end: simulate, features, train without each group of features.
#   sh models/training/ablation.sh
# Smaller streams and fewer trees than a bundle's, since a hundred models are trained. It works in a folder of its own
# under out/ and removes it.
set -eu
cd "$(dirname "$0")/../.."
training_seeds="201 202"
training_accounts=6000
test_seed=203
test_accounts=20000
trees=60
. models/training/environment.sh

simulate() {
  node src/cli/main.ts simulate --seed "$1" --accounts "$2" --reviews --out "$work/events.ndjson" --labels "$work/labels.csv"
}
matrix() {
  node src/cli/main.ts features "$work/events.ndjson" --labels "$work/labels.csv" --out "$work/matrix-$1.csv"
}
# Takes those whom people judge out of the labels, and so out of what is tested; their events stay in the stream.
leave_out_judged() {
  sed -n 's/.*"type":"account.labelled","subject":"\([^"]*\)".*/\1/p' "$work/events.ndjson" >"$work/judged"
  awk -F, 'NR == FNR { judged[$1]; next } !($1 in judged)' "$work/judged" "$work/labels.csv" >"$work/others.csv"
  mv "$work/others.csv" "$work/labels.csv"
}

set --
for seed in $training_seeds; do
  simulate "$seed" "$training_accounts"
  matrix "$seed"
  set -- "$@" --matrix "$work/matrix-$seed.csv"
done
simulate "$test_seed" "$test_accounts"
leave_out_judged
matrix "$test_seed"
"$python" -m training ablate "$@" --test-matrix "$work/matrix-$test_seed.csv" --out out/ablation.md --trees "$trees"
