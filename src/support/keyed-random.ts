import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number;
  /** A whole number, uniform in [0, below). */
  int(below: number): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the list, each as likely. */
  pick<T>(list: readonly T[]): T;
}

/**
 * The stream of a key: equal keys give equal numbers, different keys unrelated ones. So the numbers for (seed, epoch, position) do not depend
 * on earlier draws, and resuming is exact.
 */
export function keyedRandom(...key: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
  const float = () => uniformFloat64(generator);
  const int = (below: number) => uniformInt(generator, 0, below - 1);
  return {
    float,
    int,
    between: (low, high) => low + (high - low) * float(),
    chance: (probability) => float() < probability,
    pick: (list) => list[int(list.length)]!,
  };
}
