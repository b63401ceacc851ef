import { joinEmbedded } from '@nestanza/xmpp-server';
import { released, tellParent } from './parent.js';

/* Hosts the XMPP server of the data directory, and keeps the database running. */
const server = await joinEmbedded({ role: 'preferred' });
tellParent('ready');
await released();
await server.close();
