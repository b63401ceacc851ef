/**
 * Loaded into every started program (`node --import`): when `nestanza start` has died without a word, the program
 * drains and ends instead of living on unseen.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
