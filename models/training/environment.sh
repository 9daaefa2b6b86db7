# Read by the scripts beside it, from the root of the repository: Python with what training needs ($python), the project's own
# Node, and a folder of the run's own under out/ ($work), which goes when the script ends.
python=models/training/.venv/bin/python
[ -x "$python" ] || python3 -m venv models/training/.venv
"$python" -m pip install --quiet --disable-pip-version-check -r models/training/requirements.txt
PATH="$PWD/node_modules/.bin:$PATH"
export PATH PYTHONPATH=models
mkdir -p out
work=$(mktemp -d out/training.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
