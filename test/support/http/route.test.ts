import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basic } from '../../../src/support/http/route.js';

const header = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

test('a percent sign in a password is literal unless it begins an escape', () => {
  assert.equal(basic(new URL('http://u:100%@host')), header('u:100%'));
  assert.equal(basic(new URL('http://u:a%40b%zz@host')), header('u:a@b%zz'));
  assert.equal(basic(new URL('http://host')), undefined);
});
