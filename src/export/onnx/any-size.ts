import { isDeepStrictEqual } from 'node:util';
import type { ExportedGenerator } from '../../registry/kinds/export-format.js';
import { probesOf } from '../probes.js';
import { convertFor, type Converted } from './convert.js';

/**
 * Whether a converted generator holds for every batch, height and width that the generator takes: whether tracing it for other ones
 * gives the same graph, in each number. A shape that is part of the graph, or a formula that depends on one, would differ.
 *
 * A generator that does not declare its sizes is not tried.
 */
export function takesAnySize(generator: ExportedGenerator, { onnx, norms }: Converted): boolean {
  const { sizes } = generator.network;
  if (sizes === undefined) return false;
  return probesOf(sizes, generator.imageSize).every((shape) => {
    const other = attempt(() => convertFor(generator, [...shape, generator.channels], norms));
    return isDeepStrictEqual(other?.onnx, onnx);
  });
}

function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch {
    return undefined;
  }
}
