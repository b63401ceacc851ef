import { type DynamicModule, Module } from '@nestjs/common';
import type { DeliveryModuleOptions } from './delivery-options.js';

/** Makes the bus reliable. */
@Module({})
export class DeliveryModule {
  static forRoot(options: DeliveryModuleOptions = {}): DynamicModule {
    return { module: DeliveryModule, global: true, providers: [{ provide: 'options', useValue: options }] };
  }
}
