// XEP-0004: Data Forms, https://xmpp.org/extensions/xep-0004.html, version 2.13.2 (2024-08-30)
import { xml, type Element } from '../xml/element.js';

export const NS_DATA_FORMS = 'jabber:x:data';

/** §3.1. */
export type FormType = 'cancel' | 'form' | 'result' | 'submit';

export interface FormField {
  readonly var: string;
  /** §3.3: `boolean`, `text-single`, `list-multi`, `hidden`, …; absent in a submitted form. */
  readonly type?: string;
  readonly label?: string;
  readonly values: readonly string[];
}

export interface DataForm {
  readonly type: FormType;
  readonly fields: readonly FormField[];
}

/** Values to fill in; booleans become `1` and `0` (§3.3). */
export type FormValues = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** A submitted form with values by field name. `formType` is the hidden FORM_TYPE (XEP-0068). */
export function submitForm(formType: string, values: FormValues): Element {
  const fields = Object.entries(values).flatMap(([name, value]): FormField[] =>
    value === undefined ? [] : [{ var: name, values: toValues(value) }],
  );
  return formElement({ type: 'submit', fields: [{ var: 'FORM_TYPE', type: 'hidden', values: [formType] }, ...fields] });
}

function toValues(value: string | number | boolean | readonly string[]): readonly string[] {
  if (typeof value === 'boolean') return [value ? '1' : '0'];
  return typeof value === 'object' ? value : [String(value)];
}

export function formElement({ type, fields }: DataForm): Element {
  return xml(
    'x',
    { xmlns: NS_DATA_FORMS, type },
    fields.map((field) =>
      xml(
        'field',
        { var: field.var, type: field.type, label: field.label },
        field.values.map((value) => xml('value', {}, value)),
      ),
    ),
  );
}

const TYPES: readonly string[] = ['cancel', 'form', 'result', 'submit'] satisfies readonly FormType[];

/** Reads an `<x/>`; fields without a name (`fixed`) are left out, an unknown type reads as `form`. */
export function readForm(element: Element): DataForm {
  const type = element.attr('type') ?? '';
  const fields = element.elements('field', NS_DATA_FORMS).flatMap((field): FormField[] => {
    const name = field.attr('var');
    if (name === undefined) return [];
    const values = field.elements('value', NS_DATA_FORMS).map((value) => value.text);
    return [{ var: name, type: field.attr('type'), label: field.attr('label'), values }];
  });
  return { type: TYPES.includes(type) ? (type as FormType) : 'form', fields };
}

/** The form of this FORM_TYPE among an element's children. */
export function findForm(parent: Element, formType: string): DataForm | undefined {
  return parent
    .elements('x', NS_DATA_FORMS)
    .map(readForm)
    .find((form) => formValue(form, 'FORM_TYPE') === formType);
}

/** First value of a field; `undefined` where the form has no such field or the field no value. */
export function formValue(form: DataForm, name: string): string | undefined {
  return form.fields.find((field) => field.var === name)?.values[0];
}

/** §3.3: `1` and `true`; anything else is false, an absent field is `undefined`. */
export function formFlag(form: DataForm, name: string): boolean | undefined {
  const value = formValue(form, name);
  return value === undefined ? undefined : value === '1' || value === 'true';
}
