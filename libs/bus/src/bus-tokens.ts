import { Inject } from '@nestjs/common';
import { Bus } from './bus.js';
import { BUS_DEFAULTS } from './bus-options.js';

/** Injection token of a service's name (a string), of the default bus. */
export const BUS_SERVICE = Symbol('nestanza:bus-service');

/** Injection token of a bus: the class for the default one. */
export function busToken(name: string): typeof Bus | string {
  return name === BUS_DEFAULTS.name ? Bus : `nestanza:bus:${name}`;
}

/** Injects the bus that was declared with `BusModule.forRoot({ name })`. The default one is injected by its type. */
export function InjectBus(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(busToken(name));
}

/** Injection token of what a bus speaks XMPP by. */
export function xmppToken(bus: string): string {
  return `nestanza:xmpp:${bus}`;
}

/**
 * Injects what was handed in as `xmpp` (a connection, or the instance of @xmpp/client itself); where the bus made its
 * own, its `Connection`, usable from `onApplicationBootstrap` on.
 */
export function InjectXmpp(bus: string = BUS_DEFAULTS.name): ParameterDecorator & PropertyDecorator {
  return Inject(xmppToken(bus));
}
