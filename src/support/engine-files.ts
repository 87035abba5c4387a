import { createRequire } from 'node:module';

/** A native TensorFlow that set-up has put together. */
export interface Engine {
  readonly kind: 'cpu' | 'gpu';
  readonly folder: string;
  /** The file that Node loads. */
  readonly binding: string;
}

/** Set-up decides which engine is used, and where engines lie, before there is a build of this file. */
const setup = createRequire(import.meta.url)('#setup/engine/find.cjs') as {
  readonly findEngine: (env: NodeJS.ProcessEnv) => Engine | undefined;
};

/**
 * The engine in use: what RUNNER_ENGINE and the machine's GPU ask for, in the user's cache or where whoever set up this checkout has
 * theirs; `undefined` when it is not set up.
 */
export function findEngine(env: NodeJS.ProcessEnv = process.env): Engine | undefined {
  return setup.findEngine(env);
}

/** What the engine in use computes on. */
export function engineKind(env: NodeJS.ProcessEnv = process.env): Engine['kind'] {
  return findEngine(env)?.kind ?? 'cpu';
}
