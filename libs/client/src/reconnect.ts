// When the SDK tries again, for whoever simulates many of its clients.
export { backOffMs } from './back-off.js';
export { afterClose } from './closed.js';
