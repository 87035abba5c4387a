import type { BackendName, Measured } from './choose-backend.js';
import type { Failure, Phase, Translated } from './outcome.js';

const NAMES: Readonly<Record<BackendName, string>> = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WebAssembly' };

export const backendText = (backend: BackendName): string => NAMES[backend];

/** `0.42 s`, `38 ms`. */
export function timeText(milliseconds: number): string {
  if (milliseconds < 100) return `${Math.max(1, Math.round(milliseconds))} ms`;
  const seconds = milliseconds / 1000;
  return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(0)} s`;
}

/** `, about 20 s`; nothing for what is done at once. */
export function estimateText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 3) return '';
  if (seconds < 90) return `, about ${Number(seconds.toPrecision(1))} s`;
  return `, about ${Number((seconds / 60).toPrecision(seconds < 600 ? 1 : 2))} min`;
}

export function bytesText(bytes: number): string {
  return bytes < 1e6
    ? `${Math.max(1, Math.round(bytes / 1e3))} kB`
    : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

export function translatedText(
  { milliseconds, width, height, tiles }: Omit<Translated, 'pixels'>,
  backend: BackendName,
): string {
  const pieces = tiles > 1 ? `, in ${tiles} tiles` : '';
  return `Translated in ${timeText(milliseconds)} with ${backendText(backend)}: ${width} × ${height} pixels${pieces}.`;
}

export function phaseText(phase: Phase): string {
  if (phase.what === 'weights') {
    return phase.bytes < phase.of
      ? `Loading the network: ${bytesText(phase.bytes)} of ${bytesText(phase.of)}`
      : 'Loading the network';
  }
  return phase.what === 'measuring'
    ? `Finding the fastest way to compute: ${backendText(phase.backend)}`
    : 'Translating';
}

/** Why this backend computes. */
export function whyText(backend: BackendName, measured: readonly Measured[], byHand: boolean): string {
  if (byHand) return `${backendText(backend)}, which you chose.`;
  if (measured.length === 0) return `${backendText(backend)}, the fastest when it was last measured here.`;
  return `${backendText(backend)}, the fastest here whose result is right.`;
}

export function measuredText({ milliseconds, refusal }: Measured): string {
  if (refusal !== undefined) return refusal;
  return milliseconds === undefined ? '' : timeText(milliseconds);
}

export function failureText({ kind, detail }: Failure): string {
  switch (kind) {
    case 'not-an-image':
      return 'This is not a picture that your browser can open. Try a JPEG, PNG or WebP file.';
    case 'too-large':
      return `This picture is too large (${detail} pixels; at most 64 million). Make it smaller first.`;
    case 'memory':
      return 'Memory ran out. Choose a smaller size, close other tabs, or let something else compute under “How it runs”.';
    case 'no-backend':
      return `Nothing in this browser can run the network (${detail}). Update it, or try another one.`;
    case 'missing':
      return `The file ${detail} could not be loaded. Check the connection, then try again.`;
    case 'cancelled':
      return 'Cancelled.';
    case 'unknown':
      return `It did not work: ${detail || 'the browser says no more'}.`;
  }
}

/** Of an error of getUserMedia, by its name. */
export function cameraText(name: string): string {
  if (name === 'NotAllowedError')
    return 'The camera may not be used: allow it in the browser’s settings for this page.';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'There is no camera.';
  return 'The camera cannot be used; another program may have it.';
}

/** `horse.jpg` and `zebra`: `horse-zebra.png`. @param domain to which it was translated */
export function fileName(picture: string, domain: string): string {
  return `${picture.replace(/\.[^.]*$/, '')}-${domain.replace(/[^\p{L}\p{N}]+/gu, '-')}.png`;
}
