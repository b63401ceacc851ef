import { describe, expect, it } from '@jest/globals';
import { discoInfoResult, type Element, NS_DISCO_INFO, NS_NATIVE_RPC, NS_RPC, rpcResponse, xml } from '@nestanza/xmpp';
import { Reserve, start } from '../scripted-app.fixture.js';

const AT = 'inventory@localhost/a';

/** One instance in sight that announces these features, and answers XEP-0009 alone. */
async function instanceWith(features: readonly string[] | undefined) {
  const { bus, connection } = await start({});
  connection.receive(xml('presence', { xmlns: 'jabber:client', from: AT }));
  const asked: string[] = [];
  const result = (payload: Element) => xml('iq', { xmlns: 'jabber:client', type: 'result', from: AT }, payload);
  connection.answer = (iq) => {
    const payload = iq.elements()[0]!;
    asked.push(payload.xmlns);
    if (payload.xmlns === NS_DISCO_INFO && features !== undefined) {
      return result(discoInfoResult({ identities: [], features }));
    }
    return payload.xmlns === NS_RPC ? result(rpcResponse({ orderId: 'o-1' })) : undefined;
  };
  return { asked, call: () => bus.request(Reserve, { orderId: 'o-1' }) };
}

describe('the encoding of a call', () => {
  it('is XEP-0009 for an instance that announces nothing else, and asks it once only', async () => {
    const { asked, call } = await instanceWith([NS_DISCO_INFO, NS_RPC]);
    await call();
    await call();
    expect(asked).toEqual([NS_NATIVE_RPC, NS_DISCO_INFO, NS_RPC, NS_RPC]);
  });

  it.each([
    ['is gone', undefined],
    ['announces the native one', [NS_NATIVE_RPC, NS_RPC]],
  ])(
    'stays the native one, with its key, for an instance that %s: nothing is sent without a key',
    async (_, features) => {
      const { asked, call } = await instanceWith(features);
      await expect(call()).rejects.toMatchObject({ code: 'NST_BUS_NOBODY_SERVES' });
      expect(asked).not.toContain(NS_RPC);
    },
  );
});
