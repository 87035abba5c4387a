import type { io } from '@tensorflow/tfjs-core';
import { loadGraphModelSync, type GraphModel } from '@tensorflow/tfjs-converter';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Norms } from '../../inference/generator-program.js';
import type { TranslatingProgram } from '../../inference/image-translator.js';
import type { FolderFiles } from './folder-files.js';

/** The nodes with the statistics of an instance norm, [batch, 1, 1, channels]: a GraphModel gives them, and takes others in their place. */
interface NormNodes {
  readonly mean: string;
  readonly variance: string;
}

interface ModelJson {
  readonly modelTopology: object;
  readonly signature: object;
  readonly userDefinedMetadata?: { readonly norms?: readonly NormNodes[] };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly io.WeightsManifestEntry[];
  }[];
}

/** A GraphModel's files, from which it is made anew for each backend. */
export interface ModelFiles {
  readonly artifacts: io.ModelArtifacts;
  readonly norms: readonly NormNodes[];
}

/** @param onBytes called after each file of weights with its size */
export async function readModel(
  files: FolderFiles,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<ModelFiles> {
  const { modelTopology, signature, userDefinedMetadata, weightsManifest } = await files.json<ModelJson>(path);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const parts: ArrayBuffer[] = [];
  for (const shard of weightsManifest.flatMap(({ paths }) => paths)) {
    parts.push(await files.bytes(folder + shard));
    onBytes(parts.at(-1)!.byteLength);
  }
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weightData = await new Blob(parts).arrayBuffer();
  return { artifacts: { modelTopology, signature, weightSpecs, weightData }, norms: userDefinedMetadata?.norms ?? [] };
}

/** Makes the model on the backend that computes now. */
export function openModel({ artifacts, norms }: ModelFiles): TranslatingProgram & { dispose(): void } {
  const model = loadGraphModelSync({ load: () => artifacts });
  return { ...programOf(model, norms), dispose: () => model.dispose() };
}

function programOf(model: GraphModel<io.IOHandlerSync>, norms: readonly NormNodes[]): TranslatingProgram {
  const [input, output] = [model.inputNodes[0]!, model.outputNodes[0]!];
  const nodes = norms.flatMap(({ mean, variance }) => [mean, variance]);
  return {
    translate: (images) => model.execute({ [input]: images }, output) as Tensor4D,
    measure: (image) => {
      if (nodes.length === 0) return {};
      const found = model.execute({ [input]: image }, nodes) as Tensor[];
      return Object.fromEntries(
        norms.map((_, i) => [`norm${i}`, { mean: found[2 * i]!, variance: found[2 * i + 1]! }]),
      );
    },
    translateWith: (image, given) => model.execute({ [input]: image, ...fed(norms, given) }, output) as Tensor4D,
  };
}

function fed(norms: readonly NormNodes[], given: Norms): Record<string, Tensor> {
  return Object.fromEntries(
    norms.flatMap(({ mean, variance }, i) => {
      const own = given[`norm${i}`]!;
      return [
        [mean, own.mean],
        [variance, own.variance],
      ];
    }),
  );
}
