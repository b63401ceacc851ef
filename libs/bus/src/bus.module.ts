import type { EventContract, RpcContract } from '@nestanza/contracts';
import { ConfigurableModuleBuilder, type DynamicModule, Module } from '@nestjs/common';
import type { BusModuleOptions } from './bus-options.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<BusModuleOptions>({ moduleName: 'NestanzaBus' })
  .setClassMethodName('forRoot')
  .build();

/** Contracts whose channels a module owns. */
export type OwnedContract = EventContract | RpcContract;

/** One service's connection to the bus, and everything that its handlers need. */
@Module({})
export class BusModule extends ConfigurableModuleClass {
  /**
   * The importing module owns these channels: their nodes are created and configured at the start, their methods
   * advertised. Who merely subscribes waits for the owner.
   */
  static forFeature(contracts: readonly OwnedContract[], bus?: string): DynamicModule {
    return { module: BusModule, providers: [{ provide: `${bus}`, useValue: contracts }] };
  }
}
