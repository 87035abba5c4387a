/**
 * An engine's process that only talks: it answers an image with its bytes in capitals. Images ask for more: `die` ends the process, `slow` is answered later, `wait` is
 * answered when another image `go` comes, `refuse` is refused. A job whose first place is called `broken` fails.
 */
const waiting = [];
const tell = (message) => process.send({ kind: 'message', message });

process.on('message', ({ kind, job, message }) => {
  if (kind === 'stop') return end({ status: 'done', outputs: {} });
  if (kind === 'run') {
    const [{ given }] = job.places;
    if (given === 'broken') {
      return end({ status: 'failed', problems: [{ code: 'damaged-checkpoint', message: 'It is broken.' }] });
    }
    return tell({
      kind: 'models',
      models: [{ name: 'zebra', version: 1, direction: 'AtoB', title: given, imageSize: 8 }],
    });
  }
  const { id } = message;
  if (message.kind === 'cancel')
    return tell({ kind: 'refused', id: -1, refusal: { reason: 'wrong-size', message: '' } });
  const text = Buffer.from(message.work.bytes).toString();
  if (text === 'die') process.exit(9);
  if (text === 'slow') return setTimeout(() => done(id, 'SLOW'), 50);
  if (text === 'wait') return waiting.push(id);
  if (text === 'go') for (const each of waiting.splice(0)) done(each, 'WAIT');
  if (text === 'refuse') return tell({ kind: 'refused', id, refusal: { reason: 'undecodable-image', message: 'No.' } });
  return done(id, text.toUpperCase());
});

function done(id, text) {
  const result = { kind: 'image', bytes: Buffer.from(text), format: 'png' };
  tell({ kind: 'done', id, result, timing: { waited: 0, computed: 0, batch: 1 } });
}

function end(result) {
  process.send({ kind: 'end', end: result }, () => process.exit(0));
}
