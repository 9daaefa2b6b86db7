#!/bin/sh
# Makes a bundle from simulated streams, end to end: simulate, features, train, check.
#   sh models/training/make-bundle.sh NAME VERSION
# It learns from many made-up platforms and from the sample world, so that it knows fakes and not one platform's habits, and is
# tested on others: worlds for training and for testing never have a seed in common. Seeds of the sample world are others than
# those that the demo and the load tests play. Accounts that people judge within a stream are left out of its labels, here and
# there: their own verdict is in the features of their later events, and to find whom people have found is no feat.
# Each run works in a folder of its own under out/ (3 GB) and removes it, so that two runs at once cannot read each other's
# half-written matrices: a matrix that ends early is still a matrix.
set -eu
[ $# -eq 2 ] || { echo "usage: make-bundle.sh NAME VERSION" >&2; exit 2; }
cd "$(dirname "$0")/../.."
name=$1 version=$2
profiles="messenger dating marketplace forum short-video professional-network game school"
training_worlds="0 1 2 3 4"
testing_worlds="0"
training_accounts=1000
testing_accounts=1500
sample_accounts=3000
sample_training_seeds="101 102"
sample_test_seed=104
. models/training/environment.sh

# Simulates a stream and writes its matrix: stream NAME OPTIONS...
stream() {
  file=$1
  shift
  node src/cli/main.ts simulate "$@" --out "$work/$file.ndjson" --labels "$work/$file.labels.csv"
  leave_out_judged "$file"
  node src/cli/main.ts features "$work/$file.ndjson" --labels "$work/$file.labels.csv" --out "$work/$file.csv"
}

# In every second world people judge, as on platforms that have reviewers: world PROFILE PURPOSE SEED ACCOUNTS.
world() {
  reviews=
  [ $(($3 % 2)) -eq 0 ] || reviews=--reviews
  stream "$2-$1-$3" --world "$1" --purpose "$2" --seed "$3" --accounts "$4" $reviews
  rm "$work/$2-$1-$3.ndjson"
}

leave_out_judged() {
  sed -n 's/.*"type":"account.labelled","subject":"\([^"]*\)".*/\1/p' "$work/$1.ndjson" >"$work/$1.judged"
  [ -s "$work/$1.judged" ] || return 0
  awk -F, 'NR == FNR { judged[$1]; next } !($1 in judged)' "$work/$1.judged" "$work/$1.labels.csv" >"$work/$1.others.csv"
  mv "$work/$1.others.csv" "$work/$1.labels.csv"
}

# Starts a command beside another one, and waits for the older of the two: beside COMMAND...
older=
beside() {
  "$@" &
  newer=$!
  [ -z "$older" ] || wait "$older"
  older=$newer
}

set --
for profile in $profiles; do
  for ordinal in $training_worlds; do
    beside world "$profile" training "$ordinal" "$training_accounts"
    set -- "$@" --matrix "$work/training-$profile-$ordinal.csv"
  done
done
for seed in $sample_training_seeds; do
  beside stream "sample-$seed" --seed "$seed" --accounts "$sample_accounts" --reviews
  set -- "$@" --matrix "$work/sample-$seed.csv"
done
for profile in $profiles; do
  for ordinal in $testing_worlds; do
    beside world "$profile" testing "$ordinal" "$testing_accounts"
    set -- "$@" --test-matrix "$work/testing-$profile-$ordinal.csv"
  done
done
beside stream "sample-$sample_test_seed" --seed "$sample_test_seed" --accounts "$sample_accounts" --reviews
wait "$older"
set -- "$@" --test-matrix "$work/sample-$sample_test_seed.csv"
"$python" -m training places --events "$work/sample-$sample_test_seed.ndjson" --out "$work/accounts.csv"

"$python" -m training build "$@" --accounts "$work/accounts.csv" --simulated --author "Winnow maintainers" \
  --name "$name" --version "$version" --out "models/$name/$version"
node src/cli/main.ts model check "models/$name/$version"
