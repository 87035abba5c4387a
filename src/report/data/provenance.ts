import type { Domain } from '../../registry/kinds/dataset.js';
import { isJsonObject, type Json, type JsonObject } from '../../support/json.js';
import { visible } from '../../support/visible.js';
import { count } from '../../support/plain-text.js';
import { html, type Html } from '../kit/html.js';

/** Characters of one fact, such as a list of skipped files. */
const MAX_LENGTH = 400;

/** A name for the data: that of the data set, else the last part of its location. */
export function nameOfData(source: JsonObject): string | undefined {
  const name = ['set', 'name', 'source'].map((key) => source[key]).find(isName);
  const location = ['list', 'file', 'url', 'folder'].map((key) => source[key]).find(isName);
  return (
    name ??
    location
      ?.split(/[/\\]/)
      .filter((part) => part !== '')
      .at(-1)
  );
}

/** `A`, or `A: horses` where the source names the domain. */
export function titleOfDomain(source: JsonObject, domain: Domain): string {
  const name = source[domain];
  return isName(name) ? `${domain}: ${visible(name)}` : domain;
}

/** All facts about the source, in the source's order, as a description list. */
export function provenance(source: JsonObject): Html | undefined {
  const title = nameOfData(source);
  const facts = Object.entries(source).filter(([, value]) => value !== null && value !== title);
  if (facts.length === 0) return undefined;
  return html`<dl class="source">
    ${facts.map(
      ([key, value]) =>
        html`<dt>${label(key)}</dt>
          <dd>${fact(value)}</dd>`,
    )}
  </dl>`;
}

function fact(value: Json): Html {
  if (typeof value === 'string' && /^https?:\/\/[^\s"'<>]+$/.test(value)) {
    return html`<a href="${value}" rel="noreferrer">${value}</a>`;
  }
  const text = plain(value);
  return html`${text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text}`;
}

/** `seed 0, test share 0.1` */
function plain(value: Json): string {
  if (typeof value === 'number') return count(value);
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (!isJsonObject(value)) return visible(typeof value === 'string' ? value : JSON.stringify(value));
  const parts = Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return parts.map(([key, part]) => `${label(key)} ${plain(part)}`).join(', ');
}

const label = (key: string): string => visible(key.replaceAll('_', ' '));

function isName(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
