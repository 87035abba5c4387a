import { stringify } from 'yaml';
import type { Json } from '../support/json.js';

/** A value of a config, with what it comes from as a comment. */
export interface Setting {
  /** A key of the config and one in its section: `generator.width`; or the first alone: `name`. */
  readonly key: string;
  readonly value: Json;
  readonly from?: string;
}

/**
 * The text of a config: a line for each setting, in sections in the order of their first settings. Of two settings of one key the last
 * counts, at the place of the first.
 *
 * @param head lines of the comment at the top
 */
export function configText(head: readonly string[], settings: readonly Setting[]): string {
  const last = [...new Map(settings.map((setting) => [setting.key, setting])).values()];
  const sections = [...new Set(last.map(({ key }) => key.split('.')[0]!))];
  const text = sections.flatMap((section) => {
    const whole = last.find(({ key }) => key === section);
    if (whole !== undefined) return [line('', section, whole)];
    const own = last.filter(({ key }) => key.startsWith(`${section}.`));
    return ['', `${section}:`, ...own.map((setting) => line('  ', setting.key.slice(section.length + 1), setting))];
  });
  return [...head.map((each) => (each === '' ? '#' : `# ${each}`)), ...text, ''].join('\n');
}

function line(indent: string, key: string, { value, from }: Setting): string {
  const text = stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trim();
  return `${indent}${key}: ${text}${from === undefined ? '' : ` # ${from}`}`;
}
