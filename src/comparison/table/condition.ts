import { parse } from 'yaml';
import { isEqualJson, isJsonObject, type Json } from '../../support/json.js';
import { invalid, type Outcome, valid } from '../../support/outcome.js';
import { scalarOf } from '../recorded-config.js';
import type { RunEntry } from '../run-entry.js';
import type { Field, Fields } from './field.js';

const OPERATORS = ['!=', '<=', '>=', '=', '<', '>', '~'] as const;
type Operator = (typeof OPERATORS)[number];

/** One `--where`: `loss.lambda=10`. */
export interface Condition {
  readonly field: Field;
  readonly holds: (run: RunEntry) => boolean;
}

/** Reads a condition: a key or metric, an operator, a YAML value. */
export function readCondition(text: string, fields: Fields): Outcome<Condition> {
  const [, name = '', operator, given = ''] = /^([^=!<>~]+)(!=|<=|>=|=|<|>|~)(.*)$/s.exec(text) ?? [];
  if (operator === undefined) return invalid(malformed(text));
  const wanted = valueIn(given);
  const ordered = operator.startsWith('<') || operator.startsWith('>');
  if (wanted === undefined || (ordered && typeof wanted !== 'number' && typeof wanted !== 'string'))
    return invalid(malformed(text));
  const field = fields.find(name.trim());
  if (!field.ok) return field;
  const { valueOf } = field.value;
  return valid({ field: field.value, holds: (run) => holds(valueOf(run), operator as Operator, wanted, given.trim()) });
}

/** @param given the wanted value as typed */
function holds(value: Json | undefined, operator: Operator, wanted: Json, given: string): boolean {
  switch (operator) {
    case '=':
      return isSame(value, wanted, given);
    case '!=':
      return !isSame(value, wanted, given);
    case '~':
      return contains(value, given);
    default:
      return isOrdered(value, operator, wanted);
  }
}

/** A component is also its type: `generator=resnet`. A key that a run does not have is null. */
function isSame(value: Json | undefined, wanted: Json, given: string): boolean {
  if (value === undefined || value === null) return wanted === null;
  if (isEqualJson(value, wanted)) return true;
  // A name such as 1e5 or 3d280417 is a number in YAML.
  if (typeof value === 'string') return value === given;
  return isJsonObject(value) && typeof wanted === 'string' && scalarOf(value) === wanted;
}

/** Ignores case. A list contains a value, or a component of that name. */
function contains(value: Json | undefined, given: string): boolean {
  if (value === undefined || value === null) return false;
  if (Array.isArray(value)) return (value as readonly Json[]).some((item) => contains(item, given));
  return String(scalarOf(value)).toLowerCase().includes(given.toLowerCase());
}

/** Numbers by size, texts (such as times) by their characters; a number and a text have no order. */
function isOrdered(value: Json | undefined, operator: Operator, wanted: Json): boolean {
  const order = compared(value, wanted);
  if (order === undefined) return false;
  return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0;
}

function compared(value: Json | undefined, wanted: Json): number | undefined {
  if (typeof value === 'number' && typeof wanted === 'number') return Number.isNaN(value) ? undefined : value - wanted;
  if (typeof value === 'string' && typeof wanted === 'string') return value < wanted ? -1 : Number(value > wanted);
  return undefined;
}

/** Undefined if it is no YAML. */
function valueIn(text: string): Json | undefined {
  if (text.trim() === '') return undefined;
  try {
    return parse(text, { logLevel: 'error' }) as Json;
  } catch {
    return text.trim();
  }
}

function malformed(text: string) {
  return {
    code: 'bad-condition',
    message: `--where takes a key or metric, one of ${OPERATORS.join(' ')} and a value; found "${text}".`,
    cure: "For example: --where loss.lambda=10, --where 'psnr>=18', --where name~horse",
  } as const;
}
