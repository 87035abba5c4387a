import { DemoError, type Failure } from './outcome.js';

/** An error as the page explains it. The libraries have no error of their own for memory that ran out. */
export function failureOf(error: unknown): Failure {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof DemoError) return { kind: error.kind, detail };
  const isMemory =
    error instanceof RangeError ||
    /memory|out of bounds|allocat|texture size|create WebGLTexture|context lost|CONTEXT_LOST|device.*lost|OOM/i.test(
      detail,
    );
  return { kind: isMemory ? 'memory' : 'unknown', detail };
}
