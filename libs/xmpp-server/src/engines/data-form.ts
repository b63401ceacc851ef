import { type Element, NS_DATA_FORMS, xml } from '@nestanza/xmpp';

export interface FormField {
  readonly name: string;
  readonly type: 'boolean' | 'list-single' | 'text-single' | 'hidden';
  readonly value: string | undefined;
  readonly label?: string;
  /** Values of a `list-single`. */
  readonly choices?: readonly string[];
}

/** A form of type `form` (to be filled in) or `result`, its FORM_TYPE first (XEP-0068). */
export function dataForm(type: 'form' | 'result', formType: string, fields: readonly FormField[]): Element {
  const hidden: FormField = { name: 'FORM_TYPE', type: 'hidden', value: formType };
  return xml('x', { xmlns: NS_DATA_FORMS, type }, [hidden, ...fields].map(fieldElement));
}

function fieldElement({ name, type, value, label, choices = [] }: FormField): Element {
  return xml(
    'field',
    { var: name, type, label },
    value !== undefined && xml('value', {}, value),
    choices.map((choice) => xml('option', {}, xml('value', {}, choice))),
  );
}

/** Fields of a submitted form by name, each with its first value; `undefined` where the form has another FORM_TYPE. */
export function submittedFields(form: Element, formType: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  for (const field of form.elements('field', NS_DATA_FORMS)) {
    const name = field.attr('var');
    const value = field.childText('value');
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  if (fields.get('FORM_TYPE') !== formType) return undefined;
  fields.delete('FORM_TYPE');
  return fields;
}
