import { IMAGENET_CLASSES } from '@tensorflow-models/mobilenet/dist/imagenet_classes.js';

/**
 * The 1,000 classes of ImageNet (ILSVRC 2012), in the order in which networks are trained on them: `tench, Tinca tinca`, ... `toilet tissue,
 * toilet paper, bathroom tissue`. The list is that of TensorFlow.js's own MobileNet (Apache 2.0).
 */
export const IMAGENET: readonly string[] = Array.from(
  { length: Object.keys(IMAGENET_CLASSES).length },
  (_, index) => IMAGENET_CLASSES[index]!,
);
