#!/bin/sh
# Makes models/sample-norms.json: what is usual on the simulated platform, with the scores of the champion of deployment.json. Again
# after each new champion, since scores of another model say nothing of it. The demo, the golden replay and the benchmarks use it.
#   sh models/training/make-sample-norms.sh
# One account in seven of that platform is fake, and most come in bursts: its budget is what such a platform would choose, twenty times the
# default.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node src/cli/main.ts simulate --seed 105 --accounts 20000 --reviews --out "$work/events.ndjson"
node src/cli/main.ts calibrate "$work/events.ndjson" --out models/sample-norms.json --budget 0.1
