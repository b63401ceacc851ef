const PLAIN_NAME = /^[A-Za-z_][\w.-]*$/;
const NAME_START =
  'A-Za-z_\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f' +
  '\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}';
const NAME = new RegExp(`^[${NAME_START}][-.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040${NAME_START}]*$`, 'u');

/** True for an NCName of Namespaces in XML 1.0 §3: what may name an element, an attribute or a prefix. */
export function isName(text: string): boolean {
  return PLAIN_NAME.test(text) || NAME.test(text);
}
