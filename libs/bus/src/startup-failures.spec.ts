import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { NS_PUBSUB, StanzaError } from '@nestanza/xmpp';
import { Injectable, type ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { BusModule } from './bus.module.js';
import type { BusModuleOptions } from './bus-options.js';
import { AllowFrom } from './decorators/allow-from.decorator.js';
import { Respond } from './decorators/respond.decorator.js';
import { Subscribe } from './decorators/subscribe.decorator.js';
import { Watch } from './decorators/watch.decorator.js';
import { Live, OrderPlaced, Reserve, start } from './scripted-app.fixture.js';
import { ScriptedConnection } from './scripted-connection.fixture.js';
import { StartupError } from './startup-error.js';

let app: TestingModule | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** The error that stops the start. */
async function failure(options: Partial<BusModuleOptions>, metadata: ModuleMetadata = {}): Promise<StartupError> {
  const bus = BusModule.forRoot({ service: 'inventory', log: silentLog, startup: 'fail', ...options });
  const module = await Test.createTestingModule({ ...metadata, imports: [bus, ...(metadata.imports ?? [])] }).compile();
  const error: unknown = await module.init().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) app = module;
  return expectBlock(error);
}

/** One block without a stack: what is wrong, and what to type. */
function expectBlock(error: unknown): StartupError {
  expect(error).toBeInstanceOf(StartupError);
  const { stack, message, faults } = error as StartupError;
  expect(stack).toBe(`StartupError: ${message}`);
  expect(message).toMatch(/^The bus cannot start/);
  for (const { remedy } of faults) expect(message).toContain(`→ ${remedy}`);
  return error as StartupError;
}

describe('a start that cannot succeed says in one block what to type', () => {
  it('about a server that does not answer', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const { message } = await failure({ xmpp: `xmpp://inventory:pw@localhost?address=127.0.0.1:${port}` });
    expect(message).toContain(`127.0.0.1:${port}`);
    expect(message).toContain('start the server, or correct NESTANZA_XMPP');
    expect(message).not.toContain('pw@');
  });

  it('about an address that is none, and a certificate file that is not there', async () => {
    const { message } = await failure({ xmpp: 'xmpp://localhost' });
    expect(message).toContain('account or password is missing');
    const missing = await failure({ xmpp: 'xmpp://a:b@localhost?ca=/nowhere/ca.pem' });
    expect(missing.message).toContain('/nowhere/ca.pem');
  });

  it('about a server without a PubSub service, and one that lets this account create no node', async () => {
    const owning = (condition: 'service-unavailable' | 'forbidden') => {
      const xmpp = new ScriptedConnection();
      xmpp.answer = (iq) => {
        throw new StanzaError(iq.child('pubsub', NS_PUBSUB) === undefined ? 'service-unavailable' : condition);
      };
      return failure({ xmpp }, { imports: [BusModule.forFeature([Live])] });
    };
    expect((await owning('service-unavailable')).message).toContain('Component "pubsub.localhost" "pubsub"');
    expect((await owning('forbidden')).message).toContain('let this account create nodes there');
  });

  it('about a key that is not configured, and a decorator on a channel of another kind, both at once', async () => {
    @Injectable()
    class Inventory {
      @Watch('pubsub:${no.such.key}')
      level(): void {}
      @Subscribe('rpc:inventory.reserve')
      reserve(): void {}
    }
    const { message } = await failure({ xmpp: new ScriptedConnection() }, { providers: [Inventory] });
    expect(message).toContain('"${no.such.key}" in "pubsub:${no.such.key}" is not configured');
    expect(message).toContain('name a channel that begins with "pubsub:"');
  });

  it('about one call with two handlers', async () => {
    @Injectable()
    class Inventory {
      @Respond(Reserve)
      one(): string {
        return '';
      }
      @Respond(Reserve)
      two(): string {
        return '';
      }
    }
    const { message } = await failure({ xmpp: new ScriptedConnection() }, { providers: [Inventory] });
    expect(message).toContain('Inventory.one and Inventory.two');
  });

  it('about contracts without a bus', async () => {
    const error: unknown = await Test.createTestingModule({ imports: [BusModule.forFeature([Live])] })
      .compile()
      .catch((thrown: unknown) => thrown);
    expect(expectBlock(error).message).toContain("import BusModule.forRoot({ service: '<name>' })");
  });

  it('about a handler that no instance has', () => {
    const declare = () => {
      class Inventory {
        @Watch(Live)
        static level(): void {}
      }
      return Inventory;
    };
    expect(declare).toThrow(/Inventory\.level.*static/);
  });

  it('about publishers who are to be told apart where nobody knows them, unless the node is trusted', async () => {
    @Injectable()
    @AllowFrom('*@localhost')
    class Careful {
      @Subscribe(OrderPlaced)
      placed(): void {}
    }
    await expect(start({ providers: [Careful] })).rejects.toThrow(/Careful\.placed: @AllowFrom[^]*trust: 'node'/);
    @Injectable()
    @AllowFrom('*@localhost')
    class Trusting {
      @Subscribe(OrderPlaced, { trust: 'node' })
      placed(): void {}
    }
    await expect(start({ providers: [Trusting] })).resolves.toBeDefined();
  });
});
