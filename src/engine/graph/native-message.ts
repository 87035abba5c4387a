/** TensorFlow's message in an error of tfjs-node's binding, without what the binding puts before it. */
export const nativeMessage = ({ message }: Error): string => message.replace(/^[^]*?Message: /, '').trim();
