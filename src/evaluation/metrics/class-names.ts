import type { ExtractorClasses } from '../../registry/kinds/extractor.js';
import { didYouMean } from '../../support/did-you-mean.js';

/** A class by its number, or by one of its names. */
export type ClassChoice = number | string;

/** The number of a class of an extractor; a choice that it does not have, or that is not known, stays. */
export function numbered(choice: ClassChoice, classes: ExtractorClasses | undefined): ClassChoice {
  if (typeof choice === 'number' || classes === undefined || typeof classes === 'number') return choice;
  const found = classesCalled(choice, classes);
  return found.length === 1 ? found[0]! : choice;
}

/** What is wrong with a choice that {@link numbered} has left; undefined if nothing is. */
export function choiceProblem(
  choice: ClassChoice,
  classes: ExtractorClasses | undefined,
): { readonly message: string; readonly cure: string } | undefined {
  const count = Array.isArray(classes) ? classes.length : (classes as number | undefined);
  if (typeof choice === 'number') {
    if (count === undefined || choice < count) return undefined;
    return {
      message: `expected a class of the extractor, 0 to ${count - 1}, found ${choice}.`,
      cure: 'They count from 0.',
    };
  }
  if (!Array.isArray(classes)) {
    return {
      message: `expected the number of a class, as the extractor does not name them, found "${choice}".`,
      cure: 'Its numbers count from 0.',
    };
  }
  return nameProblem(choice, classes as readonly string[]);
}

function nameProblem(name: string, classes: readonly string[]) {
  const found = classesCalled(name, classes);
  if (found.length > 1) {
    const each = found.map((index) => `${index} (${classes[index]!})`).join(' and ');
    return {
      message: `expected the name of one class, found "${name}", which is that of ${found.length}: ${each}.`,
      cure: 'Give the number of the one that you mean.',
    };
  }
  const near = didYouMean(name, classes.flatMap(namesOf));
  return {
    message: `expected one of the ${classes.length} classes of the extractor, such as "${namesOf(classes[0]!)[0]!}", found "${name}".`,
    cure: near === undefined ? 'Give the number of the class.' : `Did you mean "${near}"?`,
  };
}

/** The numbers of the classes that are called so: the one whose whole entry it is, else those of which it is one of the names. */
function classesCalled(name: string, classes: readonly string[]): number[] {
  const wanted = plain(name);
  const whole = indicesOf(classes, (entry) => plain(entry) === wanted);
  return whole.length > 0
    ? whole
    : indicesOf(classes, (entry) => namesOf(entry).some((each) => plain(each) === wanted));
}

function indicesOf(classes: readonly string[], is: (entry: string) => boolean): number[] {
  return classes.flatMap((entry, index) => (is(entry) ? [index] : []));
}

function namesOf(entry: string): string[] {
  return entry.split(',').map((name) => name.trim());
}

/** Spelt in one way: "Great White Shark" and "great_white_shark" are the same. */
function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');
}
