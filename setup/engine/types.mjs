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
 * @property {Recipe} [recipe] how to build it from wheels; undefined where that is not wanted or there is none
 * @property {string} prebuilt the id of what stands in for it
 */

/**
 * @typedef {object} Engine one that is there, complete
 * @property {'cpu' | 'gpu'} kind
 * @property {string} folder
 * @property {string} binding the file that Node loads
 * @property {string} [insteadOf] see {@link Manifest}
 */

/**
 * @typedef {object} Manifest `engine.json`, beside an engine in the cache
 * @property {string} id
 * @property {'cpu' | 'gpu'} kind
 * @property {string} tensorflow
 * @property {string} compiler
 * @property {string} [binding] where it lies in the folder; by default lib/tfjs_binding.node
 * @property {string} [insteadOf] the id of the engine that could not be had, for which this one stands in; `nothing` where there is none
 * @property {Readonly<Record<string, number>>} files path to size in bytes, of every file that the engine needs
 */

export {};
