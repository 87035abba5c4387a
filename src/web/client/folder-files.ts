import { DemoError } from './outcome.js';

/** The browser's store of files for this page, where it has one: only for pages from this machine or over HTTPS. */
export const CACHE = 'cyclegan-runner-web';

/** The files of the exported folder. Each address has the file's checksum in it, so that what is kept never goes stale. */
export class FolderFiles {
  /**
   * @param base the folder's address
   * @param files see `DemoFacts.files`
   */
  constructor(
    private readonly base: string,
    private readonly files: Readonly<Record<string, string>>,
  ) {}

  address(file: string): string {
    return new URL(`${file}?v=${this.files[file] ?? ''}`, this.base).href;
  }

  /** From the browser's store, where it is there already. @throws DemoError `missing` where the file cannot be had */
  async bytes(file: string): Promise<ArrayBuffer> {
    const address = this.address(file);
    const cache = await openCache();
    const kept = await cache?.match(address);
    if (kept !== undefined) return kept.arrayBuffer();
    const response = await fetch(address).catch(() => undefined);
    if (response?.ok !== true) throw new DemoError('missing', file);
    // A full disk is no reason not to translate.
    await cache?.put(address, response.clone()).catch(() => undefined);
    return response.arrayBuffer();
  }

  async json<T>(file: string): Promise<T> {
    return JSON.parse(new TextDecoder().decode(await this.bytes(file))) as T;
  }
}

async function openCache(): Promise<Cache | undefined> {
  if (!('caches' in globalThis)) return undefined;
  return caches.open(CACHE).catch(() => undefined);
}
