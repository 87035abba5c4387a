import { InvalidArgumentError } from 'commander';

/** Parses the value of an option that takes a whole number of at least 1. @param digits the most that it may have */
export function wholeNumber(option: string, digits: number): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d*$/.test(text) && text.length <= digits) return Number(text);
    throw new InvalidArgumentError(`${option} takes a whole number of at least 1.`);
  };
}
