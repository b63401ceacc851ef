"""Runs the checks of the demo's contract, one per line of standard input, and answers each with a line of JSON.

--list prints the checks and their sentences instead. The demo's whereabouts come as one JSON object in --demo:
{"host", "port", "domain", "ca", "data", "accounts": {"alice": password, "operator": password}}
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path

from checks import CHECKS
from session import Session

CHECK_DEADLINE = 110


class Demo:
    """Where the demo is, and the two people who use it."""

    def __init__(self, facts):
        self.domain = facts['domain']
        self.address = (facts['host'], facts['port'])
        self.ca = facts['ca']
        self.data = Path(facts['data'])
        self.accounts = facts['accounts']

    async def __aenter__(self):
        self.alice = await self.open('alice')
        self.operator = await self.open('operator')
        await self.alice.subscribe('orders/status')
        return self

    async def __aexit__(self, *_):
        await self.alice.close()
        await self.operator.close()

    def jid(self, account):
        return f'{account}@{self.domain}'

    def password(self, account):
        return self.accounts[account]

    async def open(self, account, password=None):
        password = password or self.password(account)
        return await Session.open(self.jid(account), password, address=self.address, trust=self.ca)

    async def stock(self, sku):
        return await self.alice.call(self.jid('inventory'), 'inventory.stock', sku)

    @contextlib.asynccontextmanager
    async def held_down(self, service):
        """Within it the service is killed by its pid, again as often as the supervisor starts it."""
        file = self.data / 'run' / f'{service}.pid'

        async def kill():
            killed = None
            while True:
                with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError):
                    pid = int(file.read_text())
                    if pid != killed:
                        os.kill(pid, signal.SIGKILL)
                        killed = pid
                await asyncio.sleep(0.05)

        killing = asyncio.create_task(kill())
        try:
            yield
        finally:
            killing.cancel()


async def run(demo, name):
    try:
        await asyncio.wait_for(CHECKS[name](demo), CHECK_DEADLINE)
        return {'name': name, 'ok': True}
    except Exception as error:
        text = str(error) or type(error).__name__
        detail = text if isinstance(error, AssertionError) else traceback.format_exc()
        return {'name': name, 'ok': False, 'detail': detail}


async def serve(facts):
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever else prints must not spoil the answers
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with Demo(facts) as demo:
        print(json.dumps({'ready': True}), file=answers, flush=True)
        while name := (await lines.readline()).decode().strip():
            print(json.dumps(await run(demo, name)), file=answers, flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('--list', action='store_true')
    arguments.add_argument('--demo', type=json.loads)
    options = arguments.parse_args()
    if options.list:
        json.dump([[name, function.__doc__] for name, function in CHECKS.items()], sys.stdout)
    else:
        asyncio.get_event_loop_policy().get_event_loop().run_until_complete(serve(options.demo))


main()
