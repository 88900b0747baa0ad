import type {
  Action,
  ActionContext,
  ActionResponse,
  BaseRecord,
  BulkActionResponse,
  RecordActionResponse,
  RecordJSON,
} from 'adminjs';
import type { Response } from 'express';
import { AppError } from '../../core/errors.ts';
import { can, type Permission } from '../../server/kernel/permissions.ts';
import type { PanelResource } from '../adapter/panel-resource.ts';
import type { Say } from '../locale/say-in.ts';
import { problemIn } from '../locale/say-problem.ts';
import { problemAnswer } from '../security/panel-errors.ts';
import type { PanelUser } from '../session/panel-user.ts';
import { FormValues } from './form-values.ts';
import { toPanelProblem } from './panel-problem.ts';

/** What a write has to say afterwards. */
export interface Done {
  /** A sentence for the person. */
  message: string;
  /** Where to go; nowhere when the page is to stay. */
  goTo?: 'list' | { show: string; action?: string };
  /** A word of warning instead of success. */
  warning?: boolean;
  /** What a section of the page gets to show. */
  section?: object;
}

interface Look {
  permission: Permission;
  icon?: string;
  /** The React component that shows it, by its name in the bundle; false for a button alone. */
  component?: string | false;
  /** Asked before a button alone does its work. */
  guard?: string;
  variant?: 'primary' | 'danger' | 'default';
  isVisible?: (record: BaseRecord | undefined, user: PanelUser) => boolean;
  custom?: Record<string, unknown>;
  /** What to say at a field, in place of what the schema says. */
  messages?: Record<string, string>;
}

export function userOf(context: ActionContext): PanelUser {
  return context.currentAdmin as unknown as PanelUser;
}

/**
 * Who may: synchronous, because AdminJS takes the promise of an asynchronous answer for a yes. The actor was read before.
 */
export function permitted(permission: Permission) {
  return (context: ActionContext): boolean => {
    const user = userOf(context);
    return Boolean(user?.actor) && can(user.actor, permission);
  };
}

/** Whether somebody may view the records of the resource: to others actions name a record, and show nothing of it. */
function maySee(context: ActionContext): boolean {
  return permitted(`${context.resource.id()}.view` as Permission)(context);
}

export function readAction(permission: Permission, look: Partial<Look> = {}) {
  return { isAccessible: permitted(permission), ...appearance(look) };
}

/** Makes a record: POST alone. */
export function createAction(
  look: Look,
  create: (form: FormValues, user: PanelUser) => Promise<Done>,
): Partial<Action<RecordActionResponse>> {
  return {
    ...appearance(look),
    isAccessible: permitted(look.permission),
    actionType: 'resource',
    handler: (request, response, context) =>
      answerWith({ response, look, record: emptyRecord(), user: userOf(context) }, async () => {
        if (request.method !== 'post') throw new AppError('method_not_allowed', 'Use POST.', { allow: ['POST'] });
        const done = await create(new FormValues(request.payload ?? {}), userOf(context));
        return { ...doneAnswer(done, context), record: emptyRecord() };
      }),
  };
}

/** Does something to one record. GET gives the record, for the page that asks; only POST acts. */
export function recordAction(
  look: Look,
  act: (record: BaseRecord, form: FormValues, user: PanelUser) => Promise<Done>,
): Partial<Action<RecordActionResponse>> {
  return {
    ...appearance(look),
    isAccessible: permitted(look.permission),
    actionType: 'record',
    handler: (request, response, context) => {
      const record = context.record as BaseRecord;
      const before = record.toJSON(context.currentAdmin);
      if (request.method !== 'post') return { record: before };
      return answerWith({ response, look, record: before, user: userOf(context) }, async () => {
        const done = await act(record, new FormValues(request.payload ?? {}), userOf(context));
        const after = await (context.resource as PanelResource).findOne(record.id(), context);
        return { ...doneAnswer(done, context), record: after?.toJSON(context.currentAdmin) ?? before };
      });
    },
  };
}

