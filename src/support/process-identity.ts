export { processIdentity } from '#setup/process-identity.mjs';
