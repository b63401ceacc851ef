"""The demo's contract as a foreign client sees it. A check is a coroutine; its docstring is the sentence it proves."""

import json
import uuid

from session import RpcFault, cloud_event, json_payload, refused_without_trust
from slixmpp.xmlstream import ET

CHECKS = {}


def check(function):
    CHECKS[function.__name__] = function
    return function


def equal(actual, expected, what):
    if actual != expected:
        raise AssertionError(f'{what}: expected {expected!r}, got {actual!r}')


def holds(condition, what):
    if not condition:
        raise AssertionError(what)


def fresh(prefix):
    return f'{prefix}-{uuid.uuid4()}'


def order(customer='ada', sku='TEA-01', quantity=2, **more):
    return {'customer': customer, 'lines': [{'sku': sku, 'quantity': quantity}], **more}


async def faults(call):
    """The fault that a call ends in."""
    try:
        result = await call
    except RpcFault as fault:
        return fault
    raise AssertionError(f'expected a fault, got {result!r}')


# --- log-in -----------------------------------------------------------------------------------------------------


@check
async def logs_in(demo):
    """logs in with SCRAM over STARTTLS, the server's certificate verified"""
    session = demo.alice
    holds(session['feature_mechanisms'].mech.name.startswith('SCRAM-SHA-'), 'the mechanism is no SCRAM')
    holds('starttls' in session.features, 'the stream is not encrypted')


@check
async def trusts_only_the_ca(demo):
    """comes no further than TLS when it does not trust the server's CA"""
    await refused_without_trust(demo.jid('alice'), demo.password('alice'), demo.address)


@check
async def wrong_password(demo):
    """is refused with a wrong password"""
    try:
        await demo.open('alice', password='not the password')
    except ConnectionError as error:
        holds('auth' in str(error), f'refused for another reason: {error}')
        return
    raise AssertionError('logged in with a wrong password')


# --- placing orders by PubSub -----------------------------------------------------------------------------------


@check
async def cloud_event_order(demo):
    """places an order by a CloudEvent on orders/placed and hears on orders/status that it shipped"""
    order_id = fresh('event')
    event = cloud_event('order.placed.v1', f'xmpp:{demo.jid("alice")}', order(orderId=order_id))
    await demo.alice.publish('orders/placed', json_payload(event), event['id'])
    equal(await demo.alice.outcome(order_id), 'shipped', 'status')
    equal(set(demo.alice.stanzas_from), {demo.alice.pubsub}, 'senders of the notifications')


@check
async def bare_order_with_its_own_id(demo):
    """places an order by a bare <json/> whose body names the order"""
    order_id = fresh('bare')
    await demo.alice.publish('orders/placed', json_payload(order(orderId=order_id)))
    equal(await demo.alice.outcome(order_id), 'shipped', 'status')


@check
async def bare_order_named_by_its_item(demo):
    """places an order by a bare <json/>; without an orderId the item's id is the order's"""
    order_id = await demo.alice.publish('orders/placed', json_payload(order()))
    equal(await demo.alice.outcome(order_id), 'shipped', 'status')


@check
async def same_item_twice(demo):
    """publishes the same item twice and the goods leave the shelf once"""
    before = await demo.stock('TEA-01')
    item = fresh('twice')
    for _ in range(2):
        await demo.alice.publish('orders/placed', json_payload(order(quantity=3)), item)
    equal(await demo.alice.outcome(item), 'shipped', 'status')
    marker = await demo.alice.publish('orders/placed', json_payload(order(quantity=1)))
    equal(await demo.alice.outcome(marker), 'shipped', 'status of the order after it')
    equal(await demo.stock('TEA-01'), before - 4, 'stock afterwards')
    equal(demo.alice.statuses[item].count('shipped'), 1, 'times shipped')


async def is_refused(demo, payload):
    item = await demo.alice.publish('orders/placed', payload)
    equal(await demo.alice.outcome(item), 'refused', 'status')


@check
async def invalid_body(demo):
    """hears that an item with an invalid body is refused, under the item's id"""
    await is_refused(demo, json_payload({'customer': 'ada', 'lines': [{'sku': 'TEA-01', 'quantity': 'two'}]}))


