"""What the training program loads may call nobody."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
from pathlib import Path
from training.runtime import OnnxModel
bundle = sorted(Path("models/starter").iterdir())[-1]
OnnxModel(bundle / "model.onnx")
"""


def test_leaves_no_file_in_the_home_of_whoever_trains(tmp_path: Path) -> None:
    """onnxruntime keeps a device id there, and calls its maker, unless it is told not to before it is imported."""
    environment = {"HOME": str(tmp_path), "PYTHONPATH": "models", "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []
