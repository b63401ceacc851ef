export type { BodyClass, BodyOf, BodyType } from './body.js';
export { CHANNEL_KINDS, channelAt, formatChannel, parseChannel, type Channel, type ChannelKind } from './channel.js';
export { command, type CommandContract, type CommandOptions } from './command.js';
export { ContractError } from './contract-error.js';
export { event, type EventContract, type EventOptions } from './event.js';
export { rpc, type RpcContract, type RpcErrors, type RpcOptions } from './rpc.js';
