import { createRequire } from 'node:module';

/** Loads the native engine: TensorFlow.js then runs on it. */
export function loadEngine(): void {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  createRequire(import.meta.url)('@tensorflow/tfjs-node');
}
