import { describe, expect, it } from '@jest/globals';
import { StanzaError, xml, type Element } from '@nestanza/xmpp';
import { World, type Person } from './world.js';

const CALL = { name: 'call', xmlns: 'urn:nestanza:rpc:1' };
const call = () => xml('call', { xmlns: CALL.xmlns, method: 'stock' });

function serve(person: Person, label: string, answer?: () => Promise<Element>): string[] {
  const asked: string[] = [];
  person.connection.onIq('set', CALL, (iq) => {
    asked.push(`${iq.attr('from')} asks ${iq.attr('to')}`);
    return answer?.() ?? xml('result', { xmlns: CALL.xmlns }, label);
  });
  return asked;
}

describe('RPC to an account’s bare JID', () => {
  it('is answered by its available resource of the highest priority, from the bare JID', async () => {
    await using world = await World.open();
    const [low, high] = [await world.login('orders@localhost/low'), await world.login('orders@localhost/high')];
    const [askedLow, askedHigh] = [serve(low, 'low'), serve(high, 'high')];
    await low.available(1);
    await high.available(5);
    const romeo = await world.login('romeo@localhost/r');
    const result = await romeo.ask('set', 'orders@localhost', call());
    expect(result.attr('from')).toBe('orders@localhost');
    expect(result.elements()[0]!.text).toBe('high');
    expect([askedLow, askedHigh]).toEqual([[], ['romeo@localhost/r asks orders@localhost/high']]);
  });

  it('takes turns among equals', async () => {
    await using world = await World.open();
    const people = [await world.login('orders@localhost/a'), await world.login('orders@localhost/b')];
    const asked = people.map((person) => serve(person, 'x'));
    for (const person of people) await person.available();
    const romeo = await world.login('romeo@localhost/r');
    for (let count = 0; count < 4; count++) await romeo.ask('set', 'orders@localhost', call());
    expect(asked.map(({ length }) => length)).toEqual([2, 2]);
  });

  it('carries an error as it is', async () => {
    await using world = await World.open();
    const orders = await world.login('orders@localhost/a');
    serve(orders, 'x', () =>
      Promise.reject(new StanzaError('item-not-found', { text: 'no such method', appCode: 'NO_METHOD' })),
    );
    await orders.available();
    const romeo = await world.login('romeo@localhost/r');
    await expect(romeo.ask('set', 'orders@localhost', call())).rejects.toMatchObject({
      condition: 'item-not-found',
      text: 'no such method',
      appCode: 'NO_METHOD',
    });
  });

  it('is service-unavailable at once where nobody serves: none, negative, or no presence', async () => {
    await using world = await World.open();
    const romeo = await world.login('romeo@localhost/r');
    await world.login('orders@localhost/bound');
    const hidden = await world.login('orders@localhost/hidden');
    await hidden.available(-1);
    for (const to of ['orders@localhost', 'nobody@localhost']) {
      await expect(romeo.ask('set', to, call())).rejects.toMatchObject({ condition: 'service-unavailable' });
    }
  });

  it('is answered recipient-unavailable when the one asked goes away', async () => {
    await using world = await World.open();
    const orders = await world.login('orders@localhost/a');
    const asked = serve(orders, 'x', () => new Promise(() => undefined));
    await orders.available();
    const romeo = await world.login('romeo@localhost/r');
    const reply = romeo.ask('set', 'orders@localhost', call());
    const refused = reply.catch((error: unknown) => error);
    while (asked.length === 0) await romeo.settled();
    await orders.connection.stop();
    expect(await refused).toMatchObject({ condition: 'recipient-unavailable', type: 'wait' });
  });

  it('cannot be answered by anybody else', async () => {
    await using world = await World.open();
    let answer = (_result: Element) => {};
    const orders = await world.login('orders@localhost/a');
    const asked = serve(orders, 'x', () => new Promise((resolve) => (answer = resolve)));
    await orders.available();
    const mercutio = await world.login('mercutio@localhost/m');
    const romeo = await world.login('romeo@localhost/r');
    const reply = romeo.connection.request(
      xml('iq', { xmlns: 'jabber:client', type: 'set', id: 'known', to: 'orders@localhost' }, call()),
    );
    while (asked.length === 0) await romeo.settled();
    mercutio.send(
      'iq',
      { type: 'result', id: 'known', to: 'romeo@localhost/r' },
      xml('result', { xmlns: CALL.xmlns }, 'forged'),
    );
    await mercutio.settled();
    answer(xml('result', { xmlns: CALL.xmlns }, 'true'));
    expect((await reply).elements()[0]!.text).toBe('true');
  });
});
