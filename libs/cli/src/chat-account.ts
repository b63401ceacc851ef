import type { EmbeddedXmpp } from '@nestanza/xmpp-server';

/** Name of the account that is made for people where `NESTANZA_XMPP_ACCOUNTS` names none of that name. */
const OPERATOR = 'operator';

/** An account that a person may log in with, from any chat client. */
export interface ChatAccount {
  readonly jid: string;
  readonly password: string;
}

/** The operator's account: with the password that `NESTANZA_XMPP_ACCOUNTS` gives it, else with the derived one. */
export async function chatAccount(
  server: Pick<EmbeddedXmpp, 'credentials' | 'domain'>,
  accounts: string = process.env['NESTANZA_XMPP_ACCOUNTS'] ?? '',
): Promise<ChatAccount> {
  const given = accounts
    .split(',')
    .map((account) => account.trim())
    .find((account) => account.startsWith(`${OPERATOR}:`));
  const password = given?.slice(OPERATOR.length + 1) ?? (await server.credentials(OPERATOR)).password;
  return { jid: `${OPERATOR}@${server.domain}`, password };
}
