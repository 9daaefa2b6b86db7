"""Runs an ONNX model as the TypeScript side does: onnxruntime on the CPU, one thread."""

from pathlib import Path

import numpy as np
import onnxruntime

ROWS_AT_ONCE = 4096


class OnnxModel:
    """One input and one output, both float32 [N, …]."""

    def __init__(self, model: bytes | Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        source = model if isinstance(model, bytes) else str(model)
        self._session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        (self.input,), (self.output,) = self._session.get_inputs(), self._session.get_outputs()

    def run(self, rows: np.ndarray) -> np.ndarray:
        """Output [N, outputs] for float32 rows [N, F]."""
        rows = np.ascontiguousarray(rows, dtype=np.float32)
        blocks = [rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE)]
        return np.concatenate([self._session.run(None, {self.input.name: block})[0] for block in blocks])
