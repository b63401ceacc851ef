import { type ServerFacts } from './supervisor/server-facts.js';

export interface Running {
  readonly server: ServerFacts;
  readonly httpPort: number;
  readonly data: string;
}

/** What to know and what to try, once everything runs. */
export function welcome({ server, httpPort, data }: Running): string {
  const { host, port, domain, fingerprint, account } = server;
  const http = `http://localhost:${httpPort}`;
  return `
The demo is ready. Ctrl-C drains and ends it.

  Orders over HTTP   ${http}/orders     health: ${http}/health
  Queues             ${http}/queues
  XMPP               ${host}:${port}, domain ${domain}
  Any chat client    ${account.jid}   password: ${account.password}
  CA certificate     SHA-256 ${fingerprint}
  Logs, process ids  ${data}/log, ${data}/run

Three things to try
  1. Place an order, and watch it above:
     curl -i ${http}/orders -H 'content-type: application/json' -d '{"customer":"ada","lines":[{"sku":"TEA-01","quantity":2}]}'
  2. Log in with a chat client as ${account.jid}, and write to orders@${domain}:  order 2 TEA-01
     Then let the customer "declined" order something over HTTP: the bank refuses, and you are told.
  3. Kill a service in the middle of it; no order is lost, and none is charged twice:
     kill -9 $(cat ${data}/run/billing.pid)
`;
}
