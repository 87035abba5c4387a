import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../../../src/support/problem.js';
import { temporaryFolder } from '../folder.js';

/** What a process said of its download. */
export interface Said {
  readonly sha256?: string;
  readonly problem?: Problem;
  readonly notes: readonly string[];
}

const CERTIFICATE = fileURLToPath(new URL('../../../../test/fixtures/tls/cert.pem', import.meta.url));
const modules = new URL('../../../src/', import.meta.url).href;

/**
 * A download in a process of its own, where certificates can be trusted and crashes are seen. The process must end by itself.
 *
 * @param trusting whether the fixtures' certificate is trusted
 */
export async function downloadElsewhere(
  t: TestContext,
  url: string,
  { trusting = true, env = {} }: { readonly trusting?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Said> {
  const to = join(await temporaryFolder(t), 'file');
  const script = `
    const { download } = await import(${JSON.stringify(`${modules}data/remote/download.js`)});
    const notes = [];
    const work = { signal: new AbortController().signal, progress() {}, note: (_, text) => notes.push(text) };
    const patience = { connect: 1000, stall: 1000, tries: 2, pause: 5, longest: 1000 };
    const said = await download({ url: ${JSON.stringify(url)}, to: ${JSON.stringify(to)} }, work, patience).catch((error) => {
      if (error.problems === undefined) throw error;
      return { problem: error.problems[0] };
    });
    console.log(JSON.stringify({ ...said, notes }));`;
  const certificates = trusting ? { NODE_EXTRA_CA_CERTS: CERTIFICATE } : {};
  // Not through the proxies of whoever runs the tests.
  const around = { http_proxy: '', https_proxy: '', no_proxy: '', ...certificates, ...env };
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module', '-e', script],
      { env: { ...process.env, ...around }, timeout: 60_000 },
      (error, out, err) => {
        if (error !== null) reject(new Error(`${error.message}\n${err}`));
        else resolve(JSON.parse(out) as Said);
      },
    );
    t.after(() => child.kill('SIGKILL'));
  });
}
