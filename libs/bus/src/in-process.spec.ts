import { afterEach, describe, expect, it } from '@jest/globals';
import { event, rpc } from '@nestanza/contracts';
import { silentLog } from '@nestanza/core';
import { Injectable, Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { IsString } from 'class-validator';
import { Bus } from './bus.js';
import { BusModule } from './bus.module.js';
import { OnMessage } from './decorators/on-message.decorator.js';
import { OnPresence, type PresenceChange } from './decorators/on-presence.decorator.js';
import { type OwnedContract } from './provisioning/owned-contract.js';
import { Respond } from './decorators/respond.decorator.js';
import { Watch } from './decorators/watch.decorator.js';

class LevelDto {
  @IsString() sku!: string;
}
class StockDto {
  @IsString() sku!: string;
}

const Level = event('pubsub:stock/level', { type: 'stock.level.v1', body: LevelDto, durable: false });
const Stock = rpc('rpc:inventory.stock', { in: StockDto, out: Number, params: ['sku'], timeout: '5s' });

const apps: TestingModule[] = [];

afterEach(async () => {
  for (const app of apps.splice(0).reverse()) await app.close();
});

/** A service of its own, on the server inside this process. */
async function service(name: string, providers: readonly Type[], owned: readonly OwnedContract[] = []) {
  @Module({
    imports: [BusModule.forRoot({ service: name, xmpp: 'in-process', log: silentLog }), BusModule.forFeature(owned)],
    providers: [...providers],
  })
  class AppModule {}
  const app = await Test.createTestingModule({ imports: [AppModule] }).compile();
  apps.push(app);
  await app.init();
  return app.get(Bus);
}

describe('services on one server', () => {
  it('publish to each other, a watcher waiting for the node that its owner creates later', async () => {
    const seen: string[] = [];
    @Injectable()
    class Watcher {
      @Watch(Level)
      level({ sku }: LevelDto): void {
        seen.push(sku);
      }
    }
    await service('watcher', [Watcher]);
    const owner = await service('owner', [], [Level]);
    await until(async () => {
      await owner.publish(Level, { sku: 'TEA-01' });
      return seen.length > 0;
    });
    expect(seen[0]).toBe('TEA-01');
  });

  it('call each other by the account, and by the instance once it is in sight', async () => {
    @Injectable()
    class Inventory {
      @Respond(Stock)
      stock({ sku }: StockDto): number {
        return sku.length;
      }
    }
    await service('inventory', [Inventory]);
    const caller = await service('shop', []);
    for (let calls = 0; calls < 20; calls += 1) expect(await caller.request(Stock, { sku: 'TEA-01' })).toBe(6);
    await expect(caller.request(Stock, { sku: 7 } as never)).rejects.toMatchObject({ code: 'NST_BUS_CALL_REFUSED' });
    await expect(caller.request('rpc:nobody.home', {})).rejects.toMatchObject({ code: 'NST_BUS_NOBODY_SERVES' });
  });

  it('see each other come and go, whoever started first', async () => {
    const changes: string[] = [];
    @Injectable()
    class Watchman {
      @OnPresence('service:late')
      change({ available, instances }: PresenceChange): void {
        changes.push(`${available ? 'came' : 'went'}, ${instances} there`);
      }
    }
    await service('watchman', [Watchman]);
    await service('late', []);
    await until(() => Promise.resolve(changes.length === 1));
    await apps.pop()!.close();
    await until(() => Promise.resolve(changes.length === 2));
    await service('late', []);
    await until(() => Promise.resolve(changes.length === 3));
    expect(changes).toEqual(['came, 1 there', 'went, 0 there', 'came, 1 there']);
  });

  it('talk in words', async () => {
    const answers: string[] = [];
    @Injectable()
    class Words {
      @OnMessage('message:orders')
      said(text: string): string {
        return `You said ${text}.`;
      }
    }
    @Injectable()
    class Ear {
      @OnMessage('message:ada')
      heard(text: string): void {
        answers.push(text);
      }
    }
    await service('orders', [Words]);
    const ada = await service('ada', [Ear]);
    expect((await ada.send('message:orders', 'hello')).state).toBe('confirmed');
    await until(() => Promise.resolve(answers.length > 0));
    expect(answers).toEqual(['You said hello.']);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('The condition was not met in time.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