@check
async def missing_field(demo):
    """hears that an item without its lines is refused"""
    await is_refused(demo, json_payload({'customer': 'ada'}))


@check
async def broken_json(demo):
    """hears that an item whose <json/> is no JSON is refused"""
    await is_refused(demo, json_payload('{"customer": '))


@check
async def foreign_payload(demo):
    """hears that an item of a foreign vocabulary is refused"""
    entry = ET.Element('{http://www.w3.org/2005/Atom}entry')
    ET.SubElement(entry, '{http://www.w3.org/2005/Atom}title').text = 'two teas, please'
    await is_refused(demo, entry)


@check
async def invalid_cloud_event(demo):
    """hears that a CloudEvent with an invalid body is refused, under the item's id"""
    event = cloud_event('order.placed.v1', f'xmpp:{demo.jid("alice")}', {'customer': 7})
    item = fresh('bad-event')
    await demo.alice.publish('orders/placed', json_payload(event), item)
    equal(await demo.alice.outcome(item), 'refused', 'status')


# --- RPC --------------------------------------------------------------------------------------------------------


@check
async def stock_by_xep_0009(demo):
    """asks inventory.stock by XEP-0009 and gets an int"""
    count = await demo.alice.call(demo.jid('inventory'), 'inventory.stock', 'TEA-01')
    holds(type(count) is int and count > 0, f'got {count!r}')


@check
async def stock_natively(demo):
    """asks inventory.stock by the native encoding and gets the same"""
    native = await demo.alice.call_native(demo.jid('inventory'), 'inventory.stock', {'sku': 'TEA-01'})
    equal(native, await demo.stock('TEA-01'), 'stock')


@check
async def reserve_by_xep_0009(demo):
    """calls inventory.reserve by XEP-0009 and gets a struct; the stock falls by what was reserved"""
    before, order_id = await demo.stock('TEA-01'), fresh('rpc')
    lines = [{'sku': 'TEA-01', 'quantity': 2}]
    answer = await demo.alice.call(demo.jid('inventory'), 'inventory.reserve', order_id, lines)
    equal((type(answer), answer.get('orderId')), (dict, order_id), 'answer')
    equal(await demo.stock('TEA-01'), before - 2, 'stock afterwards')
    again = await demo.alice.call(demo.jid('inventory'), 'inventory.reserve', order_id, lines)
    equal(again, answer, 'answer to the same call again')
    equal(await demo.stock('TEA-01'), before - 2, 'stock after the same call again')


@check
async def reserve_by_one_struct(demo):
    """calls inventory.reserve by XEP-0009 with the whole body as one struct"""
    order_id = fresh('struct')
    body = {'orderId': order_id, 'lines': [{'sku': 'TEA-01', 'quantity': 1}]}
    answer = await demo.alice.call(demo.jid('inventory'), 'inventory.reserve', body)
    equal(answer['orderId'], order_id, 'answer')


@check
async def reserve_natively(demo):
    """calls inventory.reserve by the native encoding"""
    order_id = fresh('native')
    body = {'orderId': order_id, 'lines': [{'sku': 'TEA-01', 'quantity': 1}]}
    answer = await demo.alice.call_native(demo.jid('inventory'), 'inventory.reserve', body)
    equal(answer['orderId'], order_id, 'answer')


def invalid_call(fault):
    # XEP-0009 faults: -32602 invalid parameters, -32600 invalid request.
    holds(fault.condition in (-32602, -32600, 'bad-request'), f'another fault: {fault}')
    holds(len(fault.text) > 5, f'its text says nothing: {fault.text!r}')


@check
async def invalid_call_by_xep_0009(demo):
    """gets the matching fault for an invalid call by XEP-0009: wrong type, too few, too many parameters"""
    lines = [{'sku': 'TEA-01', 'quantity': 'two'}]
    invalid_call(await faults(demo.alice.call(demo.jid('inventory'), 'inventory.reserve', fresh('bad'), lines)))
    invalid_call(await faults(demo.alice.call(demo.jid('inventory'), 'inventory.reserve', fresh('bad'))))
    invalid_call(await faults(demo.alice.call(demo.jid('inventory'), 'inventory.stock', 'TEA-01', 'TEA-01')))


