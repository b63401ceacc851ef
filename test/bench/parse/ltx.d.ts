/** The parts of ltx 3.1.2, which has no types, that the comparison uses. */
declare module 'ltx' {
  export class Element {
    constructor(name: string, attributes: Record<string, string>);
    readonly parent: Element | null;
    append(child: Element): void;
    t(text: string): void;
  }
}

declare module 'ltx/src/parsers/ltx.js' {
  import type { EventEmitter } from 'node:events';

  export default class LtxParser extends EventEmitter {
    write(data: Uint8Array | string): void;
  }
}
