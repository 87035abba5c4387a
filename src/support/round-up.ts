/** The least multiple of a step that is not below a value. */
export const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
