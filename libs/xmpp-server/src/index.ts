export { joinEmbedded, type EmbeddedXmpp, type JoinOptions } from './embedded.js';
export { DEFAULT_LIMITS, type Limits } from './limits.js';
export { startServer, type ServerOptions, type XmppServer } from './server.js';
export { type UserCommands } from './auth/users.js';
