import { ProblemError } from '../support/problem.js';

/** The problem of a file of weights that cannot be read. @param why continues "The weights cannot be read:" */
export function unreadable(why: string): ProblemError {
  return new ProblemError({
    code: 'unreadable-weights',
    message: `The file of PyTorch weights cannot be read: ${why}.`,
    cure: 'A file of tensors by name was expected (torch.save of a state_dict). Download or save it again.',
  });
}
