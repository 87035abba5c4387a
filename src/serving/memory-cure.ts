/** What to do where a server's engine runs out of memory. */
export const SERVING_MEMORY_CURE = 'Lower --max-megapixels or --tiles-above, or serve fewer models.';
