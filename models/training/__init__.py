"""Trains Winnow's model bundles: a feature matrix in, `models/<name>/<version>/` out. See models/README.md.

Reading order: bundle.py is the path from matrix to files, top to bottom; every other module is one step of it.
"""
