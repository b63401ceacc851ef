import { silentLog } from '@nestanza/core';
import { describe, expect, it, jest } from '@jest/globals';
import {
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  type PipeTransform,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
import { from, map } from 'rxjs';
import { MessageContext } from '../message-context.js';
import { Payload } from '@nestjs/microservices';
import { Reject } from '../settlement.js';
import { Respond } from '../decorators/respond.decorator.js';
import { Subscribe } from '../decorators/subscribe.decorator.js';
import { ReserveDto, OrderPlaced, Reserve, start, nativeCall, call, deliver } from '../scripted-app.fixture.js';

describe('what surrounds a handler', () => {
  @Injectable()
  class Deny implements CanActivate {
    canActivate(): boolean {
      return false;
    }
  }
  const refused = { condition: 'forbidden', appCode: 'NST_BUS_FORBIDDEN' };

  it('obeys a guard on a controller method', async () => {
    @Controller()
    class Inventory {
      @Respond(Reserve)
      @UseGuards(Deny)
      reserve(): string {
        return 'reserved';
      }
    }
    const { connection } = await start({ controllers: [Inventory] });
    await expect(call(connection, { orderId: 'o-1' })).rejects.toMatchObject(refused);
  });

  it.each([
    ['controller', 'controllers'],
    ['provider', 'providers'],
  ] as const)('obeys a guard on a %s class', async (_, kind) => {
    @Controller()
    @UseGuards(Deny)
    class Inventory {
      @Respond(Reserve)
      reserve(): string {
        return 'reserved';
      }
    }
    const { connection } = await start({ [kind]: [Inventory] });
    await expect(call(connection, { orderId: 'o-1' })).rejects.toMatchObject(refused);
  });

  it('obeys a guard on a request-scoped class, and makes an instance for each message', async () => {
    const requests: unknown[] = [];
    let instances = 0;
    @Injectable()
    class OnlyOrders implements CanActivate {
      constructor(@Inject(REQUEST) private readonly request: MessageContext) {}
      canActivate(): boolean {
        return this.request.sender.startsWith('orders@');
      }
    }
    @Injectable({ scope: Scope.REQUEST })
    @UseGuards(OnlyOrders)
    class Inventory {
      constructor(@Inject(REQUEST) private readonly request: MessageContext) {
        instances += 1;
      }
      @Respond(Reserve)
      reserve(): string {
        requests.push(this.request.id);
        return 'reserved';
      }
    }
    const { connection } = await start({ providers: [Inventory, OnlyOrders] });
    expect(await call(connection, { orderId: 'o-1' }, { key: 'k1' })).toBe('reserved');
    expect(await call(connection, { orderId: 'o-1' }, { key: 'k2' })).toBe('reserved');
    expect(requests).toEqual(['k1', 'k2']);
    expect(instances).toBe(2);
    const stranger = connection.ask('eve@localhost/x', 'set', nativeCall('inventory.reserve', { orderId: 'o-1' }));
    await expect(stranger).rejects.toMatchObject(refused);
  });

  it('leaves global enhancers out by default and says so, and runs them when told', async () => {
    const info = jest.fn();
    @Injectable()
    class Inventory {
      @Respond(Reserve)
      reserve(): string {
        return 'reserved';
      }
    }
    const providers = [Inventory, { provide: APP_GUARD, useClass: Deny }];
    const declared = await start({ providers, options: { log: { ...silentLog, info } } });
    expect(await call(declared.connection, { orderId: 'o-1' })).toBe('reserved');
    expect(info).toHaveBeenCalledWith(expect.stringContaining('guard Deny'));
    await declared.module.close();
    const all = await start({ providers, options: { globalEnhancers: 'all' } });
    await expect(call(all.connection, { orderId: 'o-1' })).rejects.toMatchObject(refused);
  });

  it('runs pipes on the payload and interceptors around the call', async () => {
    class Louder implements PipeTransform {
      transform(value: unknown, { type }: { type: string }): unknown {
        return type === 'body' ? { orderId: (value as ReserveDto).orderId.toUpperCase() } : value;
      }
    }
    class Bracket implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler) {
        return next.handle().pipe(map((value) => `[${String(value)}]`));
      }
    }
    @Injectable()
    class Inventory {
      @Respond(Reserve)
      @UsePipes(Louder)
      @UseInterceptors(Bracket)
      reserve(request: ReserveDto): string {
        return request.orderId;
      }
    }
    const { connection } = await start({ providers: [Inventory] });
    expect(await call(connection, { orderId: 'o-1' })).toBe('[O-1]');
  });

  it('lets a filter see an exception without its swallowing it acknowledging the message', async () => {
    const seen: unknown[] = [];
    @Catch()
    class Swallow implements ExceptionFilter {
      catch(error: unknown): undefined {
        seen.push(error);
        return undefined;
      }
    }
    @Injectable()
    @UseFilters(Swallow)
    class Orders {
      @Subscribe(OrderPlaced)
      onPlaced(): void {
        throw new Error('broken');
      }
    }
    await start({ providers: [Orders] });
    expect(await deliver({ orderId: 'o', quantity: 1 })).toMatchObject({ outcome: 'retry' });
    expect(seen).toHaveLength(1);
  });

  it('takes the settlement that a filter throws', async () => {
    @Catch()
    class Final implements ExceptionFilter {
      catch(): never {
        throw new Reject('FINAL', 'over');
      }
    }
    @Injectable()
    class Orders {
      @Subscribe(OrderPlaced)
      @UseFilters(Final)
      onPlaced(): void {
        throw new Error('broken');
      }
    }
    await start({ providers: [Orders] });
    expect(await deliver({ orderId: 'o', quantity: 1 })).toMatchObject({ outcome: 'reject', code: 'FINAL' });
  });

  it.each([
    ['a value', () => 'v'],
    ['a promise', () => Promise.resolve('v')],
    ['an Observable', () => from(['u', 'v'])],
  ])('answers with %s', async (_, result) => {
    @Injectable()
    class Inventory {
      @Respond(Reserve)
      reserve(): unknown {
        return result();
      }
    }
    const { connection } = await start({ providers: [Inventory] });
    expect(await call(connection, { orderId: 'o-1' })).toBe('v');
  });

  it('gives a member of the payload to @Payload on a string channel', async () => {
    @Injectable()
    class Inventory {
      @Respond('rpc:inventory.reserve')
      reserve(@Payload('orderId') orderId: string): string {
        return orderId;
      }
    }
    const { connection } = await start({ providers: [Inventory] });
    expect(await call(connection, { orderId: 'o-1' })).toBe('o-1');
  });
});
