/**
 * The one error class of the project and the closed set of its codes. A code is stable: programs decide by it.
 * Each code has its HTTP status and its title here, so that a code without either does not compile.
 */

/** One field or parameter that did not pass, by its path (`name`, `tier.thumbnailHeights.2`, `expire_time`). */
export interface FieldError {
  path: string;
  message: string;
}

interface ErrorKind {
  /** HTTP status code (RFC 9110). */
  status: number;
  /** The same short sentence for every error of this code (RFC 9457, `title`). */
  title: string;
}

const kinds = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  invalid_filename: { status: 400, title: 'The file name is not valid' },
  empty_body: { status: 400, title: 'No image was sent' },
  incomplete_body: { status: 400, title: 'The body ended early' },
  digest_mismatch: { status: 400, title: 'The bytes do not match their digest' },
  weak_password: { status: 400, title: 'The password is too weak' },
  invalid_credentials: { status: 401, title: 'The credentials are not valid' },
  not_authenticated: { status: 401, title: 'Authentication is needed' },
  token_not_valid: { status: 401, title: 'The token or session is not valid' },
  permission_denied: { status: 403, title: 'Not allowed' },
  tier_forbids: { status: 403, title: 'The tier does not include this' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The request took too long' },
  name_taken: { status: 409, title: 'Already taken' },
  not_ready: { status: 409, title: 'Not ready yet' },
  conflict: { status: 409, title: 'Changed or deleted in the meantime' },
  in_use: { status: 409, title: 'Still in use' },
  owner_inactive: { status: 409, title: 'The owner is inactive' },
  import_running: { status: 409, title: 'Another import is running' },
  no_default_tier: { status: 409, title: 'There is no default tier' },
  last_superuser: { status: 409, title: 'The last superuser cannot be removed' },
  idempotency_running: { status: 409, title: 'The first request with this key is still running' },
  link_ended: { status: 410, title: 'The link no longer works' },
  precondition_failed: { status: 412, title: 'The condition of the request does not hold' },
  too_large: { status: 413, title: 'Too large' },
  quota_exceeded: { status: 413, title: 'Over the quota' },
  unsupported_type: { status: 415, title: 'The type is not supported' },
  unsupported_encoding: { status: 415, title: 'The content encoding is not supported' },
  range_not_satisfiable: { status: 416, title: 'The range is outside the file' },
  invalid_image: { status: 422, title: 'The image is broken' },
  too_many_pixels: { status: 422, title: 'The image has too many pixels' },
  idempotency_mismatch: { status: 422, title: 'The key belongs to another request' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  prefetch_refused: { status: 503, title: 'Not fetched before it is opened' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof kinds;

/** The statuses that an error can have, and no others: what maps them cannot miss one. */
export type ErrorStatus = (typeof kinds)[ErrorCode]['status'];

export const errorKinds: Readonly<Record<ErrorCode, ErrorKind & { status: ErrorStatus }>> = kinds;
export const errorCodes = Object.keys(kinds) as [ErrorCode, ...ErrorCode[]];

export interface AppErrorOptions {
  /** The fields at fault, for `invalid_request` and `weak_password`. */
  errors?: FieldError[];
  /** What lies behind it; it is logged and never leaves. */
  cause?: unknown;
  /** Seconds until it is worth trying again: becomes `Retry-After`. */
  retryAfterSeconds?: number;
  /** The methods that are allowed, for `method_not_allowed`: becomes `Allow`. */
  allow?: readonly string[];
  /** More members for the problem document, for programs (`accounts: 12`). Nothing internal. */
  extra?: Record<string, string | number | boolean | null>;
}

/**
 * An error that somebody outside will read. `detail` is for a person and tells what to do next; it holds no path,
 * object key, SQL or stack.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors: FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly allow: readonly string[] | undefined;
  readonly extra: AppErrorOptions['extra'];

  constructor(code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds ?? (code === 'unavailable' ? 5 : undefined);
    this.allow = options.allow;
    this.extra = options.extra;
  }

  get status(): ErrorStatus {
    return errorKinds[this.code].status;
  }

  get title(): string {
    return errorKinds[this.code].title;
  }
}

/** `invalid_request` for one field or parameter. */
export function invalidField(path: string, message: string): AppError {
  return new AppError('invalid_request', `${path}: ${message}`, { errors: [{ path, message }] });
}
