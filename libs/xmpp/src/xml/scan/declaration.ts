import { StreamError } from '../../stream/stream-error.js';

/** XML 1.0 §2.8, without its `?>`. */
const XML_DECLARATION =
  /^<\?xml\s+version\s*=\s*(['"])1\.[0-9]+\1(?:\s+encoding\s*=\s*(['"])([A-Za-z][A-Za-z0-9._-]*)\2)?(?:\s+standalone\s*=\s*(['"])(?:yes|no)\4)?\s*$/;

/**
 * Accepts an XML declaration.
 * @throws StreamError `not-well-formed`, or `unsupported-encoding` for another than UTF-8 (RFC 6120 §4.9.3.22)
 */
export function readDeclaration(text: string): void {
  const found = XML_DECLARATION.exec(text);
  if (found === null) throw new StreamError('not-well-formed', 'The XML declaration is none.');
  const encoding = found[3];
  if (encoding !== undefined && encoding.toUpperCase() !== 'UTF-8') throw new StreamError('unsupported-encoding');
}
