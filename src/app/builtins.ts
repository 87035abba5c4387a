import { archive } from '../data/sources/archive/archive-source.js';
import { cyclegan } from '../data/sources/cyclegan/cyclegan-source.js';
import { folder } from '../data/sources/folder/folder-source.js';
import { list } from '../data/sources/list/list-source.js';
import { pairs } from '../data/sources/pairs/pairs-source.js';
import { tfrecord } from '../data/sources/shards/tfrecord-source.js';
import { webdataset } from '../data/sources/shards/webdataset-source.js';
import { synthetic } from '../data/sources/synthetic/synthetic-source.js';
import { onnxFormat } from '../export/onnx/onnx.js';
import { savedModelFormat } from '../export/saved-model.js';
import { tfjsFormat } from '../export/tfjs.js';
import { weightsFormat } from '../export/weights.js';
import { cycleError, identityError } from '../evaluation/consistency.js';
import { efficientnetLite0 } from '../evaluation/extractors/efficientnet/efficientnet-lite0.js';
import { classRate } from '../evaluation/metrics/class-rate.js';
import { discriminatorAccuracy } from '../evaluation/metrics/discriminator-accuracy.js';
import { diversity } from '../evaluation/metrics/diversity.js';
import { frechetDistance } from '../evaluation/metrics/frechet-distance.js';
import { inversion } from '../evaluation/metrics/inversion.js';
import { kernelDistance } from '../evaluation/metrics/kernel-distance.js';
import { inception } from '../evaluation/extractors/inception/inception.js';
import { savedModelExtractor } from '../evaluation/extractors/saved-model.js';
import { tfjsModelExtractor } from '../evaluation/extractors/tfjs-model.js';
import { nearestNeighbours } from '../evaluation/metrics/nearest-neighbours.js';
import { precisionRecall } from '../evaluation/metrics/precision-recall.js';
import { slicedWasserstein } from '../evaluation/metrics/sliced-wasserstein.js';
import { psnr } from '../evaluation/psnr.js';
import { ssim } from '../evaluation/ssim.js';
import { cyclegan as cycleGan } from '../methods/cyclegan.js';
import { cut, fastcut } from '../methods/cut.js';
import { pix2pix } from '../methods/pix2pix.js';
import { patchgan } from '../models/patchgan.js';
import { pixelgan } from '../models/pixelgan.js';
import { resnet } from '../models/resnet.js';
import { unet } from '../models/unet.js';
import { adam, adamw } from '../optimizers/adam.js';
import { rmsprop } from '../optimizers/rmsprop.js';
import { bce, hinge, leastSquares, wasserstein } from '../losses/adversarial.js';
import { dragan, r1, wganGp } from '../losses/penalties.js';
import { plateau } from '../optimizers/plateau.js';
import { constant, cosine, linear, step } from '../optimizers/schedules.js';
import { evaluate } from '../stages/evaluate.js';
import { exportStage } from '../stages/export.js';
import { importStage } from '../stages/import.js';
import { preprocess } from '../stages/preprocess.js';
import { train } from '../stages/train.js';
import { local } from '../sweep/launchers/local/local.js';
import { ray } from '../sweep/launchers/ray/ray.js';
import { slurm } from '../sweep/launchers/slurm/slurm.js';
import { mlflow } from '../tracking/mlflow/mlflow.js';
import { tensorboard } from '../tracking/tensorboard/tensorboard.js';
import { webFormat } from '../web/web-format.js';
import type { Components, Kinds } from '../registry/kinds.js';
import { Registry } from '../registry/registry.js';

/** The composition root: the only table of all built-in components. Each call returns new registries, to which plugins are added. */
export function builtins(): Components {
  return {
    dataset: new Registry<Kinds['dataset']>('dataset', {
      cyclegan,
      folder,
      archive,
      list,
      pairs,
      tfrecord,
      webdataset,
      synthetic,
    }),
    method: new Registry<Kinds['method']>('method', { cyclegan: cycleGan, pix2pix, cut, fastcut }),
    generator: new Registry<Kinds['generator']>('generator', { unet, resnet }),
    discriminator: new Registry<Kinds['discriminator']>('discriminator', { patchgan, pixelgan }),
    adversarial: new Registry<Kinds['adversarial']>('adversarial', {
      bce,
      'least-squares': leastSquares,
      hinge,
      wasserstein,
    }),
    penalty: new Registry<Kinds['penalty']>('penalty', { 'wgan-gp': wganGp, dragan, r1 }),
    optimizer: new Registry<Kinds['optimizer']>('optimizer', { adam, adamw, rmsprop }),
    schedule: new Registry<Kinds['schedule']>('schedule', { constant, linear, step, cosine, plateau }),
    metric: new Registry<Kinds['metric']>('metric', {
      'cycle-error': cycleError,
      'identity-error': identityError,
      psnr,
      ssim,
      'kernel-distance': kernelDistance,
      'frechet-distance': frechetDistance,
      'class-rate': classRate,
      'nearest-neighbours': nearestNeighbours,
      'sliced-wasserstein': slicedWasserstein,
      'precision-recall': precisionRecall,
      diversity,
      inversion,
      'discriminator-accuracy': discriminatorAccuracy,
    }),
    extractor: new Registry<Kinds['extractor']>('extractor', {
      'efficientnet-lite0': efficientnetLite0,
      inception,
      'tfjs-model': tfjsModelExtractor,
      'saved-model': savedModelExtractor,
    }),
    stage: new Registry<Kinds['stage']>('stage', {
      preprocess,
      train,
      import: importStage,
      evaluate,
      export: exportStage,
    }),
    tracker: new Registry<Kinds['tracker']>('tracker', { tensorboard, mlflow }),
    export: new Registry<Kinds['export']>('export', {
      'saved-model': savedModelFormat,
      tfjs: tfjsFormat,
      onnx: onnxFormat,
      weights: weightsFormat,
      web: webFormat,
    }),
    launcher: new Registry<Kinds['launcher']>('launcher', { local, slurm, ray }),
  };
}
