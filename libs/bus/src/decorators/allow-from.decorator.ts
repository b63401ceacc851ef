import { DiscoveryService } from '@nestjs/core';

/** JID patterns on a method or class; the nearer declaration counts. */
export const AllowedSenders = DiscoveryService.createDecorator<readonly string[]>();

/**
 * Only these senders are heard; others are refused before validation. `*` stands for any local part, or any domain:
 * `@AllowFrom('*@bus.example')`, `@AllowFrom('billing@localhost', 'orders@localhost')`. On a PubSub handler the
 * publisher counts; where the service does not stamp it the application does not start, unless the handler says
 * `{ trust: 'node' }`.
 */
export function AllowFrom(...patterns: readonly [string, ...string[]]): MethodDecorator & ClassDecorator {
  return AllowedSenders(patterns) as MethodDecorator & ClassDecorator;
}
