import React from 'react';
import { Link } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';

export function SidebarBranding() {
  return (
    <Link className="dr-brand" to={inPanel()}>
      <img src={inPanel('/assets/mark.svg')} alt="" width={28} height={28} />
      <span>Darkroom</span>
    </Link>
  );
}
