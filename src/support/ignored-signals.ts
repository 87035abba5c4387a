export { ignoredSignals, ignoring, keepIgnoring } from '#setup/ignored-signals.mjs';
