"""One log-in of a foreign client (slixmpp), and the few things the demo's contract asks a client to do."""

import asyncio
import json
import ssl
import uuid
from pathlib import Path

import slixmpp
from slixmpp.exceptions import IqError
from slixmpp.plugins.xep_0009.binding import py2xml, xml2fault, xml2py
from slixmpp.xmlstream import ET

JSON = 'urn:xmpp:json:0'  # XEP-0335
RPC = 'jabber:iq:rpc'  # XEP-0009
NATIVE_RPC = 'urn:nestanza:rpc:1'
FINAL = {'shipped', 'cancelled', 'refused'}


class RpcFault(Exception):
    """The endpoint answered with a fault (XEP-0009), or with a stanza error."""

    def __init__(self, condition, text):
        super().__init__(f'{condition}: {text}')
        self.condition = condition
        self.text = text


class Session(slixmpp.ClientXMPP):
    """SCRAM over STARTTLS, with the server's certificate verified; anything less never comes online."""

    def __init__(self, jid, password, trust=None):
        super().__init__(jid, password)
        for plugin in ('xep_0009', 'xep_0030', 'xep_0060', 'xep_0199'):
            self.register_plugin(plugin)
        # XEP-0009's own result handlers only print; answers come back through iq.send().
        for event in ('jabber_rpc_method_response', 'jabber_rpc_method_fault', 'jabber_rpc_error'):
            self.del_event_handler(event, getattr(self['xep_0009'], f'_on_{event}', None))
        self['feature_mechanisms'].use_mechs = {'SCRAM-SHA-1', 'SCRAM-SHA-256'}
        if trust is not None:
            self.ca_certs = Path(trust)
        self.statuses = {}
        self.chats = []
        self.stanzas_from = []
        self.changed = asyncio.Condition()
        self.add_event_handler('pubsub_publish', self._on_item)
        self.add_event_handler('message', self._on_message)

    @classmethod
    async def open(cls, jid, password, *, address, trust, timeout=15):
        session = cls(jid, password, trust)
        loop = asyncio.get_running_loop()
        online, failed = loop.create_future(), loop.create_future()

        def fail(reason):
            if not failed.done():
                failed.set_result(str(reason))

        session.add_event_handler('session_start', lambda _: online.done() or online.set_result(True))
        for event in ('failed_all_auth', 'connection_failed', 'ssl_invalid_chain', 'disconnected'):
            session.add_event_handler(event, lambda reason, event=event: fail(f'{event}: {reason}'))
        session.connect(address, force_starttls=True)
        done, _ = await asyncio.wait({online, failed}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        if online not in done:
            session.abort()
            raise ConnectionError(failed.result() if failed.done() else f'not online within {timeout} s')
        session.send_presence()
        await session.get_roster()
        return session

    async def close(self):
        await self.disconnect(wait=2)

    # --- what arrives -------------------------------------------------------------------------------------------

    async def _notify(self):
        async with self.changed:
            self.changed.notify_all()

    async def _on_item(self, message):
        for item in message.xml.iter('{http://jabber.org/protocol/pubsub#event}item'):
            payload = item.find(f'{{{JSON}}}json')
            if payload is None:
                continue
            event = json.loads(payload.text)
            body = event['data'] if 'specversion' in event else event
            self.stanzas_from.append(message['from'].bare)
            self.statuses.setdefault(body['orderId'], []).append(body['status'])
        await self._notify()

    async def _on_message(self, message):
        if message['body']:
            self.chats.append((message['from'].bare, message['type'], message['body']))
            await self._notify()

    async def until(self, find, what, timeout=30):
        """The first truthy answer of `find`, asked again whenever something arrives."""
        async with self.changed:
            try:
                await asyncio.wait_for(self.changed.wait_for(find), timeout)
            except asyncio.TimeoutError:
                raise AssertionError(f'{what} did not come within {timeout} s') from None
        return find()

    async def outcome(self, order_id, timeout=30):
        def final():
            return next((status for status in self.statuses.get(order_id, []) if status in FINAL), None)

        try:
            return await self.until(final, f'a final status of {order_id}', timeout)
        except AssertionError as error:
            raise AssertionError(f'{error}; came: {self.statuses.get(order_id, [])}') from None

    async def chat_from(self, sender, containing, *, after=0, timeout=30):
        def find():
            return next((b for f, _, b in self.chats[after:] if f == sender and containing.lower() in b.lower()), None)

        try:
            return await self.until(find, f'a message of {sender} with "{containing}"', timeout)
        except AssertionError as error:
            raise AssertionError(f'{error}; came: {self.chats[after:]}') from None

    # --- PubSub -------------------------------------------------------------------------------------------------

    @property
    def pubsub(self):
        return f'pubsub.{self.boundjid.domain}'

    async def subscribe(self, node):
        await self['xep_0060'].subscribe(self.pubsub, node, timeout=10)

    async def publish(self, node, payload, item_id=None):
        """Publishes and returns the item's id: what the service confirmed."""
        item_id = item_id or str(uuid.uuid4())
        await self['xep_0060'].publish(self.pubsub, node, id=item_id, payload=payload, timeout=10)
        return item_id

    # --- RPC ----------------------------------------------------------------------------------------------------

    async def _answer(self, iq):
        try:
            return (await iq.send(timeout=15)).xml
        except IqError as error:
            raise RpcFault(error.condition, error.text) from None

    async def call(self, to, method, *params):
        """A call by XEP-0009."""
        iq = self.make_iq_set(ito=to)
        query = ET.SubElement(iq.xml, f'{{{RPC}}}query')
        call = ET.SubElement(query, f'{{{RPC}}}methodCall')
        ET.SubElement(call, f'{{{RPC}}}methodName').text = method
        call.append(py2xml(*params))
        answer = await self._answer(iq)
        response = answer.find(f'{{{RPC}}}query/{{{RPC}}}methodResponse')
        fault = response.find(f'{{{RPC}}}fault')
        if fault is not None:
            facts = xml2fault(fault)
            raise RpcFault(facts['code'], facts['string'])
        return xml2py(response.find(f'{{{RPC}}}params'))[0]

    async def call_native(self, to, method, body):
        """A call by the native encoding."""
        iq = self.make_iq_set(ito=to)
        call = ET.SubElement(iq.xml, f'{{{NATIVE_RPC}}}call', {'method': method})
        ET.SubElement(call, f'{{{JSON}}}json').text = json.dumps(body)
        answer = await self._answer(iq)
        return json.loads(answer.find(f'{{{NATIVE_RPC}}}result/{{{JSON}}}json').text)


def json_payload(value):
    """`<json xmlns='urn:xmpp:json:0'>` around a value; text goes in as it is."""
    element = ET.Element(f'{{{JSON}}}json')
    element.text = value if isinstance(value, str) else json.dumps(value)
    return element


def cloud_event(kind, source, data):
    return {
        'specversion': '1.0',
        'id': str(uuid.uuid4()),
        'source': source,
        'type': kind,
        'datacontenttype': 'application/json',
        'data': data,
    }


async def refused_without_trust(jid, password, address):
    """How the log-in fails for a client that does not trust the server's CA."""
    try:
        session = await Session.open(jid, password, address=address, trust=None, timeout=10)
    except (ConnectionError, ssl.SSLError) as error:
        return str(error)
    await session.close()
    raise AssertionError('logged in although the certificate is signed by nobody this client trusts')
