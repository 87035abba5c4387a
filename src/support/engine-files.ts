import { createRequire } from 'node:module';

/** A native TensorFlow library built by set-up. */
export interface Engine {
  readonly kind: 'cpu' | 'gpu';
  readonly folder: string;
  /** The file that Node loads. */
  readonly binding: string;
}

/** Set-up chooses the engine and its folder, before this file is compiled. */
const setup = createRequire(import.meta.url)('#setup/engine/find.cjs') as {
  readonly findEngine: (env: NodeJS.ProcessEnv) => Engine | undefined;
};

/**
 * The engine in use, by RUNNER_ENGINE and the machine's GPU: in the user's cache, or in that of the user who set up this checkout;
 * `undefined` if it is not set up.
 */
export function findEngine(env: NodeJS.ProcessEnv = process.env): Engine | undefined {
  return setup.findEngine(env);
}

/** The device of the engine in use. */
export function engineKind(env: NodeJS.ProcessEnv = process.env): Engine['kind'] {
  return findEngine(env)?.kind ?? 'cpu';
}
