import { Icon, type IconProps } from '@adminjs/design-system';
import {
  type ActionHeaderProps,
  type ActionJSON,
  type ActionResponse,
  buildActionClickHandler,
  useActionResponseHandler,
  useModal,
  useTranslation,
} from 'adminjs';
import React, { useEffect } from 'react';
import { Link, useLocation, useNavigate } from 'react-router-dom';
import { listAddress } from '../base/list-address.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { RecordSteps } from './record-steps.tsx';

/** What adds records to a list. */
const adding = ['new', 'upload'];
const ofLists = [...adding, 'import'];
/** Pages that one goes through record by record. */
const stepping = ['show', 'edit'];

/** The head of every page about records: where one is, the name of the record, and what can be done. */
export function ActionHeader({ resource, record, action, tag, actionPerformed }: ActionHeaderProps) {
  const words = useTranslation();
  const list = inPanel(`/resources/${resource.id}`);
  const many = words.translateLabel(resource.name, resource.id);
  const doing = words.translateAction(action.label, resource.id);
  const isList = action.name === 'list';
  const title = isList ? many : record ? titleOf(action, record.title, doing) : doing;

  useEffect(() => {
    document.title = `${isList || !record ? title : `${title} · ${many}`} · Darkroom`;
  }, [title, many, isList, record]);

  const offered = record?.recordActions ?? resource.resourceActions.filter(({ name }) => ofLists.includes(name));
  const actions = offered
    .filter(({ name, custom }) => name !== action.name && !custom.isSection)
    .sort((a, b) => Number(a.variant === 'danger') - Number(b.variant === 'danger'));
  return (
    <header className="dr-head">
      <div className="dr-head-top">
        <nav className="dr-crumbs" aria-label={say('Where you are')}>
          <Link to={inPanel()}>{words.translateLabel('dashboard')}</Link>
          {isList ? null : <Link to={listAddress(resource.id)}>{many}</Link>}
          {record && action.name !== 'show' ? (
            <Link to={`${list}/records/${record.id}/show`}>{record.title}</Link>
          ) : null}
        </nav>
        {record && stepping.includes(action.name) ? (
          <RecordSteps key={record.id} resourceId={resource.id} recordId={record.id} actionName={action.name} />
        ) : null}
      </div>
      <div className="dr-head-row">
        <h1>
          {title}
          {tag ? <span className="dr-chip dr-chip-plain">{tag}</span> : null}
        </h1>
        <div className="dr-buttons">
          {actions.map((one) => (
            <ActionButton
              key={one.name}
              action={one}
              resourceId={resource.id}
              recordId={record?.id}
              isMain={one.name === 'edit' || adding.includes(one.name)}
              onDone={actionPerformed}
            />
          ))}
        </div>
      </div>
    </header>
  );
}

interface ActionButtonProps {
  action: ActionJSON;
  resourceId: string;
  recordId: string | undefined;
  isMain: boolean;
  onDone: ((response: ActionResponse) => void) | undefined;
}

function ActionButton({ action, resourceId, recordId, isMain, onDone }: ActionButtonProps) {
  const translateFunctions = useTranslation();
  const modalFunctions = useModal();
  const navigate = useNavigate();
  const location = useLocation();
  const actionResponseHandler = useActionResponseHandler(onDone);
  const click = buildActionClickHandler({
    action,
    params: recordId ? { resourceId, recordId } : { resourceId },
    actionResponseHandler,
    navigate,
    location,
    translateFunctions,
    modalFunctions,
  });
  const tone = action.variant === 'danger' ? ' dr-danger-quiet' : isMain ? ' dr-primary' : '';
  return (
    <button type="button" className={`dr-button${tone}`} data-action={action.name} onClick={click as never}>
      {action.icon ? <Icon icon={action.icon as IconProps['icon']} size={15} /> : null}
      {translateFunctions.translateAction(action.label, resourceId)}
    </button>
  );
}

function titleOf(action: ActionJSON, name: string, doing: string): string {
  return action.name === 'show' ? name : say('{{action}}: {{name}}', { action: doing, name });
}
