import type { BasePropertyJSON, RecordJSON } from 'adminjs';

/** What every input of a form gets. Label, help and error stand around it, bound by `id`. */
export interface InputProps {
  id: string;
  property: BasePropertyJSON;
  /** The record as it was when the form was opened; absent in a form for a new one. */
  record: RecordJSON | undefined;
  value: unknown;
  onChange(value: unknown): void;
  isInvalid: boolean;
  /** Ids of the help and the error. */
  describedBy: string | undefined;
}

export function inputAttributes({ id, isInvalid, describedBy }: InputProps) {
  return { id, 'aria-invalid': isInvalid || undefined, 'aria-describedby': describedBy };
}