/** The same for each of several records; what fails is said, and stops nothing else. */
export function bulkAction(
  look: Look,
  act: (record: BaseRecord, user: PanelUser) => Promise<unknown>,
  summary: (count: number, say: Say) => string,
): Partial<Action<BulkActionResponse>> {
  return {
    ...appearance(look),
    isAccessible: permitted(look.permission),
    actionType: 'bulk',
    handler: async (request, response, context) => {
      const records = context.records ?? [];
      const json = records.map((record) => record.toJSON(context.currentAdmin));
      if (request.method !== 'post') return { records: json };
      const failures: string[] = [];
      for (const record of records) {
        await act(record, userOf(context)).catch((error: unknown) => {
          const problem = toPanelProblem(error);
          if (problem.status >= 500) throw problem;
          failures.push(`${titleOf(record)}: ${problemIn(userOf(context).language, problem).detail}`);
        });
      }
      const done = records.length - failures.length;
      if (failures.length > 0) (response as Response).status(409);
      return {
        records: json,
        redirectUrl: maySee(context)
          ? context.h.resourceUrl({ resourceId: context.resource.id() })
          : context.h.dashboardUrl(),
        notice: {
          type: failures.length > 0 ? 'error' : 'success',
          message: [summary(done, userOf(context).say), ...failures.slice(0, 5)].join(' '),
        },
      };
    },
  };
}

export function titleOf(record: BaseRecord): string {
  return String(record.resource.decorate().titleOf(record) ?? record.id());
}

function appearance({ icon, component, guard, variant, isVisible, custom }: Partial<Look>) {
  const isOffered = (context: ActionContext) => {
    // A form of what its user may not see would be empty.
    if (component === 'RecordForm' && context.record && !maySee(context)) return false;
    return isVisible?.(context.record, userOf(context)) ?? true;
  };
  return {
    ...(icon ? { icon: icon as never } : {}),
    ...(component === undefined ? {} : { component }),
    ...(guard ? { guard } : {}),
    ...(variant ? { variant } : {}),
    ...(custom ? { custom } : {}),
    ...(isVisible || component === 'RecordForm' ? { isVisible: isOffered } : {}),
    showInDrawer: false,
  };
}

function doneAnswer({ message, goTo, warning, section }: Done, context: ActionContext): ActionResponse {
  const resourceId = context.resource.id();
  const answer = {
    notice: { type: warning ? ('info' as const) : ('success' as const), message },
    ...(section ? { section } : {}),
  };
  const isToView = goTo === 'list' || (typeof goTo === 'object' && (goTo.action ?? 'show') === 'show');
  if (isToView && !maySee(context)) return { ...answer, redirectUrl: context.h.dashboardUrl() };
  return {
    ...answer,
    ...(goTo === 'list' ? { redirectUrl: context.h.resourceUrl({ resourceId }) } : {}),
    ...(typeof goTo === 'object'
      ? {
          redirectUrl: context.h.recordActionUrl({
            resourceId,
            recordId: goTo.show,
            actionName: goTo.action ?? 'show',
          }),
        }
      : {}),
  };
}

/** A record that is not there yet: what was typed stays in the browser. */
function emptyRecord(): RecordJSON {
  return {
    id: '',
    title: '',
    params: {},
    populated: {},
    baseError: null,
    errors: {},
    recordActions: [],
    bulkActions: [],
  };
}

async function answerWith<T extends RecordActionResponse>(
  { response, look, record, user }: { response: Response; look: Look; record: RecordJSON; user: PanelUser },
  work: () => Promise<T>,
): Promise<RecordActionResponse> {
  try {
    return await work();
  } catch (error) {
    const english = toPanelProblem(error);
    if (english.status >= 500) throw english;
    const problem = problemIn(user.language, atFields(english, look.messages ?? {}, user.say));
    if (problem.retryAfterSeconds) response.setHeader('Retry-After', String(Math.ceil(problem.retryAfterSeconds)));
    response.status(problem.status);
    const errors = (problem.errors ?? []).map(({ path, message }) => [path, { type: problem.code, message }]);
    return { ...problemAnswer(problem), record: { ...record, errors: Object.fromEntries(errors) } };
  }
}

/** One message at each field of the form: `thumbnailHeights.2` is about `thumbnailHeights`. */
function atFields(problem: AppError, messages: Record<string, string>, say: Say): AppError {
  if (!problem.errors || problem.errors.length === 0) return problem;
  const byField = new Map<string, string>();
  for (const { path, message } of problem.errors) {
    const field = path.split('.')[0] ?? path;
    if (!byField.has(field)) byField.set(field, messages[field] ?? message);
  }
  const errors = [...byField].map(([path, message]) => ({ path, message }));
  const isAboutInput = problem.code === 'invalid_request' || problem.code === 'weak_password';
  const detail = isAboutInput ? say('Not saved: look at the fields marked below.') : problem.detail;
  return new AppError(problem.code, detail, { errors, cause: problem.cause, extra: problem.extra });
}
