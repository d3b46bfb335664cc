import type { ClientEventName } from './client-events.js';
import { CLOSE_CODES } from './close-codes.js';
import { ERROR_CODES } from './error-codes.js';
import { CLIENT_EVENT_TEXTS, SERVER_EVENT_TEXTS } from './event-texts.js';
import type { ClientEventText } from './event-texts.js';
import { LIMITS, SOCKET_PATH, SUBPROTOCOL } from './limits.js';
import { publishedSchemas } from './published-schemas.js';

const SCHEMAS = '#/components/schemas';
const MESSAGES = '#/components/messages';
const CHANNEL = '#/channels/socket';

/** The first close code after which a client must not come back by itself (PROTOCOL.md, section 6). */
const FIRST_FINAL_CLOSE = 4500;

/**
 * The AsyncAPI 3.0 document of the wire, from the gateway's point of view: what it receives and what it sends. Error
 * codes, close codes and limits have no place of their own in AsyncAPI and stand in `x-` fields.
 */
export function asyncApi(): object {
  return {
    asyncapi: '3.0.0',
    info: info(),
    defaultContentType: 'application/json',
    servers: { gateway: server() },
    channels: { socket: channel() },
    operations: { ...receiving(), send: sending() },
    components: { messages: messages(), schemas: publishedSchemas(SCHEMAS) },
    'x-error-codes': ERROR_CODES,
    'x-close-codes': closeCodes(),
    'x-limits': LIMITS,
  };
}

function info(): object {
  return {
    title: 'White Rabbit wire protocol',
    version: '1',
    description:
      'Signalling and presence for peer-to-peer calls. This document is generated from the schemas the gateway itself validates with; protocol.md says how the events play together.',
  };
}

function server(): object {
  return {
    host: '{host}',
    protocol: 'wss',
    description: 'A gateway, or a load balancer in front of several.',
    variables: { host: { description: 'Name of the server, with its port where it is not 443.' } },
  };
}

function channel(): object {
  const names = [...messageNames('client', CLIENT_EVENT_TEXTS), ...messageNames('server', SERVER_EVENT_TEXTS)];
  return {
    address: SOCKET_PATH,
    title: 'The socket',
    description: `One WebSocket, version 13, text frames of at most ${LIMITS.frameBytes} bytes. Subprotocol ${SUBPROTOCOL}, which may be left out.`,
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `${MESSAGES}/${name}` }])),
    bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
  };
}

function messageNames(side: 'client' | 'server', texts: object): string[] {
  return Object.keys(texts).map((event) => `${side}.${event}`);
}

function messages(): object {
  const client = Object.entries(CLIENT_EVENT_TEXTS).map(([event, text]) => message('client', event, text));
  const ours = Object.entries(SERVER_EVENT_TEXTS).map(([event, text]) => message('server', event, text));
  return Object.fromEntries([...client, ...ours]);
}

function message(side: 'client' | 'server', event: string, text: { summary: string; example: object }) {
  const name = `${side}.${event}`;
  const body = {
    name: event,
    title: event,
    summary: text.summary,
    correlationId: { location: '$message.payload#/ref' },
    payload: { $ref: `${SCHEMAS}/${name}` },
    examples: [{ payload: { event, data: text.example } }],
  };
  return [name, body] as const;
}

function receiving(): object {
  const events = Object.entries(CLIENT_EVENT_TEXTS) as [ClientEventName, ClientEventText][];
  return Object.fromEntries(
    events.map(([event, { summary, answers }]) => [
      event,
      {
        action: 'receive',
        channel: { $ref: CHANNEL },
        summary,
        messages: [{ $ref: `${CHANNEL}/messages/client.${event}` }],
        reply: {
          channel: { $ref: CHANNEL },
          messages: answers.map((answer) => ({ $ref: `${CHANNEL}/messages/server.${answer}` })),
        },
      },
    ]),
  );
}

function sending(): object {
  return {
    action: 'send',
    channel: { $ref: CHANNEL },
    summary: 'What a gateway sends, as an answer or by itself.',
    messages: messageNames('server', SERVER_EVENT_TEXTS).map((name) => ({ $ref: `${CHANNEL}/messages/${name}` })),
  };
}

function closeCodes(): object {
  return Object.fromEntries(
    Object.entries(CLOSE_CODES).map(([name, code]) => [code, { name, reconnect: code < FIRST_FINAL_CLOSE }]),
  );
}
