import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { UNPACK_LIMITS, type UnpackLimits } from '../../../src/data/unpack/unpack-budget.js';
import { byTable, crc32 } from '../../../src/data/unpack/crc32.js';
import type { ArchiveReader } from '../../../src/data/unpack/archive-entry.js';
import { openArchive, unpack } from '../../../src/data/unpack/unpack.js';
import { ProblemError, type Problem } from '../../../src/support/problem.js';
import { sha, tar, tgz, txz, zip, type TestEntry } from '../archives.js';
import { temporaryFolder } from '../folder.js';
import { quietWork } from '../quiet-work.js';
import { xz } from '../xz.js';

async function setup(t: TestContext, archive: Uint8Array, limits: Partial<UnpackLimits> = {}) {
  const dir = await temporaryFolder(t);
  const file = join(dir, 'set.bin');
  writeFileSync(file, archive);
  const into = join(dir, 'into');
  const work = quietWork();
  return { dir, into, work, go: () => unpack(file, into, work, { ...UNPACK_LIMITS, ...limits }) };
}

/** The problem that an archive is refused with; nothing unpacked may be left. */
async function refusal(t: TestContext, archive: Uint8Array, limits: Partial<UnpackLimits> = {}): Promise<Problem> {
  const { dir, go } = await setup(t, archive, limits);
  const error: unknown = await go().then(
    () => assert.fail('it was unpacked'),
    (error: unknown) => error,
  );
  assert.deepEqual(readdirSync(dir), ['set.bin']);
  if (!(error instanceof ProblemError)) throw error;
  assert.ok(error.problems[0]!.cure);
  return error.problems[0]!;
}

const good: TestEntry[] = [
  { name: 'trainA/', mode: 0o040755, type: 'Directory' },
  { name: 'trainA/a.jpg', content: 'an image', mode: 0o104777 },
  { name: './trainB/größe 🦓.png', content: Buffer.alloc(700_000, 'x') },
  { name: `deep/${'n'.repeat(120)}/${'f'.repeat(60)}.png`, content: 'long' },
  { name: 'empty.txt' },
  { name: 'inner.zip', content: zip({ name: '../out', content: 'stays closed' }) },
];
const junk: TestEntry[] = [
  { name: '__MACOSX/trainA/._a.jpg', content: 'mac' },
  { name: 'trainA/.DS_Store', content: 'mac' },
  { name: 'trainA/Thumbs.db', content: 'windows' },
  { name: 'trainB/desktop.ini', content: 'windows' },
  { name: 'trainB/Icon\r', content: 'mac' },
  { name: '.git/config', content: 'hidden' },
  { name: 'trainA/@eaDir/a.jpg', content: 'a network drive' },
  { name: 'System Volume Information/a.jpg', content: 'windows' },
];
async function namesIn({ entries }: ArchiveReader): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of entries) names.push(name);
  return names;
}

const FORMATS = { zip, tar, 'tar.gz': tgz, 'tar.xz': txz };

