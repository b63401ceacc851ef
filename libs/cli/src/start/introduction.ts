import type { ChatAccount } from '../chat-account.js';

export interface Introduction {
  readonly name: string;
  readonly server: { readonly domain: string; readonly port: number; readonly fingerprint: string } | undefined;
  readonly account: ChatAccount | undefined;
  /** Where the programs serve HTTP. */
  readonly pages: readonly string[];
  readonly tries: readonly string[];
}

/** What to know and what to try, once everything runs. */
export function introduction({ name, server, account, pages, tries }: Introduction): string {
  const facts: readonly (readonly [string, string])[] = [
    ...(server === undefined ? [] : [['XMPP', `xmpp://${server.domain}:${server.port}`] as const]),
    ...(account === undefined ? [] : [['Any chat client', `${account.jid}   password: ${account.password}`] as const]),
    ...(server === undefined ? [] : [['Its certificate', `CA, SHA-256 ${server.fingerprint}`] as const]),
    ...pages.map((page) => ['Queues', `${page}/queues`] as const),
  ];
  return [
    `\n${name} is running. Ctrl-C drains and ends it.\n`,
    ...facts.map(([what, text]) => `  ${what.padEnd(16)}  ${text}`),
    ...(tries.length === 0 ? [] : ['\nTo try, in another terminal', ...tries.map((command) => `  ${command}`)]),
    '',
  ].join('\n');
}
