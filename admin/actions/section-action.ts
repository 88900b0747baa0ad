import type { Action, ActionContext, BaseRecord, RecordActionResponse } from 'adminjs';
import type { Permission } from '../../server/kernel/permissions.ts';
import type { PanelUser } from '../session/panel-user.ts';
import type { FormValues } from './form-values.ts';
import { type Done, permitted, recordAction, userOf } from './panel-action.ts';

/** AdminJS's own type of an action leaves open whether anybody asks who may. */
export type SectionAction = Omit<Partial<Action<RecordActionResponse>>, 'isAccessible'> & {
  isAccessible(context: ActionContext): boolean;
};

interface SectionLook {
  permission: Permission;
  /** The React component, by its name in the bundle. */
  component: string;
  /** What the component has to know. */
  custom?: Record<string, unknown>;
  /** On which records' pages it stands. It does not decide who may read it. */
  isVisible?: (record: BaseRecord | undefined, user: PanelUser) => boolean;
}

/**
 * A part of a record's page that is read by itself, after the record: no button leads to it. GET gives `section`; POST
 * does what its button is for, where it has one.
 */
export function sectionAction(
  { permission, component, custom, isVisible }: SectionLook,
  read: (record: BaseRecord, user: PanelUser) => Promise<object>,
  act?: (record: BaseRecord, form: FormValues, user: PanelUser) => Promise<Done>,
): SectionAction {
  const action = recordAction(
    { permission, component, isVisible, custom: { ...custom, isSection: true } },
    act ?? (async (_record, _form, { say }) => ({ message: say('Nothing was changed.') })),
  );
  const { handler } = action;
  return {
    ...action,
    isAccessible: permitted(permission),
    handler: async (request, response, context) => {
      if (request.method === 'post' && typeof handler === 'function') return handler(request, response, context);
      const record = context.record as BaseRecord;
      const section = await read(record, userOf(context));
      return { record: record.toJSON(context.currentAdmin), section };
    },
  };
}
