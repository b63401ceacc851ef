import { errorText, NestanzaError } from '@nestanza/core';

/** OpenSSL's and Node's codes of a certificate that is not trusted or not for this host. */
const CERTIFICATE = /^(ERR_TLS_CERT|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_)/;

/**
 * The failure in the words of the bus: a refused login and a certificate that is not trusted are final, everything
 * else may pass.
 */
export function clientFailure(error: unknown): NestanzaError {
  const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown };
  if (name === 'SASLError') {
    return new NestanzaError('NST_XMPP_AUTH', `The XMPP server refused the login: ${errorText(error)}`, {
      cause: error,
    });
  }
  if (typeof code === 'string' && CERTIFICATE.test(code)) {
    return new NestanzaError(
      'NST_XMPP_CERTIFICATE',
      `The XMPP server's certificate is not trusted: ${errorText(error)}`,
      { cause: error },
    );
  }
  return new NestanzaError('NST_XMPP_DISCONNECTED', `@xmpp/client has no stream: ${errorText(error)}`, {
    retryable: true,
    cause: error,
  });
}
