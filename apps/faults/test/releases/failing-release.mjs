// A release with a bug: each `hangup` fails with an error of the server.
import { CallHandler } from '../../../gateway/dist/events/call-handler.js';

CallHandler.prototype.hangup = () => {
  throw new TypeError('A bug of this release.');
};

await import('../../../gateway/dist/main.js');
