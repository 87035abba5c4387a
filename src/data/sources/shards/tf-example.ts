import { decoders } from '../../../support/protobuf.js';
import { visible } from '../../../support/visible.js';
import { DecodeError } from '../../images/decode-error.js';

/** tensorflow/core/example/{example,feature}.proto */
const EXAMPLE = `
syntax = "proto3";
message BytesList { repeated bytes value = 1; }
message FloatList { repeated float value = 1 [packed = true]; }
message Int64List { repeated int64 value = 1 [packed = true]; }
message Feature {
  oneof kind {
    BytesList bytes_list = 1;
    FloatList float_list = 2;
    Int64List int64_list = 3;
  }
}
message Features { map<string, Feature> feature = 1; }
message Example { Features features = 1; }
`;

interface Example {
  readonly features?: { readonly feature: Readonly<Record<string, Feature>> } | null;
}
interface Feature {
  readonly bytesList?: { readonly value: readonly Uint8Array[] } | null;
}

const decode = decoders(EXAMPLE)<Example>('Example');

/** Names in a message. */
const MAX_NAMED = 8;

/**
 * The encoded image in a tf.train.Example, as a view into it.
 *
 * @param key the name of its feature
 * @throws DecodeError
 */
export function imageInExample(bytes: Uint8Array, key: string): Uint8Array {
  const features = featuresOf(bytes);
  const feature = Object.hasOwn(features, key) ? features[key] : undefined;
  if (feature === undefined) {
    const found = Object.keys(features).slice(0, MAX_NAMED).map(visible).join(', ');
    throw new DecodeError(`has no feature "${visible(key)}", only ${found || 'none at all'}`);
  }
  const [image, ...others] = feature.bytesList?.value ?? [];
  if (image === undefined)
    throw new DecodeError(
      `has no bytes in its feature "${visible(key)}": an encoded image is needed (tf.io.encode_png)`,
    );
  if (others.length > 0) throw new DecodeError(`has ${others.length + 1} images in its feature "${visible(key)}"`);
  return image;
}

function featuresOf(bytes: Uint8Array): Readonly<Record<string, Feature>> {
  try {
    return decode(bytes).features?.feature ?? {};
  } catch {
    throw new DecodeError('is no tf.train.Example');
  }
}
