"""Trains Winnow's model bundles: a feature matrix in, `models/<name>/<version>/` out. See models/README.md.

Reading order: bundle.py is the path from matrix to files, top to bottom; every other module is one step of it.
"""

import os

# Before onnxruntime is imported by any module of the package: it would call its maker at the first session, and keep a device id
# in the home folder. Training data are people's.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
