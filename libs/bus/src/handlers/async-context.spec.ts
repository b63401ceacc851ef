import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { Respond } from '../decorators/respond.decorator.js';
import type { MessageContext } from '../message-context.js';
import { call, Reserve, start } from '../scripted-app.fixture.js';

const current = new AsyncLocalStorage<string>();

@Injectable()
class Audit {
  async who(): Promise<string | undefined> {
    await turn();
    return current.getStore();
  }
}

const seenByGuard: (string | undefined)[] = [];
class Look implements CanActivate {
  canActivate(): boolean {
    seenByGuard.push(current.getStore());
    return true;
  }
}

describe('AsyncLocalStorage', () => {
  it('is entered by a guard for the handler and the services it calls, each message its own', async () => {
    class Enter implements CanActivate {
      canActivate(execution: ExecutionContext): boolean {
        current.enterWith(execution.switchToRpc().getContext<MessageContext>().id);
        return true;
      }
    }
    @Injectable()
    class Inventory {
      constructor(private readonly audit: Audit) {}
      @Respond(Reserve)
      @UseGuards(Enter)
      reserve(): Promise<string | undefined> {
        return this.audit.who();
      }
    }
    const { connection } = await start({ providers: [Inventory, Audit] });
    const keys = ['k1', 'k2', 'k3'];
    expect(await Promise.all(keys.map((key) => call(connection, { orderId: 'o-1' }, { key })))).toEqual(keys);
    expect(current.getStore()).toBeUndefined();
  });

  it('is entered by a pre-request hook before the guards run', async () => {
    @Injectable()
    class Inventory {
      constructor(private readonly audit: Audit) {}
      @Respond(Reserve)
      @UseGuards(Look)
      reserve(): Promise<string | undefined> {
        return this.audit.who();
      }
    }
    const { connection, module } = await start({ providers: [Inventory, Audit] });
    const kinds: string[] = [];
    module.get(ApplicationConfig, { strict: false }).registerPreRequestHook((execution, next) => {
      kinds.push(execution.getType());
      return current.run('the hook', () => next());
    });
    expect(await call(connection, { orderId: 'o-1' })).toBe('the hook');
    expect(seenByGuard).toEqual(['the hook']);
    expect(kinds).toEqual(['rpc']);
  });
});
