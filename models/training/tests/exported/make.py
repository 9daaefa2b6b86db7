"""Small models as the libraries themselves export them, with what they say of some rows: what `winnow model pack` must take.

Run it with scikit-learn, skl2onnx, xgboost, onnxmltools, catboost, onnx and protobuf below 6 installed:
    python models/training/tests/exported/make.py
Written once and kept: the libraries take a gigabyte, and tests need only what they wrote.
"""

import json
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloatTensorType
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

HERE = Path(__file__).parent
WIDTH = 5
OPSETS = {"": 15, "ai.onnx.ml": 3}

random = np.random.default_rng(7)
values = random.normal(size=(600, WIDTH)).astype(np.float32)
labels = (values[:, 0] + 0.5 * values[:, 1] * values[:, 2] + random.normal(scale=0.3, size=600) > 0).astype(int)
values[random.random(values.shape) < 0.15] = np.nan
rows = np.concatenate([values[:24], np.full((1, WIDTH), np.nan, dtype=np.float32)])


def keep(name: str, model, data: bytes) -> None:
    model.fit(values, labels) if not hasattr(model, "classes_") else None
    (HERE / f"{name}.onnx").write_bytes(data)
    record = {
        "rows": [[None if np.isnan(each) else float(each) for each in row] for row in rows],
        "probabilities": [float(each) for each in model.predict_proba(rows)[:, 1]],
    }
    (HERE / f"{name}.json").write_text(json.dumps(record) + "\n")


def sklearn(name: str, model, kind=FloatTensorType, **options) -> None:
    model.fit(values, labels)
    made = convert_sklearn(model, initial_types=[("X", kind([None, WIDTH]))], target_opset=OPSETS, **options)
    keep(name, model, made.SerializeToString())


def network():
    return make_pipeline(SimpleImputer(), StandardScaler(), MLPClassifier((8,), max_iter=400, random_state=1))


sklearn("scikit-learn-boosting", HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=6, random_state=1))
sklearn(
    "scikit-learn-forest",
    make_pipeline(SimpleImputer(), RandomForestClassifier(n_estimators=8, max_depth=4, random_state=1)),
)
sklearn(
    "scikit-learn-boosting-doubles",
    HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=6, random_state=1),
    DoubleTensorType,
)
sklearn("scikit-learn-network", network())
plain = network()
plain.fit(values, labels)
sklearn("scikit-learn-network-without-maps", plain, options={id(plain): {"zipmap": False}})

xgboost = XGBClassifier(n_estimators=12, max_depth=3, random_state=1).fit(values, labels)
keep(
    "xgboost",
    xgboost,
    convert_xgboost(
        xgboost, initial_types=[("X", ToolsFloatTensorType([None, WIDTH]))], target_opset=15
    ).SerializeToString(),
)

catboost = CatBoostClassifier(iterations=12, depth=3, verbose=False, allow_writing_files=False, random_seed=1)
catboost.fit(values, labels)
catboost.save_model(str(HERE / "catboost.onnx"), format="onnx")
keep("catboost", catboost, (HERE / "catboost.onnx").read_bytes())
