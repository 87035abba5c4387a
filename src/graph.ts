/**
 * A stand-alone `tf.function` for TensorFlow.js: `import { compile } from 'cyclegan-runner/graph'`. See docs/graph.md.
 */
export { loadTensorFlow } from './engine/native.js';
export {
  compile,
  type Changes,
  type Compiled,
  type CompileOptions,
  type InputSpec,
  type InputSpecs,
  type Outputs,
  type Program,
  type ProgramFunction,
  type ProgramFunctions,
  type XlaOptions,
} from './engine/graph/compile.js';
export type { Precision } from './engine/graph/precision.js';
export type { Node, Tree } from './engine/graph/tensor-trees.js';
export { readVariables, writeVariables } from './engine/graph/variables-file.js';
export { applyAdam, type AdamRates, type Moments } from './engine/apply-adam.js';
export { gradientsOf, type Tensors } from './engine/gradients.js';
export { dropout, foldKey, randomKey, randomNormal, randomUniform, type Key } from './engine/random-tensors.js';
