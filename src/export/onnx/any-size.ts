import { isDeepStrictEqual } from 'node:util';
import type { ExportedGenerator } from '../../registry/kinds/export-format.js';
import type { NetworkSizes } from '../../registry/kinds/network.js';
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
  return probes(sizes, generator.imageSize).every((shape) => {
    const other = attempt(() => convertFor(generator, [...shape, generator.channels], norms));
    return isDeepStrictEqual(other?.onnx, onnx);
  });
}

type Probe = readonly [batch: number, height: number, width: number];

/** The least size, where a formula could end, and sides that differ from it and the training's by different multiples. */
function probes({ multiple, least }: NetworkSizes, imageSize: number): readonly Probe[] {
  const smallest = Math.ceil(least / multiple) * multiple;
  const usual = Math.max(smallest, Math.ceil(imageSize / multiple) * multiple);
  return [
    [1, smallest, smallest],
    [3, smallest, usual + multiple],
    [2, usual + 2 * multiple, smallest + multiple],
  ];
}

function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch {
    return undefined;
  }
}
