import { Icon } from '@adminjs/design-system';
import { type RecordJSON, useNotice } from 'adminjs';
import React, { useState } from 'react';
import { callAction, noAnswer } from '../base/call-action.ts';
import { readList } from '../base/read-param.ts';
import { say } from '../base/say.ts';

interface Props {
  resourceId: string;
  record: RecordJSON;
  /** The list of ids that the parent stands in. */
  field: string;
  parent: RecordJSON;
  onDone(): void;
}

/** Ends that a record belongs to another, after a second press; the record itself stays. */
export function TakeOutButton({ resourceId, record, field, parent, onDone }: Props) {
  const [isSure, setSure] = useState(false);
  const addNotice = useNotice();
  const takeOut = async () => {
    setSure(false);
    const target = { resourceId, actionName: 'edit', recordId: record.id };
    const values = {
      [field]: readList<string>(record, field).filter((id) => id !== parent.id),
      version: record.params.version,
    };
    const answer = await callAction(target, values).catch(() => undefined);
    addNotice(answer?.notice ?? noAnswer.notice);
    onDone();
  };
  if (isSure) {
    return (
      <button type="button" className="dr-button dr-danger" onClick={takeOut} onBlur={() => setSure(false)}>
        {say('Yes, take out')}
      </button>
    );
  }
  const text = say('Take {{name}} out of {{of}}', { name: record.title, of: parent.title });
  return (
    <button type="button" className="dr-icon-button" title={text} aria-label={text} onClick={() => setSure(true)}>
      <Icon icon="UserMinus" size={15} />
    </button>
  );
}
