// Run by set-up in a process of its own: loads the binding named on the command line, and asks TensorFlow its version.
const binding = { exports: /** @type {{ TF_Version?: unknown }} */ ({}) };
try {
  process.dlopen(binding, process.argv[2] ?? '');
  if (typeof binding.exports.TF_Version !== 'string') throw new Error('the binding has no TF_Version');
} catch (error) {
  process.stderr.write(String(error));
  process.exitCode = 1;
}
