#!/bin/sh
# Tests the training program, in an environment of its own that is made at the first run.
set -eu
cd "$(dirname "$0")/../.."
python=models/training/.venv/bin/python
[ -x "$python" ] || python3 -m venv models/training/.venv
"$python" -m pip install --quiet --no-compile --disable-pip-version-check -r models/training/requirements-dev.txt
PYTHONPATH=models exec "$python" -m pytest --quiet -p no:cacheprovider models/training/tests
