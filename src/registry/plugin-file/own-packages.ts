import { createRequire, isBuiltin, Module, register } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The common part of both kinds of hook contexts. */
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

/** A module of the runner, from which the runner's packages are resolved. */
const OWN = import.meta.url;

/**
 * Packages that must exist only once: two copies of tfjs-core cannot share tensors, and only the runner's has the native engine;
 * `instanceof ProblemError` fails for another copy of the runner. A plugin gets the runner's even if its folder has them.
 */
const SHARED = /^(cyclegan-runner|@tensorflow\/tfjs-core)(\/|$)/;

let shared = false;

/**
 * Lets plugins in any folder import the runner's packages: always those that must exist only once, and others if the plugin's folder
 * does not have them. Takes effect once, for the rest of the process.
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
  // For `require`, `next` ignores `parentURL` and resolves from the requiring module.
  const isRequire = context.conditions?.includes('require') === true;
  const own = () =>
    isRequire
      ? { url: pathToFileURL(requireOwn(specifier)).href, shortCircuit: true }
      : next(ownName(specifier), { ...context, parentURL: OWN });
  if (resolvingOwn) return next(specifier, context);
  if (SHARED.test(specifier)) return own();
  try {
    return next(specifier, context);
  } catch (error) {
    return orOwn(specifier, error, own);
  }
}

/** Before Node 22.15, hooks are not called for `require` in CommonJS modules. */
function shareWithRequire(): void {
  type ResolveFilename = (request: string, ...rest: unknown[]) => string;
  const loader = Module as unknown as { _resolveFilename: ResolveFilename };
  const usual = loader._resolveFilename;
  loader._resolveFilename = function (this: unknown, request, ...rest) {
    if (resolvingOwn) return usual.call(this, request, ...rest);
    if (SHARED.test(request)) return requireOwn(request);
    try {
      return usual.call(this, request, ...rest);
    } catch (error) {
      return orOwn(request, error, () => requireOwn(request));
    }
  };
}

/**
 * The runner's specifier for a package: its build has a copy of tfjs-node, which is not installed, finds the native engine, and supports
 * CPUs and GPUs.
 */
function ownName(specifier: string): string {
  const found = /^@tensorflow\/tfjs-node(?:-gpu)?(?:\/dist)?(?:\/(.*))?$/.exec(specifier);
  return found === null ? specifier : `#tfjs-node/${found[1] ?? 'index.js'}`;
}

/** Whether the runner's packages are being resolved, so that the hooks ignore nested calls. */
let resolvingOwn = false;

/** The file that `require` resolves from here. */
function requireOwn(specifier: string): string {
  resolvingOwn = true;
  try {
    return createRequire(OWN).resolve(ownName(specifier));
  } finally {
    resolvingOwn = false;
  }
}

/** @throws the given error if the runner does not have the package either: it names the importing file */
function orOwn<T>(specifier: string, error: unknown, resolve: () => T): T {
  if (!isMissing(specifier, error)) throw error;
  try {
    return resolve();
  } catch {
    throw error;
  }
}

/** Whether a package was not found, as opposed to a file or a path that a package does not export. */
function isMissing(specifier: string, error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  const isPackage = /^(@[^/]+\/)?[^./@#][^/:]*(\/|$)/.test(specifier) && !isBuiltin(specifier);
  return isPackage && (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND');
}
