import { BUS_OVERRIDES, type BusOverrides } from '@nestanza/bus/internal';
import { NestanzaError } from '@nestanza/core';
import type { DeliveryModuleOptions } from '@nestanza/delivery';
import { DELIVERY_DATA_SOURCE, DELIVERY_OVERRIDES } from '@nestanza/delivery/internal';
import type { Connection } from '@nestanza/xmpp';
import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import { withForeignNodes } from './foreign-nodes.js';
import type { Activity } from './activity.js';
import { endFailedStart } from './failed-start.js';
import { withEnvironment } from './environment.js';
import type { Network } from './network.js';

/** What a service of a world consists of: modules, providers and controllers, as in a Nest module. */
export interface ServiceOptions extends Pick<ModuleMetadata, 'imports' | 'providers' | 'controllers'> {
  /** Replaces providers, guards and so on, as in every Nest test. */
  readonly configure?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}

export interface ServiceSurroundings {
  readonly network: Network;
  readonly activity: Activity;
  /** URL of the world's database. */
  readonly database: string;
  /** The connection that makes the nodes of services that are not there. */
  readonly foreigner: Connection;
}

/** An application of a world, started. */
export interface Service {
  readonly module: TestingModule;
  /** Its connections, one for each bus, by account. */
  readonly connections: ReadonlyMap<string, Connection>;
  /** Whether it has its messages in the world's database. */
  readonly durable: boolean;
}

class Surroundings {}

/**
 * Starts an application as it is, on the world's server and database.
 * @throws NestanzaError `NST_TESTING_DATABASE` when its data source leads to another database
 */
export async function startService(options: ServiceOptions, surroundings: ServiceSurroundings): Promise<Service> {
  const { configure = (builder) => builder, imports = [], providers = [], controllers = [] } = options;
  const { network, activity, database, foreigner } = surroundings;
  const connections = new Map<string, Connection>();
  const bus: BusOverrides = {
    options: ({ service, connect }) => {
      if (connect === false) return {};
      const connection = network.connection(service);
      connections.set(service, connection);
      return { xmpp: withForeignNodes(connection, foreigner) };
    },
    around: (place, run) => activity.around(place, run),
  };
  const variables = {
    NESTANZA_XMPP: 'in-process',
    NESTANZA_XMPP_DOMAIN: network.domain,
    NESTANZA_DATABASE: database,
    NESTANZA_QUEUE: 'postgres',
  };
  const module = await withEnvironment(variables, async () => {
    let modules: ModulesContainer | undefined;
    const seen = (container: ModulesContainer) => (modules = container);
    const builder = Test.createTestingModule({ imports: [surround(bus, seen), ...imports], providers, controllers });
    let compiled: TestingModule | undefined;
    try {
      compiled = await configure(builder).compile();
      return await compiled.init();
    } catch (error) {
      await (compiled?.close() ?? (modules && endFailedStart(modules)));
      throw error;
    }
  });
  const source = databaseOf(module);
  if (source !== undefined && new URL(source).pathname !== new URL(database).pathname) {
    await module.close();
    throw new NestanzaError(
      'NST_TESTING_DATABASE',
      "The application's data source does not lead to the world's database: make it of dataSourceOptions() or NESTANZA_DATABASE.",
    );
  }
  return { module, connections, durable: source !== undefined };
}

function surround(bus: BusOverrides, onModules: (modules: ModulesContainer) => void): DynamicModule {
  const delivery: Partial<DeliveryModuleOptions> = { strayWrites: 'throw' };
  return {
    module: Surroundings,
    global: true,
    providers: [
      { provide: BUS_OVERRIDES, useValue: bus },
      { provide: DELIVERY_OVERRIDES, useValue: delivery },
      { provide: Symbol('nestanza:modules'), inject: [ModulesContainer], useFactory: onModules },
    ],
    exports: [BUS_OVERRIDES, DELIVERY_OVERRIDES],
  };
}

/** URL of the database that delivery works on; `undefined` in an application without delivery. */
function databaseOf(module: TestingModule): string | undefined {
  let source: { readonly options: { readonly url?: string } };
  try {
    source = module.get(DELIVERY_DATA_SOURCE, { strict: false });
  } catch {
    // Nest's way to say that nobody provides it.
    return undefined;
  }
  return source.options.url;
}
