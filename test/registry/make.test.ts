import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Component } from '../../src/registry/component.js';
import { make } from '../../src/registry/make.js';
import { Registry } from '../../src/registry/registry.js';

type Told = { readonly options: Readonly<Record<string, unknown>>; readonly site: string };

const echo: Component<never, string, Told> = {
  summary: 'tells its options',
  schema: {
    properties: {
      width: { type: 'integer', default: 64, description: 'w' },
      limit: { type: ['integer', 'null'], default: 5, description: 'l' },
      path: { type: 'string', description: 'p' },
    },
  },
  create: (options, site) => ({ options, site }),
};
const registry = new Registry<Component<never, string, Told>>('echo', { echo });

test('a component gets only its own options of its section', () => {
  const made = make(registry, { type: 'echo', width: 3, limit: null, path: '/a', jobs: 2 }, 'here');
  assert.deepEqual(made, { options: { width: 3, limit: null, path: '/a' }, site: 'here' });
});

test('a missing option gets the schema’s default, and is left out if there is none', () => {
  assert.deepEqual(make(registry, { type: 'echo' }, 'here').options, { width: 64, limit: 5 });
});

test('an unknown type is a problem that suggests the most similar one', () => {
  assert.throws(() => make(registry, { type: 'ecko' }, 'here'), /no echo called "ecko"/);
});
