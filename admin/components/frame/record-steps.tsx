import { Icon } from '@adminjs/design-system';
import React, { useEffect, useState } from 'react';
import { Link } from 'react-router-dom';
import { formatCount } from '../base/format.ts';
import { readWalk, rememberWalk, walkFurther } from '../base/list-walk.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

interface Props {
  resourceId: string;
  recordId: string;
  /** Where the steps lead: `show` or `edit`. */
  actionName: string;
}

/** To the records before and after this one, in the order of the list that one came from. */
export function RecordSteps({ resourceId, recordId, actionName }: Props) {
  const [walk, setWalk] = useState(() => readWalk(resourceId));
  const index = walk?.ids.indexOf(recordId) ?? -1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another record is another component
  useEffect(() => {
    if (!walk || index < 0) return;
    let isHere = true;
    walkFurther(resourceId, walk, index)
      .then((further) => {
        if (!further || !isHere) return;
        rememberWalk(resourceId, further);
        setWalk(further);
      })
      .catch(() => {});
    return () => {
      isHere = false;
    };
  }, []);

  if (!walk || index < 0 || walk.total < 2) return null;
  const position = formatCount((walk.firstPage - 1) * walk.perPage + index + 1);
  return (
    <nav className="dr-walk" aria-label={say('Neighbours in the list')}>
      <Step id={walk.ids[index - 1]} name="previous" {...{ resourceId, actionName }} />
      <span>{say('{{position}} of {{all}}', { position, all: formatCount(walk.total) })}</span>
      <Step id={walk.ids[index + 1]} name="next" {...{ resourceId, actionName }} />
    </nav>
  );
}

interface StepProps {
  id: string | undefined;
  name: 'previous' | 'next';
  resourceId: string;
  actionName: string;
}

function Step({ id, name, resourceId, actionName }: StepProps) {
  const label = name === 'next' ? say('Next') : say('Previous');
  const sign = <Icon icon={name === 'next' ? 'ChevronRight' : 'ChevronLeft'} size={16} />;
  if (!id) {
    return (
      <span className="dr-button dr-quiet dr-walk-none" aria-hidden="true">
        {sign}
      </span>
    );
  }
  return (
    <Link
      className="dr-button dr-quiet"
      data-key={name}
      aria-label={label}
      title={name === 'next' ? say('Next (key j)') : say('Previous (key k)')}
      to={inPanel(`/resources/${resourceId}/records/${id}/${actionName}`)}
    >
      {sign}
    </Link>
  );
}
