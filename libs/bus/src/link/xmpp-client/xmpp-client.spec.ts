import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { event, rpc } from '@nestanza/contracts';
import { silentLog } from '@nestanza/core';
import { localAuthority, startServer, type XmppServer } from '@nestanza/xmpp-server';
import { Injectable, Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { client } from '@xmpp/client';
import { IsString } from 'class-validator';
import { Bus } from '../../bus.js';
import { BusModule } from '../../bus.module.js';
import { InjectXmpp } from '../../bus-tokens.js';
import { OnMessage } from '../../decorators/on-message.decorator.js';
import { OnPresence, type PresenceChange } from '../../decorators/on-presence.decorator.js';
import { Respond } from '../../decorators/respond.decorator.js';
import { Watch } from '../../decorators/watch.decorator.js';
import type { OwnedContract } from '../../provisioning/owned-contract.js';
import { until } from '../../scripted-app.fixture.js';
import type { XmppClient } from './xmpp-client.js';

class SkuDto {
  @IsString() sku!: string;
}
class OutOfStock {
  sku!: string;
}
const Level = event('pubsub:stock/level', { type: 'stock.level.v1', body: SkuDto, durable: false });
const Stock = rpc('rpc:inventory.stock', {
  in: SkuDto,
  out: Number,
  errors: { OUT_OF_STOCK: OutOfStock },
  params: ['sku'],
  timeout: '5s',
});

// @xmpp/client waits up to 2 s for the end of each stream.
jest.setTimeout(60_000);

const passwords = { inventory: 'pw1', orders: 'pw2' };
const apps: TestingModule[] = [];
let folder: string;
let server: XmppServer;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nestanza-client-'));
  const { ca, identity } = await localAuthority(folder, 'localhost', Date.now());
  server = await startServer({ port: 0, tls: identity, accounts: passwords });
  port = server.address!.port;
  // @xmpp/client takes no certificates: it goes by NODE_EXTRA_CA_CERTS, which is read when a process starts.
  const connect = tls.connect.bind(tls) as (options: tls.ConnectionOptions) => tls.TLSSocket;
  jest
    .spyOn(tls, 'connect')
    .mockImplementation(((options: tls.ConnectionOptions) => connect({ ca, ...options })) as typeof tls.connect);
});

afterEach(async () => {
  for (const app of apps.splice(0).reverse()) await app.close();
});

afterAll(async () => {
  jest.restoreAllMocks();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const clientOf = (username: keyof typeof passwords, password: string = passwords[username]) =>
  client({ service: `xmpp://localhost:${port}`, domain: 'localhost', username, password });

/** A service that speaks through an @xmpp/client of its own. */
async function service(
  name: keyof typeof passwords,
  { providers = [], owned = [], xmpp = clientOf(name) }: Partial<Setup> = {},
) {
  @Module({
    imports: [BusModule.forRoot({ service: name, xmpp, log: silentLog, startup: 'fail' }), BusModule.forFeature(owned)],
    providers: [...providers],
  })
  class AppModule {}
  const app = await Test.createTestingModule({ imports: [AppModule] }).compile();
  apps.push(app);
  await app.init();
  return app;
}

async function untilSeen(seen: readonly string[], publish: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (seen.length === 0 && Date.now() < deadline) await publish();
}

interface Setup {
  readonly providers: readonly Type[];
  readonly owned: readonly OwnedContract[];
  readonly xmpp: XmppClient;
}

describe('a bus over @xmpp/client, unpatched', () => {
  it('publishes, watches, calls, declares errors, writes and answers messages, and sees who is there', async () => {
    const seen: string[] = [];
    const said: unknown[] = [];
    const present: string[] = [];
    @Injectable()
    class Inventory {
      @Respond(Stock)
      stock({ sku }: SkuDto): number {
        if (sku === 'POT-03') throw Stock.error('OUT_OF_STOCK', { sku });
        return 7;
      }
      @OnMessage('message:inventory')
      words(text: string): string {
        return `You said "${text}" <&>`;
      }
    }
    @Injectable()
    class Orders {
      @Watch(Level)
      level({ sku }: SkuDto): void {
        seen.push(sku);
      }
      @OnMessage('message:orders')
      answer(text: string): void {
        said.push(text);
      }
      @OnPresence('service:inventory')
      seen({ available, service: name }: PresenceChange): void {
        if (available) present.push(name);
      }
    }
    const inventory = await service('inventory', { providers: [Inventory], owned: [Level] });
    const bus = (await service('orders', { providers: [Orders] })).get(Bus);

    // A watcher subscribes after the start: what is published before is not its business.
    await untilSeen(seen, () => inventory.get(Bus).publish(Level, { sku: 'naïve <tea> 🫖' }));
    expect(seen[0]).toBe('naïve <tea> 🫖');
    expect(await bus.request(Stock, { sku: 'TEA-01' })).toBe(7);
    const refused = await bus.request(Stock, { sku: 'POT-03' }).catch((error: unknown) => error);
    expect(Stock.isError(refused, 'OUT_OF_STOCK') && refused.data.sku).toBe('POT-03');
    await bus.send('message:inventory', 'hello', { durable: false });
    await until(() => said.length > 0);
    expect(said).toEqual(['You said "hello" <&>']);
    expect(present).toContain('inventory');
  });

  it('gives the instance back, and leaves its own handlers working', async () => {
    const xmpp = clientOf('inventory');
    xmpp.iqCallee.get('urn:example:own', 'query', () => true);
    let injected: unknown;
    @Injectable()
    class Own {
      constructor(@InjectXmpp() given: XmppClient) {
        injected = given;
      }
    }
    await service('inventory', { providers: [Own], xmpp });
    expect(injected).toBe(xmpp);
    const other = clientOf('orders');
    other.on('error', () => undefined);
    await other.start();
    const to = String(xmpp.jid);
    expect(
      await other.iqCaller.get((await import('@xmpp/client')).xml('query', 'urn:example:own'), to),
    ).toBeUndefined();
    await other.stop();
  });

  it('stops the start when the password is wrong', async () => {
    await expect(service('orders', { xmpp: clientOf('orders', 'wrong') })).rejects.toThrow(/refused the login/);
    apps.length = 0;
  });
});
