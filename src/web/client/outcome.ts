import type { BackendName } from './choose-backend.js';

/** What takes time before the first translation. */
export type Phase =
  | { readonly what: 'weights'; readonly bytes: number; readonly of: number }
  | { readonly what: 'measuring'; readonly backend: BackendName }
  | { readonly what: 'translating' };

export interface Translated {
  /** RGBA, rows from the top. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** From the decoded image to the pixels. */
  readonly milliseconds: number;
  readonly tiles: number;
}

export type FailureKind = 'not-an-image' | 'too-large' | 'memory' | 'no-backend' | 'missing' | 'cancelled' | 'unknown';

export interface Failure {
  readonly kind: FailureKind;
  readonly detail: string;
}

/** An expected failure, which is explained to the user. */
export class DemoError extends Error {
  constructor(
    readonly kind: FailureKind,
    detail = '',
  ) {
    super(detail);
  }
}
