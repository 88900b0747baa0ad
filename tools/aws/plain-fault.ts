/** A fault that its message explains to the person at the terminal, with what to do next. */
export class PlainFault extends Error {
  override readonly name = 'PlainFault';
}
