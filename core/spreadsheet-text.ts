/** What makes a spreadsheet read a file as UTF-8. */
export const byteOrderMark = '\uFEFF';

/** What a spreadsheet takes for the start of a formula, also in its wide forms (OWASP, CSV injection). */
const formula = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** Text that a spreadsheet would calculate gets an apostrophe in front, and stays text. */
export function guardFormula(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** The text that `guardFormula` was given. */
export function unguardFormula(text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text;
}