@check
async def invalid_call_natively(demo):
    """gets bad-request with a readable text for an invalid native call"""
    fault = await faults(demo.alice.call_native(demo.jid('inventory'), 'inventory.stock', {'sku': 7}))
    equal(fault.condition, 'bad-request', 'condition')
    holds('sku' in fault.text, f'its text does not name the field: {fault.text!r}')


@check
async def unknown_method(demo):
    """gets a fault or item-not-found for an unknown method, in both encodings"""
    for call in (
        demo.alice.call(demo.jid('inventory'), 'inventory.burn', 'TEA-01'),
        demo.alice.call_native(demo.jid('inventory'), 'inventory.burn', {'sku': 'TEA-01'}),
    ):
        fault = await faults(call)
        holds(fault.condition in (-32601, 'item-not-found'), f'another fault: {fault}')


# --- words ------------------------------------------------------------------------------------------------------


async def says(demo, text):
    """What orders@ answers to a direct message."""
    start = len(demo.alice.chats)
    demo.alice.send_message(mto=demo.jid('orders'), mbody=text, mtype='chat')
    return await demo.alice.chat_from(demo.jid('orders'), '', after=start)


@check
async def order_in_words(demo):
    """orders in words, is answered in words, and the order ships"""
    known = set(demo.alice.statuses)
    answer = await says(demo, 'order 2 TEA-01')
    holds(len(answer.split()) > 2, f'no words: {answer!r}')

    def shipped():
        return next((o for o, s in demo.alice.statuses.items() if o not in known and 'shipped' in s and o in answer), None)

    holds(await demo.alice.until(shipped, f'the shipping of the order in {answer!r}'), 'never')


@check
async def order_in_json(demo):
    """orders with the JSON in a message's body and is answered in words"""
    order_id = fresh('chat')
    answer = await says(demo, json.dumps(order(orderId=order_id)))
    holds(len(answer.split()) > 2 and not answer.lstrip().startswith('{'), f'no words: {answer!r}')

    def shipped():
        return next((o for o, s in demo.alice.statuses.items() if 'shipped' in s and o in answer), None)

    await demo.alice.until(shipped, f'the shipping of the order in {answer!r}')


@check
async def nonsense_in_words(demo):
    """is told what to write when it writes nonsense"""
    answer = await says(demo, 'good morning')
    holds('order' in answer.lower(), f'no help: {answer!r}')


# --- what goes wrong --------------------------------------------------------------------------------------------


@check
async def declined(demo):
    """sees the order of the customer "declined" cancelled and its stock released; the operator is told which"""
    before, order_id = await demo.stock('TEA-01'), fresh('declined')
    await demo.alice.publish('orders/placed', json_payload(order('declined', quantity=5, orderId=order_id)))
    equal(await demo.alice.outcome(order_id), 'cancelled', 'status')
    equal(await demo.stock('TEA-01'), before, 'stock afterwards')
    await demo.operator.chat_from(demo.jid('orders'), order_id)
    equal({kind for _, kind, body in demo.operator.chats if order_id in body}, {'chat'}, 'type of the message')


@check
async def out_of_stock(demo):
    """sees the order of POT-03 cancelled without a charge"""
    order_id = fresh('pot')
    await demo.alice.publish('orders/placed', json_payload(order(sku='POT-03', orderId=order_id)))
    equal(await demo.alice.outcome(order_id), 'cancelled', 'status')
    holds('charged' not in demo.alice.statuses[order_id], f'charged: {demo.alice.statuses[order_id]}')
    equal(await demo.alice.call(demo.jid('billing'), 'billing.charges', order_id), 0, 'charges')


@check
async def killed_service(demo):
    """reports a killed service to the operator as missing, and again when it is back"""
    start = len(demo.operator.chats)
    async with demo.held_down('billing'):
        await demo.operator.chat_from(demo.jid('monitor'), 'billing', after=start)
        told = len(demo.operator.chats)
    await demo.operator.chat_from(demo.jid('monitor'), 'billing', after=told, timeout=60)
    order_id = await demo.alice.publish('orders/placed', json_payload(order()))
    equal(await demo.alice.outcome(order_id, timeout=60), 'shipped', 'status of an order placed afterwards')
