/** Out-of-memory messages of C++, TensorFlow, CUDA, V8, libvips and the operating system. */
const MESSAGES =
  /std::bad_alloc|\bOOM when allocating|RESOURCE_?EXHAUSTED|ResourceExhausted|CUDA_ERROR_OUT_OF_MEMORY|\bout of memory\b|Cannot allocate memory|Failed to allocate memory|\bENOMEM\b|Array buffer allocation failed|Allocation failed - /i;

/** Whether an error message or output reports that memory ran out. */
export function isOutOfMemory(text: string): boolean {
  return MESSAGES.test(text);
}

/** What to do when memory ran out. */
export const MEMORY_CURE = 'Lower dataset.batch_size, dataset.image_size or generator.width, or close other programs.';
