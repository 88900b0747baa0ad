/**
 * Why the program cannot start, for the person at the terminal: it is printed as it stands, without a stack, and the
 * exit code is 1. The message says what to do next.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