for (const [format, make] of Object.entries(FORMATS)) {
  describe(`a ${format} archive`, () => {
    test('is unpacked with a checksum of each file and without junk files', async (t) => {
      const { into, go, work } = await setup(t, make(...good, ...junk));
      const files = await go();
      const expected = good.filter(({ name }) => !name.endsWith('/'));
      assert.deepEqual(
        files,
        expected.map(({ name, content = '' }) => ({
          path: name.replace('./', ''),
          bytes: Buffer.byteLength(content),
          sha256: sha(content),
        })),
      );
      for (const { path, sha256 } of files) assert.equal(sha(readFileSync(join(into, path))), sha256);
      assert.deepEqual(readdirSync(into).sort(), ['deep', 'empty.txt', 'inner.zip', 'trainA', 'trainB']);
      assert.deepEqual(readdirSync(join(into, 'trainA')), ['a.jpg']);
      const mode = statSync(join(into, 'trainA/a.jpg')).mode & 0o7777;
      assert.equal(mode & ~0o644, 0);
      const last = work.progressReports.at(-1)!;
      assert.equal(last.phase, 'unpacking set.bin');
      assert.equal(last.unit, 'bytes');
    });

    test('can be read some time after it was opened, and counts the bytes of its file', async (t) => {
      const { dir } = await setup(t, make(...good));
      const file = join(dir, 'set.bin');
      const reads: number[] = [];
      const archive = await openArchive(file, { onRead: (bytes) => reads.push(bytes), onPlain: () => undefined });
      // Enough turns of the event loop for a stream that flows to be at its end.
      for (let turn = 0; turn < 100; turn++) await readFile(file);
      const names = await namesIn(archive);
      await archive.close();
      assert.deepEqual(
        names,
        good.map(({ name }) => name),
      );
      if (format !== 'zip') assert.equal(reads.at(-1), statSync(file).size);
    });

    test('that is opened and not read is closed', async (t) => {
      const { dir } = await setup(t, make(...good));
      const archive = await openArchive(join(dir, 'set.bin'), { onRead: () => undefined, onPlain: () => undefined });
      await archive.close();
    });

    test('with backslashes, as programs on Windows write it, is unpacked into folders', async (t) => {
      const made = [
        { name: 'photos\\', mode: 0o040755, type: 'Directory' as const },
        { name: 'photos\\trainA\\a.jpg', content: 'a' },
        { name: 'photos\\trainB/b.jpg', content: 'b' },
        { name: 'photos\\__MACOSX\\trainA\\c.jpg', content: 'junk' },
      ];
      const { into, go } = await setup(t, make(...made));
      const files = await go();
      assert.deepEqual(
        files.map(({ path }) => path),
        ['photos/trainA/a.jpg', 'photos/trainB/b.jpg'],
      );
      assert.equal(readFileSync(join(into, 'photos/trainA/a.jpg'), 'utf8'), 'a');
      assert.deepEqual(readdirSync(join(into, 'photos')), ['trainA', 'trainB']);
    });

    const hostile: readonly (readonly [what: string, entry: TestEntry, expected: RegExp])[] = [
      ['leads out of the folder', { name: 'a/../../evil' }, /"a\/\.\.\/\.\.\/evil" leads out of the folder/],
      ['leads out of the folder, hidden', { name: '.x/../../evil' }, /leads out/],
      ['is absolute', { name: '/etc/evil' }, /"\/etc\/evil" has an absolute path/],
      ['has a drive letter', { name: 'C:/evil' }, /"C:\/evil" begins with a drive letter/],
      ['leads out of the folder by backslashes', { name: '..\\..\\evil' }, /evil" leads out/],
      ['leads out of the folder by both slashes', { name: 'a/..\\../evil' }, /evil" leads out/],
      ['leads out of the folder on Windows, by a space', { name: 'a\\.. \\.. \\evil' }, /evil" leads out/],
      ['leads out of the folder on Windows, by dots', { name: '.../evil' }, /evil" leads out/],
      ['is absolute, by a backslash', { name: '\\Windows\\evil' }, /evil" has an absolute path/],
      ['is on a server (UNC)', { name: '\\\\server\\share\\evil' }, /evil" has an absolute path/],
      ['is a device path', { name: '\\\\?\\C:\\evil' }, /evil" has an absolute path/],
      ['has a drive letter and backslashes', { name: 'C:\\evil' }, /evil" begins with a drive letter/],
      ['is there twice, once by a backslash', { name: 'sub\\a.jpg' }, /a\.jpg" is there twice/],
      ['has a name that is too long', { name: 'n'.repeat(256) }, /name of more than 255 bytes/],
      ['has a path that is too long', { name: 'dir/'.repeat(260) + 'f' }, /path of more than 1000 bytes/],
      ['is there twice', { name: 'ok.jpg' }, /"ok\.jpg" is there twice/],
      ['differs in case', { name: 'OK.JPG' }, /"OK\.JPG" differs from "ok\.jpg" only in/],
      ['is in a folder that differs in case', { name: 'SUB/x' }, /"SUB\/x" differs from "sub" only in/],
      [
        'needs a folder where a file is',
        { name: 'ok.jpg/x' },
        /"ok\.jpg\/x" needs "ok\.jpg" to be a file and a folder/,
      ],
      ['is a file where a folder is', { name: 'sub' }, /"sub" needs "sub" to be a file and a folder/],
      [
        'is a symbolic link',
        { name: 'link', mode: 0o120777, content: '/etc', type: 'SymbolicLink', link: '/etc' },
        /"link" is a symbolic link/,
      ],
      ['is a device', { name: 'dev', mode: 0o060644, type: 'BlockDevice' }, /"dev" is a device/],
      ['is a pipe', { name: 'pipe', mode: 0o010644, type: 'FIFO' }, /"pipe" is a named pipe/],
    ];
    for (const [what, entry, expected] of hostile) {
      test(`is refused as a whole when an entry ${what}`, async (t) => {
        const bad = format === 'zip' ? entry : entry.link === undefined ? entry : { ...entry, content: '' };
        const archive = make({ name: 'ok.jpg', content: 'ok' }, { name: 'sub/a.jpg', content: 'a' }, bad);
        const { code, message } = await refusal(t, archive);
        assert.equal(code, 'unsafe-archive');
        assert.match(message, expected);
      });
    }

    test('with a zero byte in a name never writes that name to the disk', async (t) => {
      const archive = make({ name: 'a.jpg\0.exe', content: 'x' });
      if (format === 'zip') return assert.match((await refusal(t, archive)).message, /zero byte/);
      // A tar name ends at its first zero byte.
      const { go } = await setup(t, archive);
      assert.deepEqual(
        (await go()).map(({ path }) => path),
        ['a.jpg'],
      );
    });

    test('that unpacks to far more than its size is refused', async (t) => {
      const archive = make({ name: 'zeros', content: Buffer.alloc(20_000_000) });
      const { code, message } = await refusal(t, archive, { alwaysAllowed: 1e6, ratio: 0.5 });
      assert.equal(code, 'archive-bomb');
      assert.match(message, /set\.bin was not unpacked: from .* it becomes more than/);
    });

    test('with too many entries is refused', async (t) => {
      const archive = make(...Array.from({ length: 11 }, (_, i) => ({ name: `${i}` })));
      const { code, message } = await refusal(t, archive, { entries: 10 });
      assert.equal(code, 'archive-bomb');
      assert.match(message, /more than 10 entries/);
    });

    test('that is cut short anywhere is refused as damaged', async (t) => {
      const archive = make(...good);
      for (const share of [0.1, 0.5, 0.9, 0.999]) {
        const { code } = await refusal(t, archive.subarray(0, Math.floor(archive.length * share)));
        assert.equal(code, 'damaged-archive', `${share}`);
      }
    });

    test('without a file is refused as damaged', async (t) => {
      const { code } = await refusal(t, make({ name: 'trainA/', mode: 0o040755, type: 'Directory' }, ...junk));
      assert.equal(code, 'damaged-archive');
    });

    test('leaves no folder when unpacking is interrupted', async (t) => {
      const dir = await temporaryFolder(t);
      writeFileSync(join(dir, 'set'), make(...good));
      const work = quietWork(AbortSignal.abort());
      await assert.rejects(unpack(join(dir, 'set'), join(dir, 'into'), work), { name: 'AbortError' });
      assert.equal(existsSync(join(dir, 'into')), false);
    });
  });
}

describe('a zip archive in particular', () => {
  test('that declares more than a hundred times its size is refused by default', async (t) => {
    const { code } = await refusal(t, zip({ name: 'zeros', content: 'x', size: 110e6 }));
    assert.equal(code, 'archive-bomb');
  });

  test('whose content has another checksum is refused as damaged', async (t) => {
    const { code, message } = await refusal(t, zip({ name: 'a.jpg', content: 'a', crc: 1 }));
    assert.equal(code, 'damaged-archive');
    assert.match(message, /"a\.jpg" does not have its checksum/);
  });

  test('whose content is longer or shorter than declared is refused as damaged', async (t) => {
    for (const size of [10, 3_000_000]) {
      const { code, message } = await refusal(t, zip({ name: 'a.jpg', content: Buffer.alloc(1_000_000), size }));
      assert.equal(code, 'damaged-archive');
      assert.match(message, /"a\.jpg"/);
    }
  });

  test('whose compressed bytes are broken is refused as damaged', async (t) => {
    const archive = zip({ name: 'a.jpg', content: Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i) % 251)) });
    archive.fill(255, 100, 140);
    assert.equal((await refusal(t, archive)).code, 'damaged-archive');
  });

  test('that is encrypted is refused, and the problem names the entry', async (t) => {
    const { code, message } = await refusal(t, zip({ name: 'a.jpg', content: 'secret', flags: 0x801 }));
    assert.equal(code, 'unsafe-archive');
    assert.match(message, /"a\.jpg" is encrypted/);
  });

  test('of an unknown compression is refused as unsupported', async (t) => {
    const { code, message } = await refusal(t, zip({ name: 'a.jpg', content: 'x', method: 14 }));
    assert.equal(code, 'unsupported-archive');
    assert.match(message, /a\.jpg.*compression/);
  });

  test('that declares more than fits on the disk is refused before anything is written', async (t) => {
    const entries = Array.from({ length: 20_000 }, (_, i) => ({ name: `${i}`, content: 'x', size: 0xfffffffe }));
    const { code } = await refusal(t, zip(...entries), { alwaysAllowed: Infinity });
    assert.equal(code, 'disk-full');
  });

  test('has its names read as UTF-8 where they are valid UTF-8, else in the code page of old programs', async (t) => {
    const archive = zip({ name: 'größe.jpg', content: 'utf-8', flags: 0 });
    const { go } = await setup(t, archive);
    assert.deepEqual(
      (await go()).map(({ path }) => path),
      ['größe.jpg'],
    );
    const old = zip({ name: 'gr__e.jpg', content: 'cp437', flags: 0 });
    for (let at; (at = old.indexOf('__')) >= 0;) old.set([0x94, 0xe1], at);
    const second = await setup(t, old);
    assert.deepEqual(
      (await second.go()).map(({ path }) => path),
      ['größe.jpg'],
    );
  });

  const names = async (t: TestContext, ...entries: TestEntry[]) => {
    const { go } = await setup(t, zip(...entries.map((entry) => ({ ...entry, content: 'x', flags: 0 }))));
    return (await go()).map(({ path }) => path);
  };
  // In Shift-JIS the second byte of 表 is a backslash.
  const shiftJis = { name: '表.jpg', rawName: Buffer.from('photos/\x95\x5c.jpg', 'latin1') };

  test('in Shift-JIS keeps a character that ends in a backslash, and its folder that of other names', async (t) => {
    const other = { name: '猫.jpg', rawName: Buffer.from('photos/\x94\x4c.jpg', 'latin1') };
    assert.deepEqual(await names(t, shiftJis, other, { name: 'ascii.jpg' }), [
      'photos/表.jpg',
      'photos/猫.jpg',
      'ascii.jpg',
    ]);
  });

  test('has its names read from their Unicode fields, where it has some', async (t) => {
    const raw = { name: 'x', rawName: Buffer.from('photos/\x95\x5c.jpg', 'latin1'), unicodeName: 'photos/表.jpg' };
    const ascii = { name: 'a_.jpg', unicodeName: 'aß.jpg' };
    assert.deepEqual(await names(t, raw, ascii, { name: 'b.jpg' }), ['photos/表.jpg', 'aß.jpg', 'b.jpg']);
  });

  test('that separates folders with backslashes only is never taken for Shift-JIS', async (t) => {
    const german = { name: 'ä', rawName: Buffer.from('B\x84\x5ca.jpg', 'latin1') };
    assert.deepEqual(await names(t, german, { name: 'photos\\b.jpg' }), ['Bä/a.jpg', 'photos/b.jpg']);
  });

  test('is checked with the same CRC-32 on every version of Node', () => {
    const bytes = Buffer.from('The quick brown fox jumps over the lazy dog');
    assert.equal(byTable(bytes, 0), 0x414fa339);
    assert.equal(byTable(bytes.subarray(9), byTable(bytes.subarray(0, 9), 0)), 0x414fa339);
    assert.equal(crc32(bytes, 0), 0x414fa339);
  });
});

describe('a tar archive in particular', () => {
  test('with a hard link is refused', async (t) => {
    const archive = tar({ name: 'a' }, { name: 'b', type: 'Link', link: 'a' });
    assert.match((await refusal(t, archive)).message, /"b" is a hard link/);
  });

  test('with an entry of an unknown kind is refused', async (t) => {
    const archive = tar({ name: 'a', content: 'a' }, { name: 'b', type: 'SparseFile' });
    assert.match((await refusal(t, archive)).message, /"b" is of an unknown kind/);
  });

  test('with a broken header is refused as damaged', async (t) => {
    const archive = tar({ name: 'a', content: 'a' }, { name: 'b', content: 'b' });
    archive.write('x', 1024 + 5);
    const { code, message } = await refusal(t, archive);
    assert.equal(code, 'damaged-archive');
    assert.match(message, /no valid header/);
  });

  test('with names that are neither UTF-8 nor equal has a file for each', async (t) => {
    const latin1 = (name: string) => ({ name: 'x', rawName: Buffer.from(name, 'latin1'), content: name });
    const { go } = await setup(
      t,
      tar(latin1('gr\xfcn.jpg'), latin1('gr\xf6n.jpg'), { name: 'größe.jpg', content: 'utf-8' }),
    );
    assert.deepEqual((await go()).map(({ path }) => path), ['grün.jpg', 'grön.jpg', 'größe.jpg']); // prettier-ignore
  });

  test('is not read far beyond its end', async (t) => {
    const filled = Buffer.concat([tar(...good), Buffer.alloc(1 << 20)]);
    assert.ok((await (await setup(t, gzipSync(filled))).go()).length > 0, 'a tape’s record is filled');
    const { code, message } = await refusal(t, gzipSync(Buffer.concat([tar(...good), Buffer.alloc(100 << 20)])));
    assert.equal(code, 'archive-bomb');
    assert.match(message, /more than 8.* follow its end/);
  });

  const headers: TestEntry[] = Array.from({ length: 40 }, () => ({
    name: 'pax',
    type: 'ExtendedHeader',
    content: Buffer.alloc(1 << 20),
  }));

  test('has its extended headers counted as unpacked bytes', async (t) => {
    const archive = tgz(...headers, { name: 'a.png', content: 'a' });
    assert.equal((await refusal(t, archive, { alwaysAllowed: 10e6, ratio: 1 })).code, 'archive-bomb');
  });

  test('can be interrupted between its files', async (t) => {
    const { work, dir } = await setup(t, tgz(...headers));
    const signal = AbortSignal.abort();
    await assert.rejects(unpack(join(dir, 'set.bin'), join(dir, 'into'), { ...work, signal }), { name: 'AbortError' });
  });

  test('whose gzip checksum is wrong is refused as damaged', async (t) => {
    const archive = tgz({ name: 'a', content: 'a' });
    archive[archive.length - 6]! ^= 1;
    assert.equal((await refusal(t, archive)).code, 'damaged-archive');
  });
});

describe('a tar.xz archive in particular', () => {
  // What `xz -9e` makes of a tar archive with numbers.txt (the lines 1 to 300) and trainA/a.jpg.
  const made = Buffer.from(
    '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4Cf/AY9dADcdSd2T6qaP0lS9LWoCyYfh2FCiXHjbaYTSKxj3J7h830FbufkGJZGrkuN7' +
      'r2sI7VvMMaTDfmpVh1uMUJ2m6PmFginaoklhXfSLoEj7WJaimmBm9R7ruLU3RxElen3DWhaA8MGpAnMECroPckBWyVk+F4oLvaur' +
      'eA8KfaQkm9ogFPVTSlrnRs/x0UuLpRvmG9GgARfrgvWQle1XPRlcO/RSdh3Mx0y2PGh8NfVvG4jzKAY4ueVgSP68SuySYQIqdq96' +
      'daIcQu4dW2auY0LtKTE+tGeQvcgPXpa6NuzI9QJgK1VX/TF9xbHKRlrHcljPGO19xq17+YmlKndiODMC3Tkdv+xQJZtLGA5qtQJk' +
      'UyPWKHDfvBGxzXAH54J3JLbHBak2jCa4d0Cs641nmrb22NNafpAeesidA5V6r5N0VfAaNwyfDmcMerYU6vSRYIPrmHMvzJ/lpjKE' +
      'kqNZsOsNdS+Of6hDZ1qlocidbDDc1zH/xPrm1WG8O+ffjrVoioVtpT1JUybb3gVL58xoJ/CDAAAAGvr8XfC4jzUAAasDgFAAAKvX' +
      'y3axxGf7AgAAAAAEWVo=',
    'base64',
  );

  test('is unpacked as compressed by the xz program', async (t) => {
    const { go } = await setup(t, made);
    const numbers = Array.from({ length: 300 }, (_, i) => `${i + 1}\n`).join('');
    const expected = [['numbers.txt', sha(numbers)], ['trainA/a.jpg', sha('an image')]]; // prettier-ignore
    assert.deepEqual((await go()).map(({ path, sha256 }) => [path, sha256]), expected); // prettier-ignore
  });

  test('whose compressed bytes are changed is refused as damaged', async (t) => {
    for (const at of [100, made.length - 60]) {
      const damaged = Buffer.from(made);
      damaged[at]! ^= 0x55;
      assert.equal((await refusal(t, damaged)).code, 'damaged-archive', `${at}`);
    }
  });

  test('with a check that the decoder lacks is refused as unsupported', async (t) => {
    // `xz --check=sha256`
    const sha256 =
      '/Td6WFoAAArh+wyhAgAhARYAAAB0L+WjAQAHYW4gaW1hZ2UApd8/3nsgDD+ieRFEx+BcXCvO1Mathj06TPdslywXEvkAATgI4oHCORibS5oBAAAAAApZWg==';
    const { code, message } = await refusal(t, Buffer.from(sha256, 'base64'));
    assert.equal(code, 'unsupported-archive');
    assert.match(message, /xz in a way that cannot be read/);
  });

  test('can be unpacked after another one was refused or interrupted', async (t) => {
    await refusal(t, made.subarray(0, 200));
    const { dir, work } = await setup(t, txz({ name: 'a', content: Buffer.alloc(3_000_000) }));
    const signal = AbortSignal.abort();
    await assert.rejects(unpack(join(dir, 'set.bin'), join(dir, 'into'), { ...work, signal }), { name: 'AbortError' });
    assert.equal((await (await setup(t, made)).go()).length, 2);
  });

  test('with a larger dictionary than xz -9 has is refused as unsupported, not as damaged', async (t) => {
    // As of `xz --lzma2=dict=256MiB`, and one of 3 GiB.
    for (const dictionary of [32, 39]) {
      const { code, message } = await refusal(t, xz(tar(...good), dictionary));
      assert.equal(code, 'unsupported-archive');
      assert.match(message, /a dictionary that is too large \(use xz -9 or less\)/);
    }
    // 64 MiB, that of `xz -9`.
    assert.equal((await (await setup(t, xz(tar(...good), 28))).go()).length, 5);
  });

  test('can be read while another one is half read', async (t) => {
    const content = Buffer.alloc(3_000_000, 'x');
    const { dir } = await setup(t, txz({ name: 'a', content }, { name: 'b', content }));
    const open = () => openArchive(join(dir, 'set.bin'), { onRead: () => undefined, onPlain: () => undefined });
    const [one, two] = [await open(), await open()];
    for await (const { name } of one.entries) if (name === 'a') assert.deepEqual(await namesIn(two), ['a', 'b']);
    await Promise.all([one.close(), two.close()]);
  });

  test('needs a tar archive inside', async (t) => {
    assert.match((await refusal(t, xz(Buffer.from('just a text')))).message, /xz and has no tar archive inside/);
  });
});

describe('a file that is not a supported archive', () => {
  for (const [what, bytes, code, text] of [
    ['an empty file', '', 'damaged-archive', /set\.bin is damaged: it is empty \(0 bytes\)/],
    ['a web page', '<html>not found</html>', 'unsupported-archive', /web page/],
    [
      'a rar archive',
      'Rar!\x1a\x07\x01\x00',
      'unsupported-archive',
      /is a RAR archive; a \.zip, \.tar, \.tar\.gz or \.tar\.xz/,
    ],
    ['an image', '\x89PNG\r\n', 'unsupported-archive', /is an image/],
    ['a text', 'hello', 'unsupported-archive', /is not an archive of a known format/],
  ] as const) {
    test(`is refused with its kind: ${what}`, async (t) => {
      const problem = await refusal(t, Buffer.from(bytes, 'latin1'));
      assert.equal(problem.code, code);
      assert.match(problem.message, text);
    });
  }

  test('is refused when it is compressed but contains no tar archive', async (t) => {
    const { code, message } = await refusal(t, gzipSync('just a text'));
    assert.equal(code, 'unsupported-archive');
    assert.match(message, /no tar archive inside/);
  });
});
