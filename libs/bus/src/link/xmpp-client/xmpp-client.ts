/** An instance of @xmpp/client, as its `client()` makes it: the bus sends and receives through it, and changes nothing in it. */
export interface XmppClient {
  start(): Promise<unknown>;
  stop(): Promise<unknown>;
  readonly middleware: object;
  readonly iqCallee: object;
}

/** True for an instance of @xmpp/client; told by its shape, since an application brings its own copy. */
export function isXmppClient(target: object): target is XmppClient {
  return 'middleware' in target && 'iqCallee' in target && 'iqCaller' in target;
}

/** An element of @xmpp/xml (ltx). */
export interface LtxElement {
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly children: readonly (LtxElement | string)[];
  /** Without its prefix. */
  getName(): string;
  getNS(): string | undefined;
}

/** Makes an element of @xmpp/xml. */
export type MakeLtx = (
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (LtxElement | string)[]
) => LtxElement;

/** What a middleware of @xmpp/middleware may answer a request with: an element, or anything else for an empty result. */
export type LtxMiddleware = (context: { readonly stanza: LtxElement }, next: () => Promise<unknown>) => unknown;

/** What is used of an instance (@xmpp/client 0.14). */
export interface DrivenClient extends XmppClient {
  readonly status: string;
  readonly jid: { toString(): string } | null;
  send(element: LtxElement): Promise<void>;
  on(event: string, listener: (value: unknown) => void): unknown;
  readonly middleware: { use(middleware: LtxMiddleware): unknown };
  /** `delay` in milliseconds. */
  readonly reconnect: { readonly delay: number; stop(): void };
  readonly streamManagement: { on(event: 'resumed', listener: () => void): unknown };
}
