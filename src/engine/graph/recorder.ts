import * as tf from '@tensorflow/tfjs-core';
import { ActiveRecording } from './active-recording.js';
import { cannotTrace } from './cannot-trace.js';
import type { Graph } from './recorded-graph.js';
import type { Recording, RecordingOptions } from './recording.js';
import { traceBackend } from './trace-backend.js';
import { watchVariables } from './watch-variables.js';

let current: ActiveRecording | undefined;

/** The running recording, if any: for functions that record a better op in a graph. */
export function recording(): Recording | undefined {
  return current;
}

/**
 * Runs `f` with a TensorFlow.js backend that adds every op to `graph` instead of computing it. The kernels are tfjs-node's; only the
 * native binding below them is replaced, so everything that runs on tfjs-node, including gradients, can be recorded.
 *
 * The tensors that `f` creates are disposed of afterwards, except those that it keeps (`tf.keep`).
 *
 * @throws ProblemError `cannot-trace` for anything that a graph cannot represent
 */
export function record<T>(graph: Graph, options: RecordingOptions, f: (recording: Recording) => T): T {
  if (current !== undefined) {
    throw cannotTrace('A traced function calls a compiled one.', 'Call the function that it was compiled from.');
  }
  const trace = traceBackend();
  const { random } = Math;
  const before = tf.getBackend();
  const restoreVariables = watchVariables(trace);
  trace.failure = undefined;
  void tf.setBackend(trace.name);
  Math.random = refuseRandom;
  tf.engine().startScope('trace');
  current = trace.binding.listener = new ActiveRecording(graph, options, trace);
  let failed = true;
  try {
    const result = f(current);
    failed = trace.failure !== undefined;
    if (failed) throw trace.failure as Error;
    return result;
  } catch (error) {
    throw trace.failure ?? error;
  } finally {
    tf.engine().endScope();
    Math.random = random;
    current = trace.binding.listener = undefined;
    void tf.setBackend(before);
    restoreVariables(failed);
  }
}

/** Numbers drawn in JavaScript would be the same in every run of the graph. */
function refuseRandom(): never {
  throw cannotTrace(
    'A traced function draws random numbers in JavaScript, which would be the same ones in every step.',
    'Use randomNormal, randomUniform or dropout of cyclegan-runner/graph, which draw by a key and are ops of the graph.',
  );
}
