import { ProblemError, type Problem } from '../../../support/problem.js';
import { visible } from '../../../support/visible.js';
import { emptyDomain } from '../arranged/layout-problems.js';
import type { FoundImages } from '../arranged/find-images.js';
import type { ImageFile } from '../arranged/image-files.js';
import { FileTally } from '../arranged/file-tally.js';
import type { Entries, FileTree } from '../arranged/file-tree.js';
import { unusedIn } from '../arranged/unused-files.js';

export const COMBINED_LAYOUT =
  'It must contain the images in a folder train, and those for tests in a folder test or val; each shows A and B side by side. Beside test, a folder val holds validation images.';

/** Folders of test images, in the order of preference. */
const TESTS = ['test', 'val'];

/**
 * Finds the combined images of a tree, each of them for both domains. Without test images, the images of train are split.
 *
 * @throws ProblemError when there is no folder train, or a folder is empty
 */
export async function findCombined(tree: FileTree): Promise<FoundImages> {
  const top = (await tree.entries(''))!;
  if (!top.folders.includes('train')) throw new ProblemError(noTrain(tree, top));
  const tests = TESTS.find((name) => top.folders.includes(name));
  const dirs = tests === undefined ? ['train'] : ['train', tests];
  const [passedOver, byContent] = [new FileTally(), new FileTally()];
  const found: (readonly ImageFile[])[] = [];
  const problems: Problem[] = [];
  for (const dir of dirs) {
    const images = await tree.images(dir);
    if (images.files.length === 0) problems.push(emptyDomain(tree, dir, images));
    passedOver.addAll(images.others);
    byContent.addAll(images.byContent);
    found.push(images.files);
  }
  const [first, ...others] = problems;
  if (first !== undefined) throw new ProblemError(first, ...others);
  const [train, test] = [found[0]!, found[1]];
  const layout = `combined images in ${dirs.join(' and ')}`;
  const validation = tests === 'test' && top.folders.includes('val') ? await tree.images('val') : undefined;
  const hasValidation = validation !== undefined && validation.files.length > 0;
  if (hasValidation) {
    passedOver.addAll(validation.others);
    byContent.addAll(validation.byContent);
  }
  const common = {
    layout,
    passedOver,
    byContent,
    unused: await unusedIn(tree, hasValidation ? [...dirs, 'val'] : dirs),
    ...(hasValidation && { validation: { A: validation.files, B: validation.files } }),
  };
  if (test === undefined) return { ...common, domains: { A: train, B: train } };
  return { ...common, splits: { trainA: train, trainB: train, testA: test, testB: test } };
}

function noTrain(tree: FileTree, { folders }: Entries): Problem {
  const there = folders.length === 0 ? 'no folders' : `the folders ${folders.slice(0, 8).map(visible).join(', ')}`;
  const apart = ['trainA', 'A'].some((name) => folders.includes(name));
  return {
    code: 'missing-domain',
    message: `${tree.label}: there is no folder ${tree.show('train')}. Found beside it: ${there}.`,
    cure: apart ? 'A and B lie in folders of their own: write dataset.type: folder.' : COMBINED_LAYOUT,
  };
}
