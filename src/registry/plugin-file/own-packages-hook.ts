/** Loaded by Node in its thread for hooks. */
export { resolveOwn as resolve } from './own-packages.js';
