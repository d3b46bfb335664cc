// The health check of the image: exits with 0 if /livez of the gateway in this container is 200.
import { get } from 'node:http';

/** Less than the time limit of the health check itself. Milliseconds. */
const PATIENCE_MS = 3_000;

const { WR_ADMIN_HOST: host = '', WR_ADMIN_PORT: port = '9090' } = process.env;
const isEveryAddress = host === '' || host === '0.0.0.0' || host === '::';

const probe = get(
  { host: isEveryAddress ? '127.0.0.1' : host, port, path: '/livez', timeout: PATIENCE_MS },
  ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1),
);
probe.once('timeout', () => process.exit(1));
probe.once('error', () => process.exit(1));
