import { ConfigurableModuleBuilder, type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ApplicationConfig, DiscoveryModule, DiscoveryService, ModuleRef, ModulesContainer } from '@nestjs/core';
import { Bus } from './bus.js';
import { BUS_DEFAULTS, type BusModuleOptions } from './bus-options.js';
import { BUS_OVERRIDES, type BusOverrides } from './bus-overrides.js';
import { BUS_SERVICE, busToken, xmppToken } from './bus-tokens.js';
import { DeferredConnection } from './runtime/deferred-connection.js';
import { configLookup } from './config-lookup.js';
import { nestLog } from './nest-log.js';
import { type OwnedContract, OwnedContracts } from './provisioning/owned-contract.js';
import { BusLifecycle } from './runtime/bus-lifecycle.js';
import { BusRuntime } from './runtime/bus-runtime.js';
import { StartupError } from './startup-error.js';
import { XmppBus } from './xmpp-bus.js';

const OPTIONS = Symbol('nestanza:bus-options');
const SETTINGS = Symbol('nestanza:bus-settings');
const RUNTIME = Symbol('nestanza:bus-runtime');
const LIFECYCLE = Symbol('nestanza:bus-lifecycle');

/** Known where the module is declared, before asynchronous options are made. */
interface Declaration {
  /** Name of a second bus of one application; inject it by `@InjectBus(name)`. */
  readonly name?: string;
}

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<BusModuleOptions>({ optionsInjectionToken: OPTIONS })
  .setClassMethodName('forRoot')
  .setExtras<Declaration>({ name: BUS_DEFAULTS.name }, (definition, { name = BUS_DEFAULTS.name }) => ({
    ...definition,
    global: true,
    providers: [...(definition.providers ?? []), ...partsOf(name)],
    exports: [busToken(name), xmppToken(name), ...(name === BUS_DEFAULTS.name ? [BUS_SERVICE] : [])],
  }))
  .build();

/**
 * One service on the bus: its connection, its handlers, and the `Bus` to publish and ask by. Import it once, in the
 * root module; it is global.
 * @example
 * BusModule.forRoot({ service: 'inventory' });
 */
@Module({ imports: [DiscoveryModule] })
export class BusModule extends ConfigurableModuleClass {
  /**
   * The importing module owns these channels: their nodes are created and configured at the start. Who merely
   * subscribes waits for the owner, and is shown waiting.
   * @example
   * BusModule.forFeature([Reserve, { contract: OrderPlaced, publish: 'open' }]);
   */
  static forFeature(contracts: readonly OwnedContract[], bus: string = BUS_DEFAULTS.name): DynamicModule {
    const owned = new OwnedContracts(contracts, bus);
    const served = {
      provide: Symbol('nestanza:served'),
      inject: [{ token: busToken(bus), optional: true }],
      useFactory: (found?: Bus) => found ?? withoutBus(bus, contracts),
    };
    return {
      module: OwnedContractsModule,
      providers: [{ provide: Symbol('nestanza:owned'), useValue: owned }, served],
    };
  }
}

/** Home of what `forFeature` declares; one instance per declaration. */
@Module({})
class OwnedContractsModule {}

function withoutBus(name: string, contracts: readonly OwnedContract[]): never {
  const channels = contracts.map((owned) => ('contract' in owned ? owned.contract : owned).channel).join(', ');
  const named = name === BUS_DEFAULTS.name ? '' : `, name: '${name}'`;
  throw new StartupError([
    {
      place: 'BusModule.forFeature',
      problem: `${channels} cannot be served: no module of this application makes the bus`,
      remedy: `import BusModule.forRoot({ service: '<name>'${named} }) in the root module`,
    },
  ]);
}

type LifecycleInjections = [
  options: BusModuleOptions,
  runtime: BusRuntime,
  discovery: DiscoveryService,
  modules: ModulesContainer,
  moduleRef: ModuleRef,
  config: ApplicationConfig,
  overrides: BusOverrides | undefined,
];

function partsOf(name: string): readonly Provider[] {
  const overrides = { token: BUS_OVERRIDES, optional: true };
  return [
    {
      provide: SETTINGS,
      inject: [OPTIONS, overrides],
      useFactory: (given: BusModuleOptions, overriding?: BusOverrides) => ({ ...given, ...overriding?.options(given) }),
    },
    {
      provide: RUNTIME,
      inject: [SETTINGS, ModulesContainer],
      useFactory: ({ connect = BUS_DEFAULTS.connect }: BusModuleOptions, modules: ModulesContainer) =>
        new BusRuntime(configLookup(modules, process.env), connect),
    },
    {
      provide: xmppToken(name),
      inject: [SETTINGS, RUNTIME],
      useFactory: ({ xmpp }: BusModuleOptions, runtime: BusRuntime) =>
        typeof xmpp === 'object' ? xmpp : new DeferredConnection(runtime),
    },
    {
      provide: LIFECYCLE,
      inject: [SETTINGS, RUNTIME, DiscoveryService, ModulesContainer, ModuleRef, ApplicationConfig, overrides],
      useFactory: (...[options, runtime, discovery, modules, moduleRef, config, overriding]: LifecycleInjections) =>
        new BusLifecycle({ discovery, modules, moduleRef, config }, runtime, {
          options,
          name,
          log: options.log ?? nestLog('Nestanza'),
          environment: process.env,
          overrides: overriding,
        }),
    },
    { provide: busToken(name), inject: [RUNTIME], useFactory: (runtime: BusRuntime): Bus => new XmppBus(runtime) },
    { provide: BUS_SERVICE, inject: [SETTINGS], useFactory: ({ service }: BusModuleOptions) => service },
  ];
}
