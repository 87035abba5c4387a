import { isJsonObject, type Json } from '../../support/json.js';

/** The identity of a source without that of its own validation images, which cannot change a weight: see `DatasetSource.validation`. */
export function withoutValidation(identity: Json): Json {
  if (!isJsonObject(identity) || !isJsonObject(identity['validation'])) return identity;
  if (!('valA' in identity['validation'])) return identity;
  return Object.fromEntries(Object.entries(identity).filter(([key]) => key !== 'validation'));
}
