import { describe, expect, it } from '@jest/globals';
import type { Duplex } from 'node:stream';
import { connectComponent } from './component.js';
import { message } from './stanza/message.js';
import { acceptComponent, type AcceptedComponent } from './stream/accept-component.js';
import { duplexPair } from './stream/duplex-pair.js';
import { header, Wire } from './stream/wire.fixture.js';
import { xml, type Element } from './xml/element.js';

/** A server that knows one component, and the accepted stream of the last transport asked for. */
function server(): { transport: () => Duplex; accepted: () => Promise<AcceptedComponent> } {
  let last: Promise<AcceptedComponent> | undefined;
  return {
    transport: () => {
      const [near, far] = duplexPair();
      last = acceptComponent(far, { secretOf: (domain) => (domain === 'irc.localhost' ? 'secret' : undefined) });
      last.catch(() => undefined);
      return near;
    },
    accepted: () => last!,
  };
}

describe('a component', () => {
  it('speaks its namespace on the wire and jabber:client here', async () => {
    const { transport, accepted } = server();
    const connection = connectComponent({ domain: 'irc.localhost', secret: 'secret', transport });
    await connection.start();
    expect(String(connection.jid)).toBe('irc.localhost');
    const { stream, domain } = await accepted();
    expect(domain).toBe('irc.localhost');

    const heard = new Promise<Element>((resolve) => stream.listen({ onElement: resolve, onClosed: () => undefined }));
    connection.send(message({ to: 'a@b', body: 'hi' }, xml('x', { xmlns: 'urn:x' }, message({ body: 'inner' }))));
    const sent = await heard;
    expect([sent.xmlns, sent.attr('from'), sent.childText('body')]).toEqual([
      'jabber:component:accept',
      'irc.localhost',
      'hi',
    ]);
    expect(sent.child('x', 'urn:x')!.elements()[0]!.xmlns).toBe('jabber:client');

    const arrived = new Promise<Element>((resolve) => connection.onStanza((stanza) => resolve(stanza)));
    stream.send(xml('message', { xmlns: 'jabber:component:accept', from: 'a@b' }, xml('body', {}, 'ho')));
    expect((await arrived).childText('body', 'jabber:client')).toBe('ho');
    await connection.stop();
  });

  it.each([
    {
      what: 'a wrong secret',
      domain: 'irc.localhost',
      secret: 'wrong',
      expected: { code: 'NST_XMPP_AUTH', retryable: false },
    },
    {
      what: "a domain that is nobody's",
      domain: 'mail.localhost',
      secret: 'secret',
      expected: { condition: 'host-unknown' },
    },
  ])('is refused with $what', async ({ domain, secret, expected }) => {
    const { transport, accepted } = server();
    const connection = connectComponent({ domain, secret, transport });
    const failed = new Promise((resolve) =>
      connection.onStatus((status) => {
        if (status.state === 'failed' || status.state === 'waiting') resolve(status.error);
      }),
    );
    connection.start().catch(() => undefined);
    expect(await failed).toMatchObject(expected);
    await expect(accepted()).rejects.toMatchObject({ code: 'NST_XMPP_STREAM' });
    await connection.stop();
  });

  it('that says something else first is refused', async () => {
    const { transport } = server();
    const wire = new Wire(transport());
    wire.say(`${header("to='irc.localhost'", 'jabber:component:accept')}<message to='a@b' from='irc.localhost'/>`);
    expect(await wire.hearAll()).toContain('<not-authorized');
  });
});
