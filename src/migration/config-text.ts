import { stringify } from 'yaml';
import type { Json } from '../support/json.js';

/** A value of a config, with what it comes from as a comment. */
export interface Setting {
  /** A key of the config and one in its section: `generator.width`; or the first alone: `name`. */
  readonly key: string;
  readonly value: Json;
  readonly from?: string;
}

/** The order of the keys in a config. */
const KEYS = ['extends', 'name', 'dataset', 'method', 'generator', 'discriminator', 'loss', 'optimizer', 'schedule', 'train', 'engine', 'stages']; // prettier-ignore

/**
 * The text of a config: a line for each setting, by section. Of two settings of one key the last counts, at the place of the first.
 *
 * @param head lines of the comment at the top
 */
export function configText(head: readonly string[], settings: readonly Setting[]): string {
  const last = [...new Map(settings.map((setting) => [setting.key, setting])).values()];
  const used = new Set(last.map(({ key }) => key.split('.')[0]!));
  const sections = KEYS.filter((key) => used.has(key));
  const text = sections.flatMap((section) => {
    const whole = last.find(({ key }) => key === section);
    if (whole !== undefined) return [line('', section, whole)];
    const own = last.filter(({ key }) => key.startsWith(`${section}.`));
    return ['', `${section}:`, ...own.map((setting) => line('  ', setting.key.slice(section.length + 1), setting))];
  });
  return [...head.map((each) => (each === '' ? '#' : `# ${each}`)), ...text, ''].join('\n');
}

function line(indent: string, key: string, { value, from }: Setting): string {
  const text = stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim();
  return `${indent}${key}: ${text}${from === undefined ? '' : ` # ${from}`}`;
}
