import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '#tfjs-node/nodejs_kernel_backend.js';
import type { TFJSBinding } from '#tfjs-node/tfjs_binding.js';
import { createNodeBackend, nativeBackend } from '../backend.js';
import { RecordingBinding } from './recording-binding.js';
import { cannotTrace } from './cannot-trace.js';

export interface TraceBackend {
  /** Its name in TensorFlow.js. */
  readonly name: string;
  readonly backend: NodeJSKernelBackend;
  readonly binding: RecordingBinding;
  /** An error that could not be thrown: TensorFlow.js reads with promises, which may never be awaited. */
  failure: unknown;
}

const NAME = 'cyclegan-runner-trace';
let singleton: TraceBackend | undefined;

/**
 * A TensorFlow.js backend with tfjs-node's kernels over a {@link RecordingBinding}. The process has one, so that tensors created while
 * tracing stay readable (constants) or give a helpful error.
 */
export function traceBackend(): TraceBackend {
  if (singleton !== undefined) return singleton;
  const binding = new RecordingBinding(nativeBackend().binding);
  const backend = createNodeBackend(binding as unknown as TFJSBinding);
  const trace: TraceBackend = { name: NAME, backend, binding, failure: undefined };
  guardReads(trace);
  guardVariables(trace);
  tf.registerBackend(NAME, () => backend);
  tf.copyRegisteredKernels('tensorflow', NAME);
  replaceGather();
  replaceExpandDims();
  singleton = trace;
  return trace;
}

/** A rejected promise that is never awaited would end the process: the failure is stored and thrown when the trace ends. */
function guardReads(trace: TraceBackend): void {
  const { backend, binding } = trace;
  backend.read = async (dataId) => {
    try {
      return backend.readSync(dataId);
    } catch (error) {
      if (binding.listener === undefined) throw error;
      trace.failure ??= error;
      return new Promise(() => {});
    }
  };
}

/**
 * Tensors from outside become constants. A `tf.variable` changes, but its constant in the graph would silently not. The failure is
 * stored, as throwing here would break TensorFlow.js's reference counts.
 */
function guardVariables(trace: TraceBackend): void {
  const { backend, binding } = trace;
  const move = backend.move.bind(backend);
  backend.move = (dataId, ...rest) => {
    move(dataId, ...rest);
    const variable = Object.values(tf.engine().registeredVariables).find((candidate) => candidate.dataId === dataId);
    if (variable === undefined || binding.listener === undefined) return;
    trace.failure ??= cannotTrace(
      `A traced function uses the tf.variable ${variable.name}, whose value would be fixed in the graph.`,
      'Make it one of the program’s variables, or pass its value as an input.',
    );
  };
}

/** tfjs-node's own kernel reads the indices to check them; TensorFlow checks them when the graph runs. */
function replaceGather(): void {
  replaceKernel(tf.GatherV2, ({ inputs, attrs, backend }) => {
    const { x, indices } = inputs as { readonly x: Tensor; readonly indices: Tensor };
    const { axis, batchDims } = attrs as unknown as tf.GatherV2Attrs;
    tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
    const node = backend as NodeJSKernelBackend;
    const types = [typeOf('Tparams', x, node), typeOf('Tindices', indices, node), typeOf('Taxis', INT, node)];
    const attributes = [{ name: 'batch_dims', type: node.binding.TF_ATTR_INT, value: batchDims }, ...types];
    return node.executeSingleOutput('GatherV2', attributes, [x, indices, tf.scalar(axis, 'int32')]);
  });
}

/** tfjs-node's own kernel leaves out the types, which TensorFlow finds when it runs an op alone, but not in a graph. */
function replaceExpandDims(): void {
  replaceKernel(tf.ExpandDims, ({ inputs, attrs, backend }) => {
    const { input } = inputs as { readonly input: Tensor };
    const { dim } = attrs as unknown as tf.ExpandDimsAttrs;
    const node = backend as NodeJSKernelBackend;
    const types = [typeOf('T', input, node), typeOf('Tdim', INT, node)];
    return node.executeSingleOutput('ExpandDims', types, [input, tf.scalar(dim, 'int32')]);
  });
}

const INT = { dtype: 'int32' } as const;

/** The attribute of a type. */
function typeOf(name: string, { dtype }: { readonly dtype: tf.DataType }, node: NodeJSKernelBackend) {
  return { name, type: node.binding.TF_ATTR_TYPE, value: node.getDTypeInteger(dtype) };
}

function replaceKernel(kernelName: string, kernelFunc: tf.KernelFunc): void {
  tf.unregisterKernel(kernelName, NAME);
  tf.registerKernel({ kernelName, backendName: NAME, kernelFunc });
}
