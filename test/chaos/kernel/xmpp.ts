import { joinEmbedded } from '@nestanza/xmpp-server';

/* Hosts the XMPP server of the data directory, and keeps the database running. */
const server = await joinEmbedded({ role: 'preferred' });
if (process.connected) process.send?.('ready');
process.once('disconnect', () => void server.close());
