export interface ProgressBar {
  /** `total` null: not known yet. `note` stands behind the numbers, in a terminal alone. */
  show(label: string, done: number, total: number | null, note?: string): void;
  /** Takes the bar away, so that a line can be written. */
  clear(): void;
}

const width = 30;

/** A bar in a terminal; elsewhere a line now and then, for a log. */
export function createProgressBar(stream: NodeJS.WriteStream): ProgressBar {
  let lastLine = '';
  return {
    show: (label, done, total, note = '') => {
      const part = total ? Math.min(1, done / total) : 0;
      if (stream.isTTY) {
        const filled = Math.round(part * width);
        const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
        stream.write(`\r\x1b[K${label} ${bar} ${done}${total === null ? '' : ` of ${total}`}${note && `, ${note}`}`);
        return;
      }
      const line = total === null ? label : `${label}: ${Math.floor(part * 10) * 10} %`;
      if (line !== lastLine) stream.write(`${line}\n`);
      lastLine = line;
    },
    clear: () => {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}
