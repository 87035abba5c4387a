import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { hidePasswords } from '../support/passwords.js';

/** Describes the values that a schema allows: "a whole number of at least 1". */
export function expectation(schema: JsonObject): string {
  if (typeof schema.expected === 'string') return schema.expected;
  if (schema.const !== undefined) return plain(schema.const);
  if (Array.isArray(schema.enum)) return or((schema.enum as Json[]).map(plain));
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return or((choices as JsonObject[]).map(expectation));
  const types = Array.isArray(schema.type) ? (schema.type as string[]) : [schema.type as string | undefined];
  return or(types.map((type) => typeExpectation(type, schema)));
}

function typeExpectation(type: string | undefined, schema: JsonObject): string {
  switch (type) {
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return textExpectation(schema);
    case 'array':
      return `a list${length(schema.minItems, schema.maxItems)}, such as [a, b]`;
    case 'object':
      return 'a section of "key: value" lines';
    case 'null':
      return 'null';
    default:
      return 'another value';
  }
}

function textExpectation(schema: JsonObject): string {
  if (schema.format === 'path') return 'a path';
  if (typeof schema.pattern === 'string') return `text like /${schema.pattern}/`;
  return schema.minLength === undefined ? 'text' : 'text that is not empty';
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonObject): string {
  const multiple = multipleOf === undefined ? '' : ` divisible by ${plain(multipleOf)}`;
  if (minimum !== undefined && maximum !== undefined) return `${multiple} from ${plain(minimum)} to ${plain(maximum)}`;
  const parts = [
    minimum === undefined ? '' : ` of at least ${plain(minimum)}`,
    exclusiveMinimum === undefined ? '' : ` above ${plain(exclusiveMinimum)}`,
    maximum === undefined ? '' : ` of at most ${plain(maximum)}`,
    exclusiveMaximum === undefined ? '' : ` below ${plain(exclusiveMaximum)}`,
  ];
  return multiple + parts.filter((part) => part !== '').join(' and');
}

function length(least: Json | undefined, most: Json | undefined): string {
  if (least === undefined) return most === undefined ? '' : ` of at most ${plain(most)}`;
  return most === undefined ? ` of at least ${plain(least)}` : ` of ${plain(least)} to ${plain(most)}`;
}

/** Describes a value that was found: `the string "10"`, `a list`. */
export function finding(value: Json | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string')
    return value === '' ? 'an empty string' : `the string ${JSON.stringify(cut(hidePasswords(value)))}`;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : infinite(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'boolean' ? String(value) : 'a section';
}

/** The cure of a typical mistake. */
export function advice(schema: JsonObject, value: Json): string | undefined {
  const types = [schema, ...((schema.anyOf ?? schema.oneOf ?? []) as JsonObject[])].flatMap(({ type }) => type);
  const numeric = types.includes('number') || types.includes('integer');
  if (typeof value !== 'string') {
    return types.includes('array') &&
      !(numeric && typeof value === 'number') &&
      !Array.isArray(value) &&
      !isJsonObject(value) &&
      value !== null
      ? `Write a list: [${plain(value)}]`
      : undefined;
  }
  if (numeric && value.trim() !== '' && Number.isFinite(Number(value))) return 'Write the number without quotes.';
  if (numeric && /^[\d.]+(,[\d.]+)+$/.test(value)) return 'A run takes one value here.';
  if (types.includes('boolean') && /^(yes|no|on|off|y|n|true|false)$/i.test(value)) {
    const meant = /^(yes|on|y|true)$/i.test(value);
    return `In YAML 1.2 only true and false are booleans: write ${meant}.`;
  }
  return types.includes('array') ? `Write a list: [${value}]` : undefined;
}

/** The string constants that a schema accepts, at any depth. */
export function textConstants(schema: JsonObject): string[] {
  const own = [schema.const, ...((schema.enum ?? []) as Json[])].filter((value) => typeof value === 'string');
  return [...own, ...((schema.anyOf ?? schema.oneOf ?? []) as JsonObject[]).flatMap(textConstants)];
}

export function or(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)!}`;
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function infinite(value: number): string {
  if (Number.isNaN(value)) return '.nan, which is not a number';
  return value > 0 ? 'infinity' : 'minus infinity';
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
