#!/bin/sh
# Makes a bundle from simulated streams, end to end: simulate, features, train, check.
#   sh models/training/make-bundle.sh NAME VERSION
# Streams are seeded, and others than those that the demo and the load tests play, so that no bundle meets its own training
# accounts there. Each run works in a folder of its own under out/ (under 1 GB) and removes it, so that two runs at once
# cannot read each other's half-written matrices: a matrix that ends early is still a matrix.
set -eu
[ $# -eq 2 ] || { echo "usage: make-bundle.sh NAME VERSION" >&2; exit 2; }
cd "$(dirname "$0")/../.."
name=$1 version=$2
accounts=20000
training_seeds="101 102 103"
test_seed=104
. models/training/environment.sh

for seed in $training_seeds $test_seed; do
  node src/cli/main.ts simulate --seed "$seed" --accounts "$accounts" --reviews --out "$work/events-$seed.ndjson" --labels "$work/labels-$seed.csv"
  node src/cli/main.ts features "$work/events-$seed.ndjson" --labels "$work/labels-$seed.csv" --out "$work/matrix-$seed.csv"
done
"$python" -m training places --events "$work/events-$test_seed.ndjson" --out "$work/accounts-$test_seed.csv"

set --
for seed in $training_seeds; do
  set -- "$@" --matrix "$work/matrix-$seed.csv"
done
"$python" -m training build "$@" --test-matrix "$work/matrix-$test_seed.csv" --accounts "$work/accounts-$test_seed.csv" \
  --name "$name" --version "$version" --out "models/$name/$version"
node src/cli/main.ts model check "models/$name/$version"
