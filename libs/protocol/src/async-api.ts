import type { ClientEventName } from './client-events.js';
import { publishedCloseCodes, publishedErrorCodes } from './code-texts.js';
import { CLIENT_EVENT_TEXTS, SERVER_EVENT_TEXTS, type ClientEventText } from './event-texts.js';
import { LIMITS, SOCKET_PATH, SUBPROTOCOL } from './limits.js';
import { publishedSchemas, schemaName } from './schema-document.js';

const SCHEMAS = '#/components/schemas';
const MESSAGES = '#/components/messages';
const CHANNEL = '#/channels/socket';

/**
 * The AsyncAPI 3.0 document of the protocol, from the gateway's point of view. Error codes, close codes and limits are in
 * `x-` fields, because AsyncAPI has no fields for them.
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
    'x-error-codes': publishedErrorCodes(),
    'x-close-codes': publishedCloseCodes(),
    'x-limits': LIMITS,
  };
}

function info(): object {
  return {
    title: 'White Rabbit protocol',
    version: '1',
    description:
      'Signaling and presence for peer-to-peer calls. This document is generated from the schemas with which the gateway validates frames. docs/protocol.md describes the sequence of the events.',
  };
}

function server(): object {
  return {
    host: '{host}',
    protocol: 'wss',
    description: 'A gateway, or a load balancer in front of several gateways.',
    variables: { host: { description: 'Host name of the server, with the port if it is not 443.' } },
  };
}

function channel(): object {
  const names = [...messageNames('client', CLIENT_EVENT_TEXTS), ...messageNames('server', SERVER_EVENT_TEXTS)];
  return {
    address: SOCKET_PATH,
    title: 'WebSocket',
    description: `A WebSocket (version 13) with text frames of at most ${LIMITS.frameBytes} bytes. The subprotocol ${SUBPROTOCOL} is optional.`,
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `${MESSAGES}/${name}` }])),
    bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
  };
}

function messageNames(side: 'client' | 'server', texts: object): string[] {
  return Object.keys(texts).map((event) => `${side}.${event}`);
}

function messages(): object {
  const client = Object.entries(CLIENT_EVENT_TEXTS).map(([event, text]) => message('client', event, text));
  const server = Object.entries(SERVER_EVENT_TEXTS).map(([event, text]) => message('server', event, text));
  return Object.fromEntries([...client, ...server]);
}

function message(side: 'client' | 'server', event: string, text: { summary: string; example: object }) {
  const name = `${side}.${event}`;
  const body = {
    name: event,
    title: event,
    summary: text.summary,
    correlationId: { location: '$message.payload#/ref' },
    payload: { $ref: `${SCHEMAS}/${schemaName(side, event)}` },
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
    summary: 'Events that a gateway sends, as a response or unsolicited.',
    messages: messageNames('server', SERVER_EVENT_TEXTS).map((name) => ({ $ref: `${CHANNEL}/messages/${name}` })),
  };
}
