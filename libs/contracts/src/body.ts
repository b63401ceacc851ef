/** A class whose instances are bodies; with class-validator decorators it is also their validation. */
export type BodyClass<T extends object = object> = new () => T;

/** How a contract names the shape of a value: a body class, or a constructor of a primitive. */
export type BodyType = BodyClass | NumberConstructor | StringConstructor | BooleanConstructor;

/** The TypeScript type of a value that a `BodyType` describes. `undefined` in a contract leaves it `unknown`. */
export type BodyOf<B> = B extends NumberConstructor
  ? number
  : B extends StringConstructor
    ? string
    : B extends BooleanConstructor
      ? boolean
      : B extends BodyClass<infer T>
        ? T
        : unknown;
