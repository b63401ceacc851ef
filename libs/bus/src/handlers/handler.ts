import type { BodyClass, Channel } from '@nestanza/contracts';
import type { HandlerDeclaration } from '../decorators/handler-declaration.js';
import type { HandlerPipeline } from '../pipeline/handler-pipeline.js';

type Kind = HandlerDeclaration['kind'];

/** A decorated method, ready to run. */
export interface Handler<K extends Kind = Kind> {
  readonly declaration: Extract<HandlerDeclaration, { kind: K }>;
  /** With every `${key}` resolved. */
  readonly channel: Channel;
  /** `Inventory.onPlaced`. */
  readonly place: string;
  /** JID patterns of `@AllowFrom`; empty: anybody is heard. */
  readonly allowed: readonly string[];
  readonly pipeline: HandlerPipeline;
}

/** The class that a declaration's contract gives to the handler's payload. */
export function bodyClassOf({ contract }: HandlerDeclaration): BodyClass | undefined {
  if (contract === undefined) return undefined;
  return contract.kind === 'event' ? contract.body : contract.in;
}

export function isKind<K extends Kind>(handler: Handler, kind: K): handler is Handler & Handler<K> {
  return handler.declaration.kind === kind;
}
