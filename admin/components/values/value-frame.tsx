import type { ShowPropertyProps } from 'adminjs';
import React, { type ReactNode } from 'react';

export interface ValueProps extends ShowPropertyProps {
  where: 'list' | 'show';
}

/** What stands where there is nothing, by the field's own word or as a dash. */
export function Nothing({ word }: { word?: unknown }) {
  return <span className="dr-nothing">{typeof word === 'string' ? word : '–'}</span>;
}

export function Chip({ tone, children }: { tone?: 'good' | 'bad' | 'busy' | 'plain'; children: ReactNode }) {
  return <span className={`dr-chip dr-chip-${tone ?? 'plain'}`}>{children}</span>;
}
