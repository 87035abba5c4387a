/**
 * The Python that test/services/run has set up, with TensorFlow, PyTorch and TensorBoard.
 * @throws when the tests were started in another way: a comparison that is not made must not look like one that held
 */
export function servicesPython(): string {
  const python = process.env['RUNNER_SERVICES_PYTHON'];
  if (!python) throw new Error('RUNNER_SERVICES_PYTHON is not set: start these tests with `npm run test:services`.');
  return python;
}
