#!/bin/sh
# What 200, 400 and 800 answers of `winnow queue` are worth on simulated platforms that no bundle was trained on, as a table.
#   sh models/training/answers.sh [WORLD:SEED ...]
# For each world: simulate, draw a queue, answer it by who is who, train, and score everybody who was not asked. Some minutes a world.
set -eu
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- dating:11 marketplace:12 forum:13
accounts=${ACCOUNTS:-6000}
. models/training/environment.sh
winnow="node src/cli/main.ts"

echo "| world | answers | fake among them | ROC AUC per account: base | own | recall at 0.1 % false positives: base | own |"
echo "| --- | --- | --- | --- | --- | --- | --- |"
for world in "$@"; do
  platform=${world%:*} seed=${world#*:} at="$work/$platform"
  $winnow simulate --world "$platform" --seed "$seed" --accounts "$accounts" --out "$at.ndjson" --labels "$at.labels.csv" 2>"$work/log"
  $winnow calibrate "$at.ndjson" --out "$at.norms.json" >"$work/log" 2>&1
  # Everybody, in the form that the base takes, to score those who were not asked.
  "$python" -m training answers ranks >"$work/ranks"
  if [ -s "$work/ranks" ]; then set_ranks="--norms $at.norms.json --ranks $(cat "$work/ranks")"; else set_ranks=; fi
  $winnow features "$at.ndjson" --labels "$at.labels.csv" $set_ranks --out "$at.matrix.csv" 2>"$work/log"
  for count in 200 400 800; do
    name="$at.$count"
    $winnow queue "$at.ndjson" --norms "$at.norms.json" --count "$count" --seed 1 --out "$name.queue.csv" 2>"$work/log"
    "$python" -m training answers give --queue "$name.queue.csv" --labels "$at.labels.csv" --out "$name.answers.csv"
    $winnow train "$at.ndjson" --labels "$name.answers.csv" --queue "$name.queue.csv" --norms "$at.norms.json" --python "$python" \
      --even-if-worse --name own --version "$count" --out "$at/own/$count" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
    "$python" -m training answers score --matrix "$at.matrix.csv" --queue "$name.queue.csv" --bundle "$at/own/$count" --world "$world"
  done
done
