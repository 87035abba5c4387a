/** What computes in a browser, the one that is usually fastest first. */
export const BACKENDS = ['webgpu', 'webgl', 'wasm'] as const;
export type BackendName = (typeof BACKENDS)[number];

/**
 * The largest difference from the expected translation of the test image, in levels of 256. In float32 it is at most 1, from rounding; what
 * computes in half precision, or wrongly, differs by far more, since instance norms amplify it.
 */
export const MOST_LEVELS = 3;

/** How long a backend may take to start, compile and translate the test image twice: some browsers' drivers never answer. */
const PATIENCE = 45_000;

/** What came of trying a backend. */
export interface Measured {
  readonly backend: BackendName;
  /** Of a translation of the test image, once everything is compiled. */
  readonly milliseconds?: number;
  /** In levels of 256. */
  readonly difference?: number;
  /** Why it is not used. */
  readonly refusal?: string;
}

/**
 * Tries all backends.
 *
 * @param measure throws where there is no such backend
 */
export async function measureBackends(
  measure: (backend: BackendName) => Promise<{ readonly milliseconds: number; readonly difference: number }>,
  patience = PATIENCE,
): Promise<Measured[]> {
  const all: Measured[] = [];
  for (const backend of BACKENDS) {
    try {
      const measured = await within(patience, measure(backend));
      const wrong = !(measured.difference <= MOST_LEVELS);
      const refusal = `it computes too coarsely here: a pixel is off by ${measured.difference} of 256 levels`;
      all.push({ backend, ...measured, ...(wrong && { refusal }) });
    } catch (error) {
      all.push({ backend, refusal: error instanceof Error ? error.message : String(error) });
    }
  }
  return all;
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it does not answer')), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** The fastest of those that compute correctly. */
export function fastest(measured: readonly Measured[]): BackendName | undefined {
  return measured
    .filter(({ refusal, milliseconds }) => refusal === undefined && milliseconds !== undefined)
    .sort((a, b) => a.milliseconds! - b.milliseconds!)[0]?.backend;
}

/** The largest difference of two images, in levels. */
export function levelsApart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}
