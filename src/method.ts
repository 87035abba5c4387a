/**
 * The parts of the built-in methods, for methods of plugins: `import { bind, gradientsOf } from 'cyclegan-runner/method'`. See docs/config.md.
 */
export { gradientsOf, type Tensors } from './engine/gradients.js';
export { foldKey } from './engine/random-tensors.js';
export { l1 } from './losses/distances.js';
export {
  discriminatorLoss,
  generatorLoss,
  type DiscriminatorObjective,
  type DiscriminatorPass,
  type Judge,
} from './methods/discriminator-loss.js';
export { emptyPool, exchange, type ImagePool } from './methods/image-pool.js';
export {
  bind,
  keyOf,
  realness,
  startNetworks,
  updateNetworks,
  weighted,
  weightsOf,
  type BoundNetwork,
} from './methods/parts.js';
