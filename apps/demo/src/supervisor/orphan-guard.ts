/**
 * Loaded into every supervised process (`node --import`): when the supervisor has died without a word, the process
 * drains and ends instead of living on unseen.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
