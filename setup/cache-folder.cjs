// CommonJS, because the command's own sources load it too (src/support/cache-folder.ts), and at once.
const { accessSync, constants, lstatSync, mkdirSync, statSync } = require('node:fs');
const { homedir, tmpdir, userInfo } = require('node:os');
const { dirname, isAbsolute, join } = require('node:path');

const NAME = 'cyclegan-runner';

/**
 * The folder in which everything that checkouts share is kept: `$XDG_CACHE_HOME/cyclegan-runner`, by default in `~/.cache`.
 * A user without a home that can be written (in a container, or a service) has one in the temporary folder.
 * @returns {string}
 */
function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME ?? '';
  // The XDG specification says to ignore relative paths.
  if (isAbsolute(base)) return join(base, NAME);
  const folders = homes().map((home) => join(home, '.cache', NAME));
  // Where nothing can be used, the message about the first says what to do.
  return folders.find(isUsable) ?? ownTemporaryFolder() ?? folders[0] ?? join('/', '.cache', NAME);
}

/** Whether a cache folder is one that the system may empty. @param {string} folder */
function isTemporary(folder) {
  return folder === temporaryFolder();
}

/** What HOME says, then what the system knows of this user, who need not have an entry there. */
function homes() {
  const found = [homedir, () => userInfo().homedir].map((ask) => {
    try {
      return ask();
    } catch {
      return '';
    }
  });
  return found.filter((home) => isAbsolute(home) && statSync(home, { throwIfNoEntry: false })?.isDirectory());
}

/** Whether a cache folder is there, if only to be read, or can be made. @param {string} folder */
function isUsable(folder) {
  const [cache, home] = [dirname(folder), dirname(dirname(folder))];
  return (
    mayUse(folder, constants.R_OK) || mayUse(cache, constants.W_OK) || (!isThere(cache) && mayUse(home, constants.W_OK))
  );
}

/** In a folder that everyone may write: another user's of that name must not be taken for ours, since engines are run from there. */
function ownTemporaryFolder() {
  const folder = temporaryFolder();
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // It may be there already.
  }
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  const ours = stat?.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
  return ours ? folder : undefined;
}

function temporaryFolder() {
  return join(tmpdir(), `${NAME}-${process.getuid?.() ?? 'user'}`);
}

/** @param {string} path */
function isThere(path) {
  return mayUse(path, constants.F_OK);
}

/** @param {string} path @param {number} mode */
function mayUse(path, mode) {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

module.exports = { cacheFolder, isTemporary };
