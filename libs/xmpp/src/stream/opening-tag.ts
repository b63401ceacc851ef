import { NS_STREAMS } from '../namespaces.js';
import { Element } from '../xml/element.js';
import { startTag } from '../xml/serializer.js';

/** Attributes of our own stream header; `version` and the namespaces are added. */
export interface StreamHeader {
  readonly to?: string;
  readonly from?: string;
  readonly id?: string;
  readonly lang?: string;
}

/** The header that opens a stream of this content namespace (RFC 6120 §4.7), XML declaration included. */
export function openingTag({ to, from, id, lang }: StreamHeader, namespace: string): string {
  const root = new Element('stream', NS_STREAMS).with({ to, from, id, version: '1.0', 'xml:lang': lang });
  const declarations = `xmlns='${namespace}' xmlns:stream='${NS_STREAMS}'`;
  return `<?xml version='1.0'?>${startTag(root, namespace).replace('<stream:stream', `<stream:stream ${declarations}`)}>`;
}
