export type { Strike, StrikeOptions } from './fault-strike.js';
export type { MessageMatch, Peer, ReceivedMessage } from './peer.js';
export type { Publication } from './recorder.js';
export type { RetryingMessage } from './retries.js';
export type { ServiceOptions } from './service.js';
export { VirtualClock } from './virtual-clock.js';
export { createWorld, type World, type WorldOptions } from './world.js';
