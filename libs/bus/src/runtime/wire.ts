import { formatChannel } from '@nestanza/contracts';
import type { Log } from '@nestanza/core';
import type { ApplicationConfig, DiscoveryService, ModuleRef, ModulesContainer } from '@nestjs/core';
import { BUS_DEFAULTS, type BusModuleOptions } from '../bus-options.js';
import type { BusOverrides } from '../bus-overrides.js';
import type { DurableDelivery, DurableSubscription } from '../delivery.port.js';
import { durableSubscription } from '../dispatch/durable-dispatch.js';
import { Enhancers, globalEnhancerNames } from '../handlers/enhancers.js';
import { explore } from '../handlers/explorer.js';
import type { Handler } from '../handlers/handler.js';
import { HandlerProxyFactory } from '../handlers/handler-proxy.js';
import { HandlerRegistry } from '../handlers/registry.js';
import type { Exchange } from '../pipeline/exchange.js';
import type { ConfigLookup } from '../placeholders.js';
import { OwnedContracts } from '../provisioning/owned-contract.js';
import { type Fault, StartupError } from '../startup-error.js';

/** The parts of the application that are looked through. */
export interface Application {
  readonly discovery: DiscoveryService;
  readonly modules: ModulesContainer;
  readonly moduleRef: ModuleRef;
  readonly config: ApplicationConfig;
}

export interface WireOptions {
  readonly options: BusModuleOptions;
  /** Of the bus: only handlers and contracts declared for it are taken. */
  readonly name: string;
  readonly lookup: ConfigLookup;
  readonly log: Log;
  readonly delivery: DurableDelivery | undefined;
  /** Whether methods decorated by @nestjs/microservices are handlers, too. */
  readonly patterns: boolean;
  readonly overrides?: BusOverrides;
}

/** All that one bus has to serve. */
export interface Wiring {
  readonly registry: HandlerRegistry;
  readonly subscriptions: readonly DurableSubscription[];
  readonly owned: readonly OwnedContracts[];
}

/**
 * Finds handlers and owned contracts of the application.
 * @throws StartupError `NST_BUS_STARTUP` listing everything that is wrong
 */
export function wire(application: Application, wiring: WireOptions): Wiring {
  const { options, name, lookup, log, delivery, patterns, overrides } = wiring;
  const { globalEnhancers = BUS_DEFAULTS.globalEnhancers } = options;
  const { modules, moduleRef, config, discovery } = application;
  const enhancers = new Enhancers(modules, config, globalEnhancers);
  const proxies = new HandlerProxyFactory(enhancers, modules, moduleRef);
  const explored = explore(discovery, { proxies, lookup, patterns, bus: name, defaultBus: BUS_DEFAULTS.name });
  const { faults } = explored;
  const handlers =
    overrides === undefined ? explored.handlers : explored.handlers.map((handler) => surrounded(handler, overrides));
  const registry = new HandlerRegistry(handlers, options.service);
  const owned = ownedContracts(discovery, name);
  const subscriptions = registry
    .of('subscribe')
    .map((handler) => durableSubscription(handler, registry.groupOf(handler)));
  const all = [
    ...faults,
    ...registry.faults(),
    ...(delivery === undefined ? withoutDelivery(subscriptions, owned) : []),
  ];
  if (all.length > 0) throw new StartupError(all);
  const leftOut = globalEnhancers === 'declared' && handlers.length > 0 ? globalEnhancerNames(config) : [];
  if (leftOut.length > 0) {
    log.info(`Not run on bus handlers: ${leftOut.join(', ')}. { globalEnhancers: 'all' } runs them.`);
  }
  for (const line of registry.describe()) log.debug(line);
  return { registry, subscriptions, owned };
}

function surrounded(handler: Handler, overrides: BusOverrides): Handler {
  const { place, pipeline } = handler;
  const run = (exchange: Exchange) => overrides.around(place, () => pipeline.run(exchange));
  return { ...handler, pipeline: { ...pipeline, run } };
}

function ownedContracts(discovery: DiscoveryService, bus: string): readonly OwnedContracts[] {
  return discovery
    .getProviders()
    .filter(({ isNotMetatype }) => isNotMetatype)
    .map(({ instance }): unknown => instance)
    .filter((instance): instance is OwnedContracts => instance instanceof OwnedContracts && instance.bus === bus);
}

const REMEDY = 'import DeliveryModule.forRoot() of @nestanza/delivery in the root module';

function withoutDelivery(
  subscriptions: readonly DurableSubscription[],
  owned: readonly OwnedContracts[],
): readonly Fault[] {
  return [
    ...subscriptions.map(({ handler, channel }) => ({
      place: handler,
      problem: `@Subscribe("${formatChannel(channel)}") is durable, and nothing here stores its messages`,
      remedy: `${REMEDY}, or use @Watch for live messages`,
    })),
    ...owned
      .flatMap(({ nodes }) => nodes)
      .filter(({ contract }) => contract.durable)
      .map(({ contract }) => ({
        place: 'BusModule.forFeature',
        problem: `"${contract.channel}" is durable, and nothing here stores what is published`,
        remedy: `${REMEDY}, or give the contract { durable: false }`,
      })),
  ];
}
