import React from 'react';
import { Link } from 'react-router-dom';

export function SidebarBranding() {
  return (
    <Link className="dr-brand" to="/admin">
      <img src="/admin/assets/mark.svg" alt="" width={28} height={28} />
      <span>Darkroom</span>
    </Link>
  );
}
