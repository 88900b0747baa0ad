import { DarkroomError } from './darkroom-error.ts';

/** A `File` is a Blob with a name; a string is the path of a file, in Node alone. */
export type UploadSource = Blob | Uint8Array | ReadableStream<Uint8Array> | string;

export interface OpenedSource {
  name: string | null;
  /** In bytes; null when nobody knows. */
  size: number | null;
  /** Null for what can only be read as a stream. */
  whole: Blob | null;
  canRepeat: boolean;
  stream(): ReadableStream<Uint8Array>;
}

export async function openSource(source: UploadSource): Promise<OpenedSource> {
  if (typeof source === 'string') return openFile(source);
  if (source instanceof ReadableStream) {
    return { name: null, size: null, whole: null, canRepeat: false, stream: () => source };
  }
  const whole = source instanceof Blob ? source : new Blob([source as Uint8Array<ArrayBuffer>]);
  const name = 'name' in source && typeof source.name === 'string' ? source.name : null;
  return { name, size: whole.size, whole, canRepeat: true, stream: () => whole.stream() };
}

/** Without an import of Node's modules, which bundlers for browsers would stumble over. */
async function openFile(path: string): Promise<OpenedSource> {
  const builtin = globalThis.process?.getBuiltinModule;
  if (!builtin) {
    throw new DarkroomError('invalid_request', 'A path can be uploaded in Node alone; give a File or a Blob.');
  }
  const { createReadStream } = builtin('node:fs');
  const { stat } = builtin('node:fs/promises');
  const { Readable } = builtin('node:stream');
  const { basename } = builtin('node:path');
  const { size } = await stat(path);
  const stream = () => Readable.toWeb(createReadStream(path)) as unknown as ReadableStream<Uint8Array>;
  return { name: basename(path), size, whole: null, canRepeat: true, stream };
}
