export { keepIdentityFile, readIdentityFile } from './identity-file.js';
export { fileSink } from './file-sink.js';
export type { FolderSink } from './file-sink.js';
export { fileSource } from './file-source.js';
