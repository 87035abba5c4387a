import { createRequire, isBuiltin, Module, register } from 'node:module';
import { pathToFileURL } from 'node:url';

/** What both kinds of hooks have in common of their context. */
interface ResolveContext {
  readonly parentURL?: string;
  readonly conditions?: readonly string[];
}
interface Resolved {
  readonly url: string;
}
type Resolve<R> = (specifier: string, context: ResolveContext) => R;
type SyncHooks = (hooks: {
  resolve: (specifier: string, context: ResolveContext, next: Resolve<Resolved>) => Resolved;
}) => unknown;

/** A module of the runner's own: what it finds is what the runner uses. */
const OWN = import.meta.url;

/**
 * Packages that must be there once: two copies of tfjs-core do not know each other's tensors, and only the runner's has the native engine;
 * a ProblemError of another copy of the runner is no ProblemError here. A plugin gets the runner's even where its folder has them.
 */
const SHARED = /^(cyclegan-runner|@tensorflow\/tfjs-core)(\/|$)/;

let shared = false;

/**
 * Lets plugins, wherever they lie, import the runner's packages: those that must be there once always, and others where the plugin's own
 * folder does not have them. Does so once, and for the rest of the process.
 */
export function sharePackages(): void {
  if (shared) return;
  shared = true;
  // From Node 22.15 on: for `import` and for `require`, in this thread.
  const { registerHooks } = Module as unknown as { readonly registerHooks?: SyncHooks };
  if (registerHooks !== undefined) {
    registerHooks({ resolve: resolveSync });
    return;
  }
  register('./own-packages-hook.js', import.meta.url);
  shareWithRequire();
}

/** The asynchronous hook of Node before 22.15, for `import`. */
export async function resolveOwn(
  specifier: string,
  context: ResolveContext,
  next: Resolve<Promise<Resolved>>,
): Promise<Resolved> {
  if (SHARED.test(specifier)) return next(ownName(specifier), { ...context, parentURL: OWN });
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!isMissing(specifier, error)) throw error;
    return next(ownName(specifier), { ...context, parentURL: OWN }).catch(() => {
      throw error;
    });
  }
}

/** The hook of Node from 22.15 on. */
function resolveSync(specifier: string, context: ResolveContext, next: Resolve<Resolved>): Resolved {
  // `next` looks from the module that requires, whatever it is told.
  const isRequire = context.conditions?.includes('require') === true;
  const own = () =>
    isRequire
      ? { url: pathToFileURL(requireOwn(specifier)).href, shortCircuit: true }
      : next(ownName(specifier), { ...context, parentURL: OWN });
  if (asking) return next(specifier, context);
  if (SHARED.test(specifier)) return own();
  try {
    return next(specifier, context);
  } catch (error) {
    return orOwn(specifier, error, own);
  }
}

/** Before Node 22.15 no hook sees what CommonJS modules require. */
function shareWithRequire(): void {
  type ResolveFilename = (request: string, ...rest: unknown[]) => string;
  const loader = Module as unknown as { _resolveFilename: ResolveFilename };
  const usual = loader._resolveFilename;
  loader._resolveFilename = function (this: unknown, request, ...rest) {
    if (asking) return usual.call(this, request, ...rest);
    if (SHARED.test(request)) return requireOwn(request);
    try {
      return usual.call(this, request, ...rest);
    } catch (error) {
      return orOwn(request, error, () => requireOwn(request));
    }
  };
}

/**
 * How the runner itself says it: of tfjs-node it has a copy in its build, which is installed nowhere, finds the native engine, and serves
 * CPUs and GPUs.
 */
function ownName(specifier: string): string {
  const found = /^@tensorflow\/tfjs-node(?:-gpu)?(?:\/dist)?(?:\/(.*))?$/.exec(specifier);
  return found === null ? specifier : `#tfjs-node/${found[1] ?? 'index.js'}`;
}

/** Whether the runner's own packages are being looked for: what that asks is not for the hooks. */
let asking = false;

/** The file that `require` finds from here. */
function requireOwn(specifier: string): string {
  asking = true;
  try {
    return createRequire(OWN).resolve(ownName(specifier));
  } finally {
    asking = false;
  }
}

/** @throws the error, where the runner does not have it either: it names who asked for it */
function orOwn<T>(specifier: string, error: unknown, resolve: () => T): T {
  if (!isMissing(specifier, error)) throw error;
  try {
    return resolve();
  } catch {
    throw error;
  }
}

/** Whether a package was not found: not a file, and not a path that a package does not export. */
function isMissing(specifier: string, error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  const isPackage = /^(@[^/]+\/)?[^./@#][^/:]*(\/|$)/.test(specifier) && !isBuiltin(specifier);
  return isPackage && (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND');
}
