import { Element, type Markup, type Node } from '../element.js';
import { attributesEnd, declaredPrefix, innerScope } from './bind-tag.js';
import { lookUp, type Scope } from './bindings.js';
import { ATTRIBUTE_WORDS, ELEMENT_WORDS, TEXT_WORDS, type Tape } from './tape.js';
import { TapeView } from './tape-view.js';

/** Where a stanza lies. */
export interface ReceivedBytes {
  readonly bytes: Buffer;
  /** Of the stanza's first byte, and behind its last. */
  readonly base: number;
  readonly end: number;
  /** No byte of it is above 0x7F, as far as its chunks tell. */
  readonly ascii: boolean;
}

/** What it means there. */
export interface ReceivedMeaning {
  /** What names mean around the stanza. */
  readonly scope: Scope;
  /** Writes the tape of the stanza again. */
  readonly rescan: (stanza: ReceivedStanza) => Tape;
}

/**
 * A validated stanza where it lies: in the bytes it came in, with the tape that says what is where. As long as an
 * element of it has not been read, the bytes are kept.
 */
export class ReceivedStanza implements ReceivedBytes {
  readonly bytes: Buffer;
  readonly base: number;
  readonly end: number;
  readonly ascii: boolean;
  readonly scope: Scope;
  readonly #rescan: (stanza: ReceivedStanza) => Tape;
  #tape: Tape;
  #generation: number;
  #view: TapeView | undefined;

  constructor({ bytes, base, end, ascii }: ReceivedBytes, tape: Tape, { scope, rescan }: ReceivedMeaning) {
    this.bytes = bytes;
    this.base = base;
    this.end = end;
    this.ascii = ascii;
    this.scope = scope;
    this.#rescan = rescan;
    this.#tape = tape;
    this.#generation = tape.generation;
  }

  get element(): Element {
    return elementAt(this, 0, this.scope);
  }

  view(): TapeView {
    if (this.#tape.generation !== this.#generation) {
      this.#tape = this.#rescan(this);
      this.#generation = this.#tape.generation;
      this.#view = undefined;
    }
    return (this.#view ??= new TapeView(this.#tape.words, this));
  }
}

function elementAt(stanza: ReceivedStanza, index: number, outer: Scope): Element {
  const view = stanza.view();
  const scope = innerScope(view, index, outer);
  const prefix = view.prefix(index + 1);
  const xmlns = prefix === '' ? scope.xmlns : (lookUp(scope.bindings, prefix) ?? '');
  return Element.received(view.localName(index + 1), xmlns, new ReceivedMarkup(stanza, index, scope));
}

/** One element of a stanza, read when it is asked for. */
class ReceivedMarkup implements Markup {
  readonly #stanza: ReceivedStanza;
  readonly #index: number;
  /** Inside the element. */
  readonly #scope: Scope;
  #children: readonly Node[] | undefined;

  constructor(stanza: ReceivedStanza, index: number, scope: Scope) {
    this.#stanza = stanza;
    this.#index = index;
    this.#scope = scope;
  }

  attributes(): readonly string[] {
    const view = this.#stanza.view();
    const pairs: string[] = [];
    const end = attributesEnd(view, this.#index);
    for (let at = this.#index + ELEMENT_WORDS; at < end; at += ATTRIBUTE_WORDS) {
      const prefix = view.prefix(at);
      const name = view.localName(at);
      if (prefix === '' && declaredPrefix(view, at) === undefined) pairs.push(name, view.value(at));
      else if (prefix === 'xml' && name === 'lang') pairs.push('xml:lang', view.value(at));
    }
    return pairs;
  }

  get children(): readonly Node[] {
    return (this.#children ??= this.#read());
  }

  #read(): Node[] {
    const view = this.#stanza.view();
    const { words } = view;
    const children: Node[] = [];
    const end = words[this.#index]!;
    for (let at = attributesEnd(view, this.#index); at < end;) {
      if (words[at]! >= 0) {
        children.push(elementAt(this.#stanza, at, this.#scope));
        at = words[at]!;
        continue;
      }
      const text = view.text(at);
      // CDATA sections split what is one text.
      const last = children.at(-1);
      if (typeof last === 'string') children[children.length - 1] = last + text;
      else children.push(text);
      at += TEXT_WORDS;
    }
    return children;
  }
}
