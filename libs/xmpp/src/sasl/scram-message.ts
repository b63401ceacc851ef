/** Attributes of a SCRAM message in order, `undefined` when it is malformed: `r=…,s=…,i=…` (RFC 5802 §5.1, §7). */
export function parseScram(message: string): ReadonlyMap<string, string> | undefined {
  const attributes = new Map<string, string>();
  for (const part of message.split(',')) {
    const match = /^([A-Za-z])=(.*)$/s.exec(part);
    if (match === null || attributes.has(match[1]!)) return undefined;
    attributes.set(match[1]!, match[2]!);
  }
  return attributes;
}

/** A user name as `saslname`: `,` and `=` escaped (RFC 5802 §5.1). */
export function encodeSaslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

/** `undefined` for an `=` that is neither `=2C` nor `=3D`. */
export function decodeSaslName(name: string): string | undefined {
  if (/=(?!2C|3D)/.test(name)) return undefined;
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
