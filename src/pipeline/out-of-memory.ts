/** How libraries and systems say that they got no memory: C++, TensorFlow, CUDA, V8, libvips, and the system's own words. */
const WORDS =
  /std::bad_alloc|\bOOM when allocating|RESOURCE_?EXHAUSTED|ResourceExhausted|CUDA_ERROR_OUT_OF_MEMORY|\bout of memory\b|Cannot allocate memory|Failed to allocate memory|\bENOMEM\b|Array buffer allocation failed|Allocation failed - /i;

/** Whether words that were thrown or printed say that memory ran out. */
export function saysOutOfMemory(text: string): boolean {
  return WORDS.test(text);
}

/** What to do when memory ran out. */
export const MEMORY_CURE = 'Lower dataset.batch_size, dataset.image_size or generator.width, or close other programs.';
