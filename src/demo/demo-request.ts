import type { GeneratorPlace } from '../translation/request.js';

/** A demo's folder to write. Plain data: it is sent to the process that does it. */
export interface DemoRequest {
  readonly generator: GeneratorPlace;
  /** The folder, which is there and empty; absolute. */
  readonly dir: string;
}

export const DEMO_MEMORY_CURE = 'Close other programs, and try again.';
