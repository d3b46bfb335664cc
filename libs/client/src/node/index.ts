export { keepIdentityFile, readIdentityFile } from './identity-file.js';
