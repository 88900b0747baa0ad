import type AdminJS from 'adminjs';
import type { ActionDecorator, BaseResource } from 'adminjs';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../core/errors.ts';
import { readSmallBody } from '../../server/http/read-small-body.ts';
import type { PanelUser } from '../session/panel-user.ts';

interface Parsed {
  fields: Record<string, unknown>;
  files: Record<string, never>;
}

/**
 * In front of AdminJS's own API: what is called exists, the person may, and the method fits, before AdminJS looks at the
 * request. Bodies are read here, after the login and into memory; files are not taken.
 */
export function apiGuard(admin: AdminJS): RequestHandler {
  return async (req, res, next) => {
    // AdminJS answers everything with 200.
    const json = res.json.bind(res);
    res.json = (answer: unknown) => {
      if (res.statusCode === 200) res.status(statusOf(answer));
      return json(answer);
    };
    const [kind, resourceId, place, ...rest] = pathParts(req.path);
    if (kind === 'resources') checkAction(admin, req, { resourceId, place, rest }, res.locals.panelUser as PanelUser);
    else if (kind === 'pages' && !admin.options.pages?.[resourceId ?? '']) throw nothing();
    else if (kind !== 'pages' && kind !== 'dashboard') throw nothing();

    const parsed: Parsed = { fields: req.method === 'POST' ? await readSmallBody(req) : {}, files: {} };
    Object.assign(req, parsed);
    next();
  };
}

function checkAction(
  admin: AdminJS,
  req: Request,
  { resourceId, place, rest }: { resourceId: string | undefined; place: string | undefined; rest: string[] },
  user: PanelUser,
): void {
  const resource = admin.resources.find((candidate) => candidate.decorate().id() === resourceId);
  const action = resource && actionAt(resource, place, rest);
  if (!action) throw nothing();
  if (!action.isAccessible(user)) throw new AppError('permission_denied', 'You do not have the right to do this.');
  if (req.method !== 'POST' && !isReadable(action)) {
    throw new AppError('method_not_allowed', 'This changes something: use POST.', { allow: ['POST'] });
  }
  if (place === 'bulk' && (typeof req.query.recordIds !== 'string' || req.query.recordIds === '')) {
    throw new AppError('invalid_request', 'Choose some records first.');
  }
}

function actionAt(resource: BaseResource, place: string | undefined, rest: string[]): ActionDecorator | undefined {
  const { actions } = resource.decorate();
  const named = (name: string | undefined) => (name && Object.hasOwn(actions, name) ? actions[name] : undefined);
  if (place === 'actions' && rest.length <= 2) return ofKind(named(rest[0]), (action) => action.isResourceType());
  if (place === 'records' && rest.length === 2) return ofKind(named(rest[1]), (action) => action.isRecordType());
  if (place === 'bulk' && rest.length === 1) return ofKind(named(rest[0]), (action) => action.isBulkType());
  return undefined;
}

function ofKind(action: ActionDecorator | undefined, fits: (action: ActionDecorator) => boolean) {
  return action && fits(action) ? action : undefined;
}

const reads = new Set(['list', 'search', 'show', 'facets']);

/** GET is for what reads, and for the page of an action, which gets its record so. */
function isReadable(action: ActionDecorator): boolean {
  const { component } = action.toJSON();
  return reads.has(action.name) || (typeof component === 'string' && !action.isResourceType());
}

function pathParts(path: string): string[] {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch (cause) {
    throw nothing(cause);
  }
}

function nothing(cause?: unknown): AppError {
  return new AppError('not_found', 'There is nothing at this address.', { cause });
}

function statusOf(answer: unknown): number {
  const record = (answer as { record?: { baseError?: { type?: string } | null } } | null)?.record;
  return (
    { ForbiddenError: 403, NotFoundError: 404, ValidationError: 400, AppError: 400 }[record?.baseError?.type ?? ''] ??
    200
  );
}
