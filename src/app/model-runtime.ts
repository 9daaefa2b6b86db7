import { onnxRuntime } from '../adapters/onnx/runtime.ts';
import { withTreeKernel } from '../adapters/onnx/trees/runtime.ts';

/** What runs models: the same for those who serve and those who prove. */
export const modelRuntime = withTreeKernel(onnxRuntime);
