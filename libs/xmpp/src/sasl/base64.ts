import { SaslFailure } from './sasl-failure.js';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes as the character data of a SASL element; `=` stands for no bytes at all (RFC 6120 §6.4.2). */
export function encodeSasl(bytes: Uint8Array): string {
  return bytes.length === 0 ? '=' : Buffer.from(bytes).toString('base64');
}

/** @throws SaslFailure `incorrect-encoding` for anything but strict base64 (RFC 6120 §13.9.1) */
export function decodeSasl(text: string): Buffer {
  if (text === '=') return Buffer.alloc(0);
  if (!BASE64.test(text)) throw new SaslFailure('incorrect-encoding');
  return Buffer.from(text, 'base64');
}
