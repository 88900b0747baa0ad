import { type RecordJSON, type ResourceJSON, useNotice } from 'adminjs';
import { useState } from 'react';
import { type Answer, callAction, noAnswer } from '../base/call-action.ts';
import { say } from '../base/say.ts';

type Changes = Record<string, Record<string, unknown>>;

export interface QuickEdit {
  isOffered: boolean;
  isOn: boolean;
  isBusy: boolean;
  changes: Changes;
  /** How many records are changed and not saved. */
  count: number;
  /** What the server refused, by record. */
  refusals: { id: string; text: string }[];
  start(): void;
  stop(): void;
  change(record: RecordJSON, name: string, value: unknown): void;
  save(): Promise<void>;
}

/** Edits chosen columns in the list: each record by its own edit action, with the version that the list shows. */
export function useQuickEdit(resource: ResourceJSON, records: RecordJSON[], reload: () => unknown): QuickEdit {
  const [isOn, setOn] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [changes, setChanges] = useState<Changes>({});
  const [refusals, setRefusals] = useState<QuickEdit['refusals']>([]);
  const addNotice = useNotice();
  const reset = () => {
    setChanges({});
    setRefusals([]);
  };

  const save = async () => {
    setBusy(true);
    const changed = records.filter(({ id }) => changes[id]);
    const refused: QuickEdit['refusals'] = [];
    for (const { id, title, params } of changed) {
      const target = { resourceId: resource.id, actionName: 'edit', recordId: id };
      const values = { ...changes[id], version: params.version };
      const { problem } = await callAction(target, values).catch((): Answer => noAnswer);
      if (problem)
        refused.push({
          id,
          text: say('{{name}}: {{problem}}', { name: title, problem: problem.errors[0]?.message ?? problem.detail }),
        });
    }
    setBusy(false);
    reset();
    setRefusals(refused);
    const saved = changed.length - refused.length;
    if (saved > 0)
      addNotice({ type: 'success', message: say.count(saved, { one: '{{count}} saved.', other: '{{count}} saved.' }) });
    await reload();
    if (refused.length === 0) setOn(false);
  };

  return {
    isOffered: resource.listProperties.some(isQuick) && records.some(isEditable),
    isOn,
    isBusy,
    changes,
    count: Object.keys(changes).length,
    refusals,
    start: () => setOn(true),
    stop: () => {
      reset();
      setOn(false);
    },
    change: ({ id }, name, value) => setChanges((before) => ({ ...before, [id]: { ...before[id], [name]: value } })),
    save,
  };
}

export function isQuick({ custom }: { custom: Record<string, unknown> }): boolean {
  return custom.quickEdit === true;
}

export function isEditable({ recordActions }: RecordJSON): boolean {
  return recordActions.some(({ name }) => name === 'edit');
}
