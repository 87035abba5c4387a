/**
 * @typedef {object} Wheel one file of the Python package index
 * @property {string} requirement as pip takes it: `name==version`
 * @property {string} file
 * @property {string} sha256
 * @property {number} bytes
 */

/**
 * @typedef {object} Recipe an engine that is built from wheels
 * @property {string} id its folder's name in the cache; another id is another engine
 * @property {readonly Wheel[]} wheels
 * @property {number} unpackedBytes
 */

/**
 * @typedef {object} Choice
 * @property {'auto' | 'cpu' | 'gpu' | 'prebuilt'} mode what RUNNER_ENGINE says
 * @property {'cpu' | 'gpu'} kind
 * @property {'@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu'} package
 * @property {Recipe} [recipe] how to build it from wheels; undefined where that is not wanted or there is none
 */

/**
 * @typedef {object} Manifest `engine.json`, beside an engine in the cache
 * @property {string} id
 * @property {'cpu' | 'gpu'} kind
 * @property {string} tensorflow
 * @property {string} compiler
 * @property {Readonly<Record<string, number>>} files path to size in bytes, of every file that the engine needs
 */

export {};
