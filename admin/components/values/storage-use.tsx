import React from 'react';
import { formatBytes } from '../base/format.ts';
import { readParam } from '../base/read-param.ts';
import { say } from '../base/say.ts';
import type { ValueProps } from './value-frame.tsx';

/** What an account's originals take, against the quota of its tier. */
export function StorageUse({ property, record, where }: ValueProps) {
  const used = Number(readParam(record, property.path) ?? 0);
  const quota = readParam(record, 'quotaBytes');
  if (typeof quota !== 'number' || quota === 0) return <span className="dr-nowrap">{formatBytes(used)}</span>;
  const percent = Math.min(100, (used / quota) * 100);
  const ofQuota = say('{{used}} of {{quota}}', { used: formatBytes(used), quota: formatBytes(quota) });
  return (
    <span className="dr-usage">
      <span className="dr-nowrap">{where === 'show' ? ofQuota : formatBytes(used)}</span>
      <meter className="dr-meter" min={0} max={100} high={90} value={percent} title={ofQuota} />
    </span>
  );
}
