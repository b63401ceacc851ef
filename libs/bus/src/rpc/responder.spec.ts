import { describe, expect, it } from '@jest/globals';
import { StanzaError } from '@nestanza/xmpp';
import { Injectable } from '@nestjs/common';
import { Respond } from '../decorators/respond.decorator.js';
import { ReserveDto, Reserve, ReserveOnce, start, call } from '../scripted-app.fixture.js';

describe('a responder', () => {
  let runs = 0;
  @Injectable()
  class Inventory {
    @Respond(Reserve)
    reserve(request: ReserveDto): string {
      if (request.orderId === 'none') throw Reserve.error('OUT_OF_STOCK', { sku: 'POT-03' });
      if (request.orderId === 'crash') throw new Error('secret of the database');
      return 'reserved';
    }

    @Respond(ReserveOnce)
    once(): number {
      return ++runs;
    }
  }

  it('tells a declared error with its data, and never the text of an exception', async () => {
    const { connection } = await start({ providers: [Inventory] });
    const declared = await call(connection, { orderId: 'none' }).catch((error: unknown) => error as StanzaError);
    expect(declared).toMatchObject({ appCode: 'OUT_OF_STOCK' });
    expect((declared as StanzaError).details[0]!.text).toBe('{"sku":"POT-03"}');
    const crash = (await call(connection, { orderId: 'crash' }).catch((error: unknown) => error)) as StanzaError;
    expect(crash.condition).toBe('internal-server-error');
    expect(crash.toElement().childText('text', 'urn:ietf:params:xml:ns:xmpp-stanzas')).not.toContain('secret');
  });

  it('refuses an unknown method and an invalid body', async () => {
    const { connection } = await start({ providers: [Inventory] });
    await expect(call(connection, {}, { method: 'inventory.fly' })).rejects.toMatchObject({
      condition: 'item-not-found',
    });
    await expect(call(connection, {})).rejects.toMatchObject({
      condition: 'bad-request',
      text: 'orderId must be a string',
    });
  });

  it('runs a call of an idempotent contract once for one key', async () => {
    const { connection } = await start({ providers: [Inventory] });
    const first = await call(connection, { orderId: 'o-1' }, { method: 'inventory.once', key: 'same' });
    expect(await call(connection, { orderId: 'o-1' }, { method: 'inventory.once', key: 'same' })).toBe(first);
    expect(await call(connection, { orderId: 'o-1' }, { method: 'inventory.once', key: 'other' })).not.toBe(first);
  });

  it('is a start-up error at another service than callers look for it', async () => {
    await expect(start({ providers: [Inventory], options: { service: 'billing' } })).rejects.toThrow(
      /callers look for "rpc:inventory\.reserve" at the account "inventory"/,
    );
  });
});
